import type { Draws } from '../../draws.ts'

// one try in twenty fails at worst, so that so many in a row are as good as never
const TRIES = 64

/**
 * The logarithm of a draw from the gamma distribution of this shape and scale 1. A logarithm, as draws of small shapes are
 * often too small for a number. Source: G. Marsaglia, W. W. Tsang, A Simple Method for Generating Gamma Variables, ACM TOMS
 * 26, 2000; for shapes below 1 its section 6: a draw of shape + 1 times a uniform one to the power of 1/shape.
 */
export function logGamma(shape: number, draws: Draws): number {
  if (shape < 1) return logGamma(shape + 1, draws) + Math.log(draws.uniform()) / shape
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (let i = 0; i < TRIES; i++) {
    const normal = draws.normal()
    const uniform = draws.uniform()
    const v = (1 + c * normal) ** 3
    if (v > 0 && Math.log(uniform) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v)
  }
  return Math.log(d)
}
