import { deviance } from './deviance.ts'
import { HALF_LOG_TWO_PI, stirlingRemainder } from './special.ts'

/**
 * The regularised incomplete beta function: the probability that a beta(`a`, `b`) variable stays below `x`; for whole numbers
 * also that of `a` or more heads among a + b - 1 tosses that fall heads with chance `x`. To about 12 digits however small it
 * is; `a` and `b` > 0, and `x` in [0, 1]. Where `x` is close to 1, give `rest` = 1 - x with all its digits. The time it takes
 * grows with the root of a + b: 5 us at a million, 50 us at a thousand million. In R: `pbeta(x, a, b)`.
 *
 * Source: NIST Digital Library of Mathematical Functions, 8.17.22, by Lentz's method; the factor before it as a binomial
 * density after C. Loader, Fast and accurate computation of binomial probabilities (2000).
 */
export function incompleteBeta(a: number, b: number, x: number, rest: number = 1 - x): number {
  if (!(a > 0 && b > 0 && x >= 0 && rest >= 0)) return Number.NaN
  if (x === 0) return 0
  if (rest === 0) return 1
  // the fraction converges fast below the mean, and only there
  const isBelow = x < (a + 1) / (a + b + 2)
  return isBelow ? density(a, b, x, rest) / a * fraction(a, b, x) : 1 - density(b, a, rest, x) / b * fraction(b, a, rest)
}

/** x^a rest^b / B(a, b) */
function density(a: number, b: number, x: number, rest: number): number {
  const sum = a + b
  const remainders = stirlingRemainder(sum) - stirlingRemainder(a) - stirlingRemainder(b)
  const scale = Math.log(a) + Math.log(b / sum)
  const more = b * x - a * rest // sum * x - a
  return Math.exp(scale / 2 - HALF_LOG_TWO_PI + remainders - deviance(a, sum * x, more) - deviance(b, sum * rest, -more))
}

/** 1 / (1 + d1 / (1 + d2 / (1 + ...))) */
function fraction(a: number, b: number, x: number): number {
  let over = 1
  let under = 1 / awayFromZero(1 - (a + b) * x / (a + 1))
  let value = under
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    under = 1 / awayFromZero(1 + even * under)
    over = awayFromZero(1 + even / over)
    value *= over * under
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    under = 1 / awayFromZero(1 + odd * under)
    over = awayFromZero(1 + odd / over)
    const change = over * under
    value *= change
    if (Math.abs(change - 1) < 1e-15) break
  }
  return value
}

// enough for a + b of 1e12
const MAX_TERMS = 1_000_000

const awayFromZero = (value: number): number => Math.abs(value) < 1e-300 ? 1e-300 : value
