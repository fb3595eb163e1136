import { normalQuantile } from './normal-quantile.ts'
import type { PairedCounts } from './paired-counts.ts'
import { turningPoint } from './turning-point.ts'

/**
 * Score interval for how much more often the first question is answered with yes than the second, in [-1, 1]: the mean of
 * (onlyFirst - onlySecond) / pairs. Valid for one look, at a time chosen beforehand; `excessSequence` may be looked at at any
 * time. Holds its confidence where discordant pairs are few, as Wilson's does for one share: with none of them it ends at
 * 3.8 / pairs. No pairs say nothing: [-1, 1].
 *
 * Source: T. Tango, Equivalence test and confidence interval for the difference in proportions for the paired-sample design,
 * Statistics in Medicine 17 (1998) 891-908.
 *
 * @example excessInterval({ onlyFirst: 60, onlySecond: 20, pairs: 1000 }) // [0.0231, 0.0584]
 */
export function excessInterval({ onlyFirst, onlySecond, pairs }: PairedCounts, confidence: number = 0.95): readonly [low: number, high: number] {
  if (pairs === 0) return [-1, 1]
  const enough = normalQuantile((1 + confidence) / 2) ** 2
  const first = onlyFirst / pairs
  const second = onlySecond / pairs
  return [-upperEnd(second, first, pairs, enough), upperEnd(first, second, pairs, enough)]
}

/** Where the squared score reaches `enough`, above the excess that was seen; `first` and `second` are shares of the pairs. */
function upperEnd(first: number, second: number, pairs: number, enough: number): number {
  const seen = first - second
  if (seen === 1) return 1
  return turningPoint(seen, 1, (excess) => {
    const variance = 2 * likeliestSecond(first, second, excess) + excess * (1 - excess)
    return pairs * (seen - excess) ** 2 < enough * variance
  })
}

/**
 * The chance of `onlySecond` under which most becomes of what was seen, if the first is more often than the second by
 * `excess`: the larger root q of 2 q^2 - linear q - constant = 0, written so that nothing cancels.
 */
function likeliestSecond(first: number, second: number, excess: number): number {
  const linear = first + second - (2 - first + second) * excess
  const constant = second * excess * (1 - excess)
  if (constant === 0) return Math.max(0, linear / 2)
  const root = Math.sqrt(Math.max(0, linear * linear + 8 * constant))
  return linear > 0 ? (linear + root) / 4 : 2 * constant / (root - linear)
}
