import { incompleteBeta } from './incomplete-beta.ts'

/**
 * The probability that a fair coin falls at least as unevenly as `heads` to `tails`: the two-sided sign test, and with the
 * two kinds of discordant pairs, McNemar's exact test. Valid for one look, at a time chosen beforehand; see `logCoinEvidence`
 * for any number of looks. Both counts are 0 or more; between whole numbers it is the incomplete beta function that goes
 * through them. In R: `binom.test(heads, heads + tails)$p.value`.
 *
 * Source: Q. McNemar, Note on the sampling error of the difference between correlated proportions or percentages,
 * Psychometrika 12 (1947) 153-157.
 *
 * @example signTest(8, 0) // 0.0078
 */
export function signTest(heads: number, tails: number): number {
  if (heads === tails) return 1
  return Math.min(1, 2 * incompleteBeta(Math.max(heads, tails), Math.min(heads, tails) + 1, 0.5))
}
