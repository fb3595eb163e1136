import { RunningMoments } from './running-moments.ts'

/**
 * What a measure came to, over pairs with the shadow, with the baseline, and over requests with both. Of these it counts on
 * which side more was measured: if the shadow behaves like the primary's own model, either is as likely.
 */
export class MeasureCount {
  readonly shadow: RunningMoments = new RunningMoments()
  readonly baseline: RunningMoments = new RunningMoments()
  /** Shadow less baseline, within a request. */
  readonly excess: RunningMoments = new RunningMoments()
  /** Requests where the shadow's was larger, and where it was smaller; equal ones say nothing, nor do those that are no sign. */
  above = 0
  below = 0
  /** Number of the first request in which both were measured; 0 until there is one. */
  since = 0

  /**
   * Counts a request; NaN is what could not be measured.
   * @param isSign whether it may tell for or against a difference
   * @param number of the request, from 1
   */
  add(shadow: number, baseline: number, isSign: boolean, number: number): void {
    const hasShadow = Number.isFinite(shadow)
    if (hasShadow) this.shadow.add(shadow)
    if (!Number.isFinite(baseline)) return
    this.baseline.add(baseline)
    if (!hasShadow) return
    if (this.excess.count === 0) this.since = number
    this.excess.add(shadow - baseline)
    if (!isSign) return
    if (shadow > baseline) this.above++
    if (shadow < baseline) this.below++
  }
}
