import stringify from 'fast-json-stable-stringify'
import { createJudge, type Judge, type JudgeOptions, type TrialResult } from '../compare/judge.ts'
import type { Judgement } from '../compare/judgement.ts'
import type { Joined } from '../compare/truth/truth.ts'
import type { CompareConfig, Config } from '../config/types.ts'
import type { Meter } from '../core/meter.ts'
import type { Trial } from '../core/trial.ts'

/** Which mirror: a route, and the shadow backend of it. */
export interface MirrorName {
  readonly route: string
  readonly mirror: string
  /** The primary's own backend that is asked a second time; undefined where none is. */
  readonly baseline: string | undefined
}

/** What has been found of one mirror, as plain data. */
export interface MirrorSnapshot extends MirrorName {
  readonly judgement: Judgement
}

/** All mirrors of a config. */
export function mirrorsOf(config: Config): readonly (MirrorName & { readonly compare: CompareConfig })[] {
  return config.routes.flatMap(({ name: route, mirrors }) => mirrors.map(({ backend: mirror, baseline, compare }) => ({ route, mirror, baseline: baseline?.backend, compare })))
}

/** What a config says of a comparison, as the judge takes it. */
export function judgeOptions({ codec, margin, measureMargin, confidence, truth, evidence, ...rest }: CompareConfig, secret: string): JudgeOptions {
  return {
    ...rest,
    evidence,
    ...evidence === 'none' ? { maxExamplesPerKind: 0 } : {},
    codec: codec === 'auto' ? undefined : codec,
    margin: margin / 100,
    measureMargin: measureMargin / 100,
    confidence: confidence / 100,
    truth: truth === undefined ? undefined : toTruth(truth),
    secret
  }
}

const toTruth = ({ horizon, ...rest }: NonNullable<CompareConfig['truth']>): NonNullable<JudgeOptions['truth']> => ({ ...rest, horizonMs: horizon })

interface Kept {
  readonly fingerprint: string
  readonly name: MirrorName
  readonly judge: Judge
  /** Counts of fields, by leg and path, that have been told to the meter. */
  readonly told: Map<string, { compared: number, different: number }>
  changed: boolean
}

/** The judges of all mirrors of a config. A reload keeps those that judge as before. */
export class Judges {
  private readonly meter: Meter
  private readonly secret: string
  private kept = new Map<string, Kept>()
  /** Whose the last trial was. */
  private last: Kept | undefined

  /** @param secret salts the hashes of redacted values */
  constructor(meter: Meter, secret: string) {
    this.meter = meter
    this.secret = secret
  }

  /** Makes ready for the mirrors of a config. */
  take(config: Config): void {
    const next = new Map<string, Kept>()
    for (const { compare, ...name } of mirrorsOf(config)) this.keep(next, name, compare)
    for (const [key, { name }] of this.kept) if (!next.has(key)) this.forget(name)
    this.kept = next
    this.last = undefined
  }

  /** Judges a trial; undefined when its mirror is no longer in the config. */
  add(trial: Trial, nowMs: number): TrialResult | undefined {
    const found = this.of(trial)
    if (found === undefined) return undefined
    found.changed = true
    return found.judge.add(trial, nowMs)
  }

  /** Tells every mirror that wants to know what turned out to be true about a request; what each made of it, if any does. */
  learn(requestId: string, truth: unknown, nowMs: number): readonly Joined[] {
    return [...this.kept.values()].flatMap(({ judge }) => judge.tell(requestId, truth, nowMs) ?? [])
  }

  /** Brings the counts of fields and verdicts up to date. */
  tell(): void {
    for (const one of this.kept.values()) {
      if (!one.changed) continue
      one.changed = false
      this.tellOf(one)
    }
  }

  snapshot(): readonly MirrorSnapshot[] {
    return [...this.kept.values()].map(({ name, judge }) => ({ ...name, judgement: judge.report() }))
  }

  // trials come in rows of one mirror
  private of(trial: Trial): Kept | undefined {
    const { last } = this
    if (last !== undefined && last.name.route === trial.route && last.name.mirror === trial.mirror) return last
    return this.last = this.kept.get(keyOf(trial))
  }

  private tellOf({ name: { route, mirror, baseline: baselineBackend }, judge, told }: Kept): void {
    const { fields } = judge.report(false)
    const verdicts = { different: 0, equivalent: 0, inconclusive: 0 }
    for (const { path, verdict, rates: { compared, different, baseline } } of fields) {
      verdicts[verdict.kind]++
      const field = path === '' ? '(document)' : path
      this.count(told, { route, mirror, backend: mirror, leg: 'shadow', field }, compared, different)
      if (baseline !== null) this.count(told, { route, mirror, backend: baselineBackend ?? '', leg: 'baseline', field }, baseline.compared, baseline.different)
    }
    for (const [verdict, count] of Object.entries(verdicts)) this.meter.gauge('mirror_fields', { route, mirror, verdict }).set(count)
  }

  private count(told: Kept['told'], labels: { readonly leg: string, readonly field: string, readonly [label: string]: string }, compared: number, different: number): void {
    const key = `${labels.leg}\n${labels.field}`
    const before = told.get(key) ?? { compared: 0, different: 0 }
    const same = compared - different - (before.compared - before.different)
    if (same > 0) this.meter.counter('comparisons_total', { ...labels, result: 'match' }).add(same)
    if (different > before.different) this.meter.counter('comparisons_total', { ...labels, result: 'differ' }).add(different - before.different)
    told.set(key, { compared, different })
  }

  private keep(next: Map<string, Kept>, name: MirrorName, compare: CompareConfig): void {
    const key = keyOf(name)
    const fingerprint = stringify([compare, name.baseline ?? null])
    const old = this.kept.get(key)
    next.set(key, old?.fingerprint === fingerprint ? old
      : { fingerprint, name, judge: createJudge(judgeOptions(compare, this.secret)), told: new Map(), changed: false })
  }

  // a verdict on what is no longer there must not stand for ever
  private forget({ route, mirror }: MirrorName): void {
    for (const verdict of ['different', 'equivalent', 'inconclusive']) this.meter.gauge('mirror_fields', { route, mirror, verdict }).set(0)
  }
}

/** Tells a mirror from all others. */
export const keyOf = ({ route, mirror }: Pick<MirrorName, 'route' | 'mirror'>): string => `${route}\n${mirror}`
