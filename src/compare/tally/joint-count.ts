/**
 * How often a field differed between the primary's answer and the shadow's, and between the primary's and its own model's
 * second one, over pairs and over those requests where both are known. Counts are all that any verdict needs.
 */
export class JointCount {
  /** Pairs with the shadow, and those of them that differed. */
  shadowPairs = 0
  shadowDiffers = 0
  /** Pairs with the baseline, and those of them that differed. */
  baselinePairs = 0
  baselineDiffers = 0
  /** Requests with both; those of them where both differed, and where only the one or the other did. */
  both = 0
  bothDiffer = 0
  onlyShadow = 0
  onlyBaseline = 0

  /** Number of the first request with both; 0 until there is one. */
  since = 0

  /**
   * Counts a request; undefined is a pair that there is not, or of which nothing is known.
   * @param number of the request, from 1
   */
  add(shadow: boolean | undefined, baseline: boolean | undefined, number: number): void {
    if (shadow !== undefined) {
      this.shadowPairs++
      if (shadow) this.shadowDiffers++
    }
    if (baseline === undefined) return
    this.baselinePairs++
    if (baseline) this.baselineDiffers++
    if (shadow === undefined) return
    if (this.both++ === 0) this.since = number
    if (shadow && baseline) this.bothDiffer++
    else if (shadow) this.onlyShadow++
    else if (baseline) this.onlyBaseline++
  }
}
