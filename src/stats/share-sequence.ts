import { incompleteBeta } from './incomplete-beta.ts'
import { logShareEvidence } from './share-evidence.ts'
import { turningPoint } from './turning-point.ts'

/**
 * Confidence sequence for a share, seen as `events` in `trials` (0 <= events <= trials, whole or not): the shares with less
 * than 1 / (1 - confidence) evidence against them. Once computed after every trial, all of the intervals together hold the
 * true share with probability `confidence`, so they may be looked at at any time and acted upon; an interval for one look is
 * narrower (`wilsonInterval`; about half as wide at a thousand trials). Holds events / trials. No trials say nothing: [0, 1].
 *
 * Source: see `logShareEvidence`.
 *
 * @example shareSequence(15, 148) // [0.038, 0.205]
 */
export function shareSequence(events: number, trials: number, confidence: number = 0.95): readonly [low: number, high: number] {
  if (trials === 0) return [0, 1]
  const enough = -Math.log1p(-confidence)
  const isPossible = (share: number): boolean => logShareEvidence(events, trials, share) < enough
  const seen = events / trials
  return [events === 0 ? 0 : turningPoint(seen, 0, isPossible), events === trials ? 1 : turningPoint(seen, 1, isPossible)]
}

/**
 * The upper end of a one-sided confidence sequence for a share: computed after every trial, none of the bounds is below the
 * true share, with probability `confidence`. For small shares it is well below the upper end of `shareSequence`: no events
 * are worth 3.8 / trials where that gives 7 (after a thousand trials, and more later), and looking once gives 3. No trials
 * say nothing: 1.
 *
 * Source: as `logShareEvidence`, with the prior cut off at the share that is tested, above which each trial is expected to
 * take evidence away. Jeffreys' prior lies there as beta(1/2, 1/2).
 *
 * @example shareUpperBound(0, 1000) // 0.0038
 */
export function shareUpperBound(events: number, trials: number, confidence: number = 0.95): number {
  if (events === trials) return 1
  const enough = -Math.log1p(-confidence)
  const others = trials - events
  const isPossible = (share: number): boolean => {
    const kept = incompleteBeta(events + 0.5, others + 0.5, share) / (2 / Math.PI * Math.asin(Math.sqrt(share)))
    return logShareEvidence(events, trials, share) + Math.log(kept) < enough
  }
  return turningPoint(events / trials, 1, isPossible)
}
