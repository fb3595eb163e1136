/**
 * How far a count is from what was expected, in natural logarithms of likelihood: count log(count / expected) + expected -
 * count, 0 where they are equal. Both are 0 or more; what was not expected at all and came is infinitely far. Half of what a
 * cell adds to G squared. `more` = expected - count, for callers who know it with more digits.
 *
 * Source: C. Loader, Fast and accurate computation of binomial probabilities (2000), where it is called `bd0`.
 */
export function deviance(count: number, expected: number, more: number = expected - count): number {
  if (count === 0) return expected
  // either loses digits where the other one is good
  return more - count * (more < -count / 2 ? Math.log(expected / count) : Math.log1p(more / count))
}
