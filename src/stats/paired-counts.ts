/**
 * How two yes-or-no questions asked of the same requests came out: whether the shadow's answer differs from the primary's,
 * say, and whether a second answer of the primary's own model does. Whole, or scaled by a forecast.
 */
export interface PairedCounts {
  /** Requests with yes to the first and no to the second. */
  readonly onlyFirst: number
  /** Requests with no to the first and yes to the second. */
  readonly onlySecond: number
  /** All requests, those with two equal answers among them. */
  readonly pairs: number
}
