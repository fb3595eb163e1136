import { deviance } from './deviance.ts'
import { HALF_LOG_TWO_PI, stirlingRemainder } from './special.ts'

/**
 * The natural logarithm of the evidence against a share: E = B(x + 1/2, n - x + 1/2) / (B(1/2, 1/2) share^x (1 - share)^(n - x))
 * for x `events` in n `trials`, how much better than `share` all shares together, each with its weight in Jeffreys' prior,
 * foretold what came. While `share` is the true one, E starts at 1 and is 1 in the mean after each trial, so that it ever
 * reaches 1/alpha with a chance of alpha at most, however often one looks. 0 <= events <= trials; neither need be whole.
 * Infinity where `share` says that what came never comes. Good to 1e-13 of the larger of 1 and itself.
 *
 * Source: H. Robbins, Statistical methods related to the law of the iterated logarithm, Annals of Mathematical Statistics 41
 * (1970) 1397-1409: Ville's inequality for a mixture of likelihood ratios.
 */
export function logShareEvidence(events: number, trials: number, share: number): number {
  const others = trials - events
  return deviance(events, trials * share) + deviance(others, trials * (1 - share)) - regret(events, others)
}

/**
 * How much worse all shares together foretold it than the best one, events / trials, did; in natural logarithms, 0 or more.
 * log pi - logBeta(events + 1/2, others + 1/2) + events log(events / trials) + others log(others / trials), in Stirling's
 * formula: the large parts cancel on paper.
 */
function regret(events: number, others: number): number {
  const trials = events + others
  const remainders = stirlingRemainder(events + 0.5) + stirlingRemainder(others + 0.5) - stirlingRemainder(trials + 1)
  const steps = logOfGrowth(events, 0.5) + logOfGrowth(others, 0.5) - logOfGrowth(trials, 1)
  return Math.log(trials + 1) / 2 - HALF_LOG_TWO_PI - steps - remainders + Math.log(Math.PI)
}

/** log((size + step) / size) size */
const logOfGrowth = (size: number, step: number): number => size === 0 ? 0 : size * Math.log1p(step / size)
