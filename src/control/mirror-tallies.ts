import stringify from 'fast-json-stable-stringify'
import { createComparison } from '../compare/compare-answers.ts'
import { createTally, type Tally, type TallyReport } from '../compare/tally/tally.ts'
import type { CompareConfig, Config } from '../config/types.ts'
import type { Meter } from '../core/meter.ts'
import type { Leg, Pair } from '../shadow/pair.ts'

/** What the comparison of one mirror has found, as plain data. */
export interface MirrorSnapshot {
  readonly route: string
  /** Shadow backend of the mirror. */
  readonly mirror: string
  /** Backend whose answers were compared with the primary's. */
  readonly backend: string
  readonly leg: Leg
  readonly report: TallyReport
}

/** Which mirror, and which leg of it. */
export type MirrorName = Omit<MirrorSnapshot, 'report'>

/** All mirrors of a config, each leg by itself. */
export function mirrorsOf(config: Config): readonly (MirrorName & { readonly compare: CompareConfig })[] {
  return config.routes.flatMap(({ name: route, mirrors }) => mirrors.flatMap(({ backend: mirror, baseline, compare }) => [
    { route, mirror, backend: mirror, leg: 'shadow' as const, compare },
    ...baseline === undefined ? [] : [{ route, mirror, backend: baseline.backend, leg: 'baseline' as const, compare }]
  ]))
}

interface Kept {
  readonly fingerprint: string
  readonly mirror: MirrorName
  readonly tally: Tally
  /** Counts of fields that have been told to the meter. */
  readonly told: Map<string, { compared: number, different: number }>
  changed: boolean
}

/** The tallies of all mirrors of a config. A reload keeps those that compare as before. */
export class MirrorTallies {
  private readonly meter: Meter
  private kept = new Map<string, Kept>()

  constructor(meter: Meter) {
    this.meter = meter
  }

  /** Makes ready for the mirrors of a config. */
  take(config: Config): void {
    const next = new Map<string, Kept>()
    for (const { compare, ...mirror } of mirrorsOf(config)) this.keep(next, mirror, compare)
    this.kept = next
  }

  /** Compares a pair. Returns its outcome; undefined when its mirror is no longer in the config. */
  add(pair: Pair): 'match' | 'differ' | 'uncomparable' | undefined {
    const found = this.kept.get(keyOf(pair))
    if (found === undefined) return undefined
    found.changed = true
    return found.tally.add(pair.requestId, pair.primary, pair.other)
  }

  /** Brings the counts of fields up to date. */
  tell(): void {
    for (const one of this.kept.values()) {
      if (!one.changed) continue
      one.changed = false
      const { mirror: { route, mirror, backend, leg }, tally, told } = one
      for (const { path, compared, different } of tally.snapshot().fields) {
        const field = path === '' ? '(document)' : path
        const before = told.get(path) ?? { compared: 0, different: 0 }
        const same = compared - different - (before.compared - before.different)
        if (same > 0) this.meter.counter('comparisons_total', { route, mirror, backend, leg, field, result: 'match' }).add(same)
        if (different > before.different) this.meter.counter('comparisons_total', { route, mirror, backend, leg, field, result: 'differ' }).add(different - before.different)
        told.set(path, { compared, different })
      }
    }
  }

  snapshot(): readonly MirrorSnapshot[] {
    return [...this.kept.values()].map(({ mirror, tally }) => ({ ...mirror, report: tally.snapshot() }))
  }

  private keep(next: Map<string, Kept>, mirror: MirrorName, compare: CompareConfig): void {
    const key = keyOf(mirror)
    const fingerprint = stringify(compare)
    const old = this.kept.get(key)
    next.set(key, old?.fingerprint === fingerprint ? old
      : { fingerprint, mirror, tally: createTally(createComparison(compare)), told: new Map(), changed: false })
  }
}

/** Tells a leg of a mirror from all others. */
export const keyOf = ({ route, mirror, backend, leg }: MirrorName): string => [route, mirror, backend, leg].join('\n')
