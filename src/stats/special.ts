import { createRequire } from 'node:module'

/** What is used of it: its incomplete beta, log beta and Student quantile lose half of their digits where counts are large. */
interface Cephes {
  lgam(x: number): number
  ndtr(z: number): number
}

// as CommonJS it is compiled while it is loaded; as an ES module it would have to be awaited by all who use it
const require = createRequire(import.meta.url)
const cephes: Cephes = require('cephes')

/**
 * The logarithm of the gamma function of `x` > 0, to about 15 digits: `logGamma(n + 1)` is log n!. In R: `lgamma(x)`.
 *
 * Source: S. L. Moshier, Cephes mathematical library, `lgam`.
 */
export const logGamma = (x: number): number => cephes.lgam(x)

/**
 * What Stirling's formula leaves of log gamma: logGamma(x) - (x - 1/2) log x + x - 1/2 log 2 pi, for `x` > 0. Differences of
 * large log gammas cancel; written with these remainders they need not be taken.
 *
 * Source: NIST Digital Library of Mathematical Functions, 5.11.1, good to the last digit from 16 on.
 */
export function stirlingRemainder(x: number): number {
  if (x < 16) return logGamma(x) - (x - 0.5) * Math.log(x) + x - HALF_LOG_TWO_PI
  const square = x * x
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360_360 / square) / square) / square) / square) / square) / x
}

/** log(2 pi) / 2 */
export const HALF_LOG_TWO_PI: number = Math.log(2 * Math.PI) / 2

/**
 * The probability that a standard normal variable stays below `z`, to 13 digits however small it is. In R: `pnorm(z)`.
 *
 * Source: Cephes, `ndtr`; below -20 the series of Digital Library of Mathematical Functions, 7.12.1, as `ndtr` is 0 from -27 on
 * (and NaN at Infinity).
 */
export function normalCdf(z: number): number {
  if (z > 20) return 1
  if (z > -20) return cephes.ndtr(z)
  let term = 1
  let sum = 1
  for (let odd = 1; odd < 20; odd += 2) {
    term *= -odd / (z * z)
    sum += term
  }
  return Math.exp(-z * z / 2 - HALF_LOG_TWO_PI) / -z * sum
}

/** The probability that a standard normal variable goes past `z`: no digits are lost to 1 - `normalCdf(z)`. */
export const normalUpperTail = (z: number): number => normalCdf(-z)
