import { HALF_LOG_TWO_PI, logGamma, stirlingRemainder } from './special.ts'

/**
 * The logarithm of the beta function of `a` > 0 and `b` > 0, to 14 digits (of 1, where it is near 0) however large they are.
 * In R: `lbeta(a, b)`.
 *
 * Source: A. R. DiDonato, A. H. Morris, Significant digit computation of the incomplete beta function ratios, ACM TOMS 18
 * (1992) 360-373: log gammas of large arguments by Stirling's formula, of which the large parts cancel on paper.
 */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b)
  const large = Math.max(a, b)
  if (large < LARGE) return logGamma(small) + logGamma(large) - logGamma(small + large)
  const share = small / (small + large)
  const restOfLarge = stirlingRemainder(large) - stirlingRemainder(small + large) + (large - 0.5) * Math.log1p(-share)
  if (small < LARGE) return logGamma(small) + small - small * Math.log(small + large) + restOfLarge
  return HALF_LOG_TWO_PI + stirlingRemainder(small) - Math.log(small + large) / 2 + (small - 0.5) * Math.log(share) + restOfLarge
}

const LARGE = 10
