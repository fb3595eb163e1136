import type { Draws } from '../../draws.ts'

/** What noise can be like: all have mean 0 and standard deviation 1. */
export const shapes = ['normal', 'uniform', 'laplace', 'student-t', 'lognormal'] as const

type Shape = typeof shapes[number]

// of Student's t: the least whole number of degrees of freedom whose fourth moment is finite
const FREEDOM = 5
// of the logarithm: a tail to one side that one in a hundred notices
const SIGMA = 0.5

/** Draws noise of a shape, with mean 0 and standard deviation 1. */
export function noiseOf(shape: Shape): (draws: Draws) => number {
  switch (shape) {
    case 'normal': return (draws) => draws.normal()
    case 'uniform': return (draws) => (draws.uniform() - 0.5) * Math.sqrt(12)
    case 'laplace': return laplace
    case 'student-t': return studentT
    default: return lognormal
  }
}

// by the inverse of its distribution function, with variance 2 made 1
function laplace(draws: Draws): number {
  const fromMiddle = draws.uniform() - 0.5
  return -Math.sign(fromMiddle) * Math.log(1 - 2 * Math.abs(fromMiddle)) / Math.SQRT2
}

// a normal over the root of a chi-square by its freedom, which is a sum of squares; its variance is 5/3
function studentT(draws: Draws): number {
  const over = draws.normal()
  let squares = 0
  for (let i = 0; i < FREEDOM; i++) squares += draws.normal() ** 2
  return over / Math.sqrt(squares / FREEDOM) / Math.sqrt(FREEDOM / (FREEDOM - 2))
}

// moved and scaled to mean 0 and standard deviation 1
function lognormal(draws: Draws): number {
  const spread = Math.exp(SIGMA ** 2)
  return (Math.exp(SIGMA * draws.normal()) - Math.sqrt(spread)) / Math.sqrt((spread - 1) * spread)
}
