import type { Labels } from '../../../../src/core/meter.ts'
import type { Folded } from '../../../../src/control/chaos-run/increases.ts'
import { Fold } from '../../../../src/telemetry/fold.ts'
import { ThreadMeter } from '../../../../src/telemetry/thread-meter.ts'

/** Counters as threads keep them. */
export class Counters {
  readonly fold: Fold = new Fold()
  private readonly meters = new Map<string, ThreadMeter>()

  meter(thread = 'a'): ThreadMeter {
    const known = this.meters.get(thread)
    if (known !== undefined) return known
    const made = new ThreadMeter((series) => this.fold.add(thread, series))
    this.meters.set(thread, made)
    return made
  }

  requests(code: string, count: number, labels: Labels = { route: 'r', backend: 'b' }, thread = 'a'): void {
    this.meter(thread).counter('requests_total', { ...labels, code }).add(count)
  }

  durations(seconds: number, count = 1, labels: Labels = { route: 'r', backend: 'b' }): void {
    for (let i = 0; i < count; i++) this.meter().histogram('request_duration_seconds', labels).observe(seconds)
  }

  collect(): Folded {
    return this.fold.collect()
  }
}

/** A snapshot of one series, as a thread that was begun anew would show it. */
export const snapshot = (metric: string, labels: Labels, ...values: readonly number[]): Folded => new Map([[metric, [{ labels, values: Float64Array.from(values) }]]])
