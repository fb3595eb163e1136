import { incompleteBeta } from './incomplete-beta.ts'
import { logShareEvidence } from './share-evidence.ts'

/**
 * The natural logarithm of the evidence that a share, seen as `events` in `trials`, is less than `share`: how much better all
 * smaller shares together foretold what came than `share` did. While the true one is `share` or more, that ever reaches
 * log(1 / alpha) with a chance of alpha at most, however often one looks. For small shares it is well above `logShareEvidence`,
 * which is against shares on either side. No trials are no evidence, 0; negative where `share` foretold it better.
 *
 * Source: as `logShareEvidence`, with Jeffreys' prior cut off at `share`; `shareUpperBound` is where it is enough.
 */
export function logShareBelowEvidence(events: number, trials: number, share: number): number {
  const before = 2 / Math.PI * Math.asin(Math.sqrt(share))
  if (trials === 0 || before === 0) return 0
  return logShareEvidence(events, trials, share) + Math.log(incompleteBeta(events + 0.5, trials - events + 0.5, share) / before)
}
