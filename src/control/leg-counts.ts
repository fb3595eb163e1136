import type { TrialResult } from '../compare/judge.ts'
import type { Labels, Meter } from '../core/meter.ts'
import type { Trial } from '../core/trial.ts'

interface Pending {
  readonly labels: Labels
  count: number
}

/** Counts what became of the pairs of trials, by mirror and leg; told to the meter batch by batch. */
export class LegCounts {
  private readonly meter: Meter
  private pending = new Map<string, Pending>()

  constructor(meter: Meter) {
    this.meter = meter
  }

  /** @param result undefined when the mirror is no longer in the config */
  count({ route, mirror, shadow, baseline, baselineBackend }: Trial, result: TrialResult | undefined): void {
    if (shadow !== undefined) this.add({ route, mirror, backend: mirror, leg: 'shadow', outcome: result?.shadow ?? GONE })
    if (baseline !== undefined) this.add({ route, mirror, backend: baselineBackend, leg: 'baseline', outcome: result?.baseline ?? GONE })
  }

  tell(): void {
    for (const { labels, count } of this.pending.values()) this.meter.counter('mirror_requests_total', labels).add(count)
    this.pending = new Map()
  }

  private add(labels: Labels): void {
    const key = Object.values(labels).join('\n')
    const found = this.pending.get(key)
    if (found === undefined) this.pending.set(key, { labels, count: 1 })
    else found.count++
  }
}

const GONE = 'dropped_reload'
