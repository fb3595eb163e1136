import type { Labels } from '../../core/meter.ts'
import type { FoldedSeries } from '../../telemetry/fold.ts'

/** Series by metric, as a `Fold` collects them. */
export type Folded = ReadonlyMap<string, readonly FoldedSeries[]>

/**
 * Sums what the series of a metric have grown by since the first snapshot. Each is followed by itself: one that is lower than
 * before was begun anew by a thread that died, and has grown by what it shows; one that was not there has grown from 0.
 */
export class Increases {
  private readonly metric: string
  private readonly where: readonly (readonly [label: string, value: string])[]
  private readonly numbersOf: (series: FoldedSeries) => readonly number[]
  private readonly totals: number[]
  private last: Map<string, readonly number[]> | undefined

  /**
   * @param where labels that series must have
   * @param size how many numbers
   * @param numbersOf takes from a series; none of them may fall while its thread lives
   */
  constructor(metric: string, where: Labels, size: number, numbersOf: (series: FoldedSeries) => readonly number[]) {
    this.metric = metric
    this.where = Object.entries(where)
    this.numbersOf = numbersOf
    this.totals = Array.from({ length: size }, () => 0)
  }

  /** @returns the sums, which are the caller's to keep */
  take(folded: Folded): readonly number[] {
    const seen = new Map<string, readonly number[]>()
    for (const series of folded.get(this.metric) ?? []) {
      if (!this.where.every(([label, value]) => series.labels[label] === value)) continue
      const numbers = this.numbersOf(series)
      const key = JSON.stringify(Object.entries(series.labels).toSorted())
      seen.set(key, numbers)
      if (this.last === undefined) continue
      const before = this.last.get(key) ?? []
      const isNew = numbers.some((number, i) => number < (before[i] ?? 0))
      numbers.forEach((number, i) => { this.totals[i] = (this.totals[i] ?? 0) + (isNew ? number : number - (before[i] ?? 0)) })
    }
    this.last = seen
    return [...this.totals]
  }
}
