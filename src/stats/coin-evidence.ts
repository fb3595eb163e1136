import { logShareEvidence } from './share-evidence.ts'

/**
 * The natural logarithm of the evidence that a coin is not fair: E = 2^m B(heads + 1/2, tails + 1/2) / B(1/2, 1/2) after m =
 * heads + tails tosses. A fair coin takes E past 1/alpha, ever, with a chance of alpha at most: look after every toss and stop
 * where E >= 20, and be wrong one time in 20. `heads` and `tails` are 0 or more and need not be whole.
 *
 * Source: see `logShareEvidence`, of which this is the share of one half.
 *
 * @example Math.exp(logCoinEvidence(8, 0)) // 50.3
 */
export const logCoinEvidence = (heads: number, tails: number): number => logShareEvidence(heads, heads + tails, 0.5)

/** What one more toss adds to `logCoinEvidence(heads, tails)`: one logarithm, where evidence is followed toss by toss. */
export const logEvidenceStep = (heads: number, tails: number, isHeads: boolean): number =>
  Math.log((2 * (isHeads ? heads : tails) + 1) / (heads + tails + 1))
