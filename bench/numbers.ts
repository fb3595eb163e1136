/** The middle of some values, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

/** The least value that a share (0..1) of the values do not exceed (the inverse of their distribution); NaN of none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).toSorted()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

/** Every other round runs the other way round, so that what drifts within a round favours no one. */
export const alternate = <T>(items: readonly T[], round: number): readonly T[] => round % 2 === 0 ? items : items.toReversed()

/** 0 .. count - 1. */
export const times = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

export const MIB: number = 2 ** 20
export const KIB: number = 2 ** 10

/** A number with so many digits after the point; a dash for one that is not there. */
export const fixed = (value: number | undefined, digits = 1): string => value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits)

/** The median, and each round it is the median of. */
export const withRounds = (values: readonly number[], digits = 1): string =>
  values.length < 2 ? fixed(values[0], digits) : `${fixed(median(values), digits)} (${values.map((value) => fixed(value, digits)).join(' ')})`
