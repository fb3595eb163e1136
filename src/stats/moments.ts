/** What is left of many numbers: enough for their mean and variance, of parts put together or of all. */
export interface Moments {
  readonly count: number
  readonly mean: number
  /** Sum of the squared distances from the mean. */
  readonly squares: number
}

/** Of no numbers at all. */
export const NO_MOMENTS: Moments = { count: 0, mean: 0, squares: 0 }

/**
 * With one number more, which must be finite.
 *
 * Source: B. P. Welford, Note on a method for calculating corrected sums of squares and products, Technometrics 4 (1962)
 * 419-420.
 */
export function addValue({ count, mean, squares }: Moments, value: number): Moments {
  const distance = value - mean
  const newMean = mean + distance / (count + 1)
  return { count: count + 1, mean: newMean, squares: squares + distance * (value - newMean) }
}

/**
 * Of the numbers of both.
 *
 * Source: T. F. Chan, G. H. Golub, R. J. LeVeque, Algorithms for computing the sample variance, American Statistician 37
 * (1983) 242-247.
 */
export function mergeMoments(one: Moments, other: Moments): Moments {
  const count = one.count + other.count
  if (count === 0) return NO_MOMENTS
  const distance = other.mean - one.mean
  const share = other.count / count
  return { count, mean: one.mean + distance * share, squares: one.squares + other.squares + distance * distance * share * one.count }
}

/** Of `factor` times as many numbers that are spread like these: what a forecast expects to see. */
export const scaleMoments = ({ count, mean, squares }: Moments, factor: number): Moments => ({ count: count * factor, mean, squares: squares * factor })

/** Unbiased; infinite for one number or none, as nothing bounds it yet. In R: `var(numbers)`. */
export const sampleVariance = ({ count, squares }: Moments): number => count > 1 ? squares / (count - 1) : Infinity
