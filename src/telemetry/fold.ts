import type { Labels } from '../core/meter.ts'
import { METRICS } from './metrics.ts'
import type { Series } from './thread-meter.ts'

/** A series summed over threads. */
export interface FoldedSeries {
  readonly labels: Labels
  readonly values: Float64Array
}

/** Gathers the series of all threads and sums them when asked. */
export class Fold {
  private readonly threads = new Map<string, Series[]>()
  /** What threads that are gone have counted: counters never fall. */
  private readonly retired = new Map<string, Map<string, FoldedSeries>>()

  /** A thread has a new series. */
  add(thread: string, series: Series): void {
    const list = this.threads.get(thread)
    if (list === undefined) this.threads.set(thread, [series])
    else list.push(series)
  }

  /** A thread has ended a series, which is to be on the page no more. */
  remove(thread: string, metric: string, labels: Labels): void {
    const ended = keyOf(metric, labels)
    const list = this.threads.get(thread) ?? []
    this.threads.set(thread, list.filter((series) => series.metric !== metric || keyOf(metric, series.labels) !== ended))
  }

  /** What one thread has counted. */
  seriesOf(thread: string): readonly Series[] {
    return this.threads.get(thread) ?? []
  }

  /** A thread is gone: its counts stay, its gauges end. */
  retire(thread: string): void {
    for (const series of this.threads.get(thread) ?? []) {
      if (METRICS.get(series.metric)?.kind !== 'gauge') accumulate(this.retired, series)
    }
    this.threads.delete(thread)
  }

  /** Sums by metric and labels. */
  collect(): ReadonlyMap<string, readonly FoldedSeries[]> {
    const sums = new Map<string, Map<string, FoldedSeries>>()
    for (const [metric, byLabels] of this.retired) {
      for (const [key, { labels, values }] of byLabels) into(sums, metric).set(key, { labels, values: values.slice() })
    }
    for (const list of this.threads.values()) for (const series of list) accumulate(sums, series)
    return new Map([...sums].map(([metric, byLabels]) => [metric, [...byLabels.values()]]))
  }

  /** The sum of one series; 0 when there is none. */
  value(metric: string, labels: Labels): number {
    const wanted = keyOf(metric, labels)
    return this.collect().get(metric)?.find((series) => keyOf(metric, series.labels) === wanted)?.values[0] ?? 0
  }
}

type Sums = Map<string, Map<string, FoldedSeries>>

function into(sums: Sums, metric: string): Map<string, FoldedSeries> {
  const known = sums.get(metric)
  if (known !== undefined) return known
  const made = new Map<string, FoldedSeries>()
  sums.set(metric, made)
  return made
}

const keyOf = (metric: string, labels: Labels): string => (METRICS.get(metric)?.labels ?? []).map((label) => labels[label] ?? '').join('\n')

function accumulate(sums: Sums, { metric, labels, memory }: Series): void {
  const byLabels = into(sums, metric)
  const key = keyOf(metric, labels)
  const added = new Float64Array(memory)
  const sum = byLabels.get(key)
  if (sum === undefined) byLabels.set(key, { labels, values: Float64Array.from(added) })
  else added.forEach((value, i) => { sum.values[i] = (sum.values[i] ?? 0) + value })
}
