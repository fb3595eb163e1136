import { logShareBelowEvidence } from './share-below-evidence.ts'
import { turningPoint } from './turning-point.ts'

/** How often something was seen: `events` in `trials`. */
export interface ShareCounts {
  readonly events: number
  readonly trials: number
}

/**
 * Bounds for how much larger the first share is than the second, seen in trials of two groups that have nothing to do with
 * each other: computed after every trial of either, none of the lower ones is above the true difference, with probability
 * `confidence`, and neither is any of the upper ones below it, by itself; with (1 + confidence) / 2 they hold it together. A
 * group without trials says nothing of its share.
 *
 * @example shareDifferenceBounds({ events: 50, trials: 1000 }, { events: 10, trials: 1000 }) // [0.0114, 0.0759]
 */
export function shareDifferenceBounds(first: ShareCounts, second: ShareCounts, confidence: number = 0.95): readonly [low: number, high: number] {
  return [lowerBound(first, second, confidence), -lowerBound(second, first, confidence)]
}

function lowerBound(first: ShareCounts, second: ShareCounts, confidence: number): number {
  const enough = -Math.log1p(-confidence)
  const isPossible = (difference: number): boolean => logDifferenceEvidence(first, second, difference) < enough
  return isPossible(-1) ? -1 : turningPoint(1, -1, isPossible)
}

/**
 * The natural logarithm of the evidence that the first share is larger than the second by more than `difference`, in [-1, 1];
 * 0 where there is none. While it is not larger by more, that ever reaches log(1 / alpha) with a chance of alpha at most,
 * however often one looks, and whatever the sizes of the groups. Takes 50 us.
 *
 * It is the least there is against any two shares so far apart: of the first being no more than one, times that of the
 * second being no less than the other. Evidence of two groups multiplies to evidence, so that the two shares that are the
 * true ones are called wrong no more often than that. Finds 5 % beside 1 % in two thirds of the trials that an interval for
 * each share with half of alpha takes, and in half of them where shares are large.
 *
 * Source: as `logShareBelowEvidence`.
 */
export function logDifferenceEvidence(first: ShareCounts, second: ShareCounts, difference: number): number {
  // of the shares that far apart, those between what was seen: beyond, either group has no evidence and the other has more
  let low = Math.max(0, -difference, second.trials === 0 ? 0 : second.events / second.trials)
  let high = Math.min(1, 1 - difference, first.trials === 0 ? 1 : first.events / first.trials - difference)
  if (low > high) return 0
  const evidence = (share: number): number =>
    logShareBelowEvidence(second.events, second.trials, share) + logShareBelowEvidence(first.trials - first.events, first.trials, 1 - Math.min(1, share + difference))
  let left = high - GOLDEN * (high - low)
  let right = low + GOLDEN * (high - low)
  let atLeft = evidence(left)
  let atRight = evidence(right)
  // it may be at an end, which the section never quite reaches
  let least = Math.min(evidence(low), evidence(high), atLeft, atRight)
  for (let i = 0; i < STEPS; i++) {
    if (atLeft <= atRight) {
      high = right
      right = left
      atRight = atLeft
      left = high - GOLDEN * (high - low)
      atLeft = evidence(left)
    } else {
      low = left
      left = right
      atLeft = atRight
      right = low + GOLDEN * (high - low)
      atRight = evidence(right)
    }
    least = Math.min(least, atLeft, atRight)
  }
  return Math.max(0, least)
}

// the golden section closes in on the least to 1e-8 of the way, where evidence is flat
const GOLDEN = (Math.sqrt(5) - 1) / 2
const STEPS = 40
