import type { PairedCounts } from './paired-counts.ts'
import { shareSequence, shareUpperBound } from './share-sequence.ts'

/**
 * Confidence sequence for how much more often the first question is answered with yes than the second, in [-1, 1]: the mean
 * of (onlyFirst - onlySecond) / pairs. Computed after every pair, all of the intervals together hold the true excess with
 * probability `confidence`, so equivalence and difference may be concluded at any time. Exact at every size; for one look
 * `excessInterval` is two to three times narrower where any pair is discordant. No pairs say nothing: [-1, 1].
 *
 * The excess is the share of discordant pairs, times twice the share of the first among them less 1. Half of what may go
 * wrong is left to either, and the interval is the range over both. Few discordant pairs are what equivalence is concluded
 * from, so the share of them is bounded from either side by itself: see `shareUpperBound`.
 *
 * @example excessSequence({ onlyFirst: 60, onlySecond: 20, pairs: 1000 }) // [0.006, 0.089]
 */
export function excessSequence({ onlyFirst, onlySecond, pairs }: PairedCounts, confidence: number = 0.95): readonly [low: number, high: number] {
  const discordant = onlyFirst + onlySecond
  const atMost = (events: number): number => shareUpperBound(events, pairs, 1 - (1 - confidence) / 4)
  const [least, most] = [1 - atMost(pairs - discordant), atMost(discordant)]
  const [low, high] = shareSequence(onlyFirst, discordant, (1 + confidence) / 2)
  return [(2 * low - 1) * (low < 0.5 ? most : least), (2 * high - 1) * (high < 0.5 ? least : most)]
}
