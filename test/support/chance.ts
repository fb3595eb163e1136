/*
 * Bounds that an honest draw stays within 999 times in 1000. Keys and salts of the tests are fixed, so a test that passes
 * once passes always: the bounds say how far from its share a result may lie before the draw is to blame.
 */

// normal quantiles: two sides at 99.9 %, and one
const BOTH_SIDES = 3.2905
const UPPER = 3.0902

/** How far a count of `n` draws with chance `share` may lie from `n * share`: the normal approximation, with its continuity correction. */
export const countBound = (n: number, share: number): number => BOTH_SIDES * Math.sqrt(n * share * (1 - share)) + 0.5

/** The 99.9 % quantile of chi-square with `freedom` degrees (E. B. Wilson, M. M. Hilferty, The Distribution of Chi-Square, 1931). */
export const chiSquareBound = (freedom: number): number => freedom * (1 - 2 / (9 * freedom) + UPPER * Math.sqrt(2 / (9 * freedom))) ** 3

/** Pearson's chi-square of counts against equal chances. */
export function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}
