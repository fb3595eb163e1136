import { incompleteBeta } from './incomplete-beta.ts'
import { normalQuantile } from './normal-quantile.ts'
import { turningPoint } from './turning-point.ts'

/**
 * The value a Student t variable stays below with the given `probability` in [0, 1], to 11 digits (of 1, where it is near 0;
 * up to 1e150). `degreesOfFreedom` is 1 or more and need not be whole. In R: `qt(probability, degreesOfFreedom)`.
 *
 * Source: twice the tail past t is the incomplete beta function of f / 2 and 1 / 2 at f / (f + t^2), solved by halving; from
 * 100,000 degrees on the expansion around the normal quantile of M. Abramowitz, I. A. Stegun, Handbook of Mathematical
 * Functions (1964), 26.7.5.
 */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  const normal = normalQuantile(probability)
  if (!Number.isFinite(normal) || normal === 0) return normal
  if (degreesOfFreedom >= 100_000) return aroundNormal(normal, degreesOfFreedom)
  const tail = normal < 0 ? probability : 1 - probability
  const isShort = (t: number): boolean => tailPast(t, degreesOfFreedom) > tail
  let beyond = 2 * Math.abs(normal)
  while (isShort(beyond)) beyond *= 2
  return Math.sign(normal) * turningPoint(0, beyond, isShort)
}

/** The probability that a Student t variable goes past `t` >= 0. */
function tailPast(t: number, degreesOfFreedom: number): number {
  const squared = t * t
  return incompleteBeta(degreesOfFreedom / 2, 0.5, 1 / (1 + squared / degreesOfFreedom), 1 / (1 + degreesOfFreedom / squared)) / 2
}

function aroundNormal(z: number, degreesOfFreedom: number): number {
  const square = z * z
  const first = (square + 1) / 4
  const second = ((5 * square + 16) * square + 3) / 96
  const third = (((3 * square + 19) * square + 17) * square - 15) / 384
  const fourth = ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92_160
  const small = 1 / degreesOfFreedom
  return z * (1 + (first + (second + (third + fourth * small) * small) * small) * small)
}
