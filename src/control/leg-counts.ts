import type { TrialResult } from '../compare/judge.ts'
import type { Labels, Meter } from '../core/meter.ts'
import type { Trial } from '../core/trial.ts'

/** Counts of one mirror by outcome, for its legs. */
interface Pending {
  readonly route: string
  readonly mirror: string
  readonly baselineBackend: string
  readonly shadow: Map<string, number>
  readonly baseline: Map<string, number>
}

/** Counts what became of the answers in trials, by mirror and leg; told to the meter batch by batch. */
export class LegCounts {
  private readonly meter: Meter
  private pending: Pending[] = []
  private last: Pending | undefined

  constructor(meter: Meter) {
    this.meter = meter
  }

  /** @param result undefined when the mirror is no longer in the config */
  count(trial: Trial, result: TrialResult | undefined): void {
    const pending = this.of(trial)
    if (trial.shadow !== undefined) add(pending.shadow, result?.shadow ?? GONE)
    if (trial.baseline !== undefined) add(pending.baseline, result?.baseline ?? GONE)
  }

  tell(): void {
    for (const { route, mirror, baselineBackend, shadow, baseline } of this.pending) {
      this.tellLeg({ route, mirror, backend: mirror, leg: 'shadow' }, shadow)
      this.tellLeg({ route, mirror, backend: baselineBackend, leg: 'baseline' }, baseline)
    }
    this.pending = []
    this.last = undefined
  }

  private tellLeg(leg: Labels, counts: ReadonlyMap<string, number>): void {
    for (const [outcome, count] of counts) this.meter.counter('mirror_requests_total', { ...leg, outcome }).add(count)
  }

  // trials come in rows of one mirror, and there are few mirrors
  private of({ route, mirror, baselineBackend }: Trial): Pending {
    const isIts = (one: Pending): boolean => one.mirror === mirror && one.route === route && one.baselineBackend === baselineBackend
    if (this.last !== undefined && isIts(this.last)) return this.last
    let found = this.pending.find(isIts)
    if (found === undefined) this.pending.push(found = { route, mirror, baselineBackend, shadow: new Map(), baseline: new Map() })
    return this.last = found
  }
}

const add = (counts: Map<string, number>, outcome: string): void => void counts.set(outcome, (counts.get(outcome) ?? 0) + 1)

const GONE = 'dropped_reload'
