import type { Labels } from '../../core/meter.ts'
import type { FoldedSeries } from '../../telemetry/fold.ts'
import { SECONDS_BUCKETS } from '../../telemetry/metrics.ts'
import { bucketQuantile } from './bucket-quantile.ts'
import type { OwnCondition, OwnMeasure } from '../../config/schema/condition.ts'
import { type Folded, Increases } from './increases.ts'

interface Sample {
  readonly atMs: number
  readonly totals: readonly number[]
}

// as many as a quarter of an hour has seconds, or up to twice that; longer windows have none for each second
const MAX_SAMPLES = 900

/** What a measure is made of. */
interface Source {
  readonly metric: string
  readonly size: number
  readonly numbersOf: (series: FoldedSeries) => readonly number[]
  /** undefined when there was no traffic to measure. */
  readonly valueOf: (grown: readonly number[], seconds: number) => number | undefined
}

/**
 * A measure over a window that moves: told of the counters again and again, it says what happened between the last snapshot
 * and the one a window before it, or the first where it has not been told of that many. Keeps no more than 1800 of them, and
 * of each only the sums it needs.
 */
export class MovingMeasure {
  private readonly source: Source
  private readonly increases: Increases
  private readonly windowMs: number
  private readonly spacingMs: number
  private samples: Sample[] = []

  constructor({ measure, route, backend, window }: Pick<OwnCondition, 'measure' | 'route' | 'backend' | 'window'>) {
    this.source = SOURCES[measure]
    this.windowMs = window
    this.spacingMs = window / MAX_SAMPLES
    const where: Labels = { ...route !== undefined && { route }, ...backend !== undefined && { backend } }
    this.increases = new Increases(this.source.metric, where, this.source.size, this.source.numbersOf)
  }

  /** How many snapshots are kept. */
  get size(): number {
    return this.samples.length
  }

  /** @param atMs later than any before */
  take(folded: Folded, atMs: number): void {
    const sample = { atMs, totals: this.increases.take(folded) }
    const beforeLast = this.samples.at(-2)
    if (beforeLast !== undefined && atMs - beforeLast.atMs < this.spacingMs) this.samples.pop()
    this.samples.push(sample)
    while ((this.samples[1]?.atMs ?? Infinity) <= atMs - this.windowMs) this.samples.shift()
  }

  /** In ms, percent or requests a second; undefined while there is nothing to tell it from. */
  read(): number | undefined {
    const [first] = this.samples
    const last = this.samples.at(-1)
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined
    return this.source.valueOf(last.totals.map((total, i) => total - (first.totals[i] ?? 0)), (last.atMs - first.atMs) / 1000)
  }
}

const requests = (valueOf: Source['valueOf']): Source => ({
  metric: 'requests_total',
  size: 2,
  numbersOf: ({ labels, values: [count = 0] }) => [count, isError(labels['code'] ?? '') ? count : 0],
  valueOf
})

// what a client would call one: it was refused, or left before it was answered
const isError = (code: string): boolean => code.startsWith('5') || code === '429' || code === 'none'

const quantile = (metric: string, share: number): Source => ({
  metric,
  size: SECONDS_BUCKETS.length + 1,
  numbersOf: ({ values }) => [...values.subarray(0, SECONDS_BUCKETS.length + 1)],
  valueOf: (counts) => {
    const seconds = bucketQuantile(share, counts, SECONDS_BUCKETS)
    return seconds === undefined ? undefined : seconds * 1000
  }
})

const SOURCES: Readonly<Record<OwnMeasure, Source>> = {
  'error-percent': requests(([all = 0, errors = 0]) => all === 0 ? undefined : errors / all * 100),
  'requests-per-second': requests(([all = 0], seconds) => all / seconds),
  p50: quantile('request_duration_seconds', 0.5),
  p90: quantile('request_duration_seconds', 0.9),
  p99: quantile('request_duration_seconds', 0.99),
  'first-byte-p99': quantile('first_byte_seconds', 0.99)
}
