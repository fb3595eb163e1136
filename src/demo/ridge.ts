import { solvePositiveDefinite } from './cholesky.ts'

/** Predicts a number from a row of features. */
export type Regression = (features: readonly number[]) => number

/**
 * Linear regression with a penalty on large weights, fitted by the normal equations (Hoerl and Kennard, 1970): on features
 * centred and scaled to unit variance, (X'X + penalty * n * I) w = X'y. The intercept is not penalised.
 */
export function trainRidge(rows: readonly (readonly number[])[], targets: readonly number[], penalty: number): Regression {
  const count = rows.length
  const width = rows[0]?.length ?? 0
  const mean = average(rows, width, (value) => value)
  const scale = average(rows, width, (value, column) => (value - (mean[column] ?? 0)) ** 2).map((variance) => variance > 0 ? Math.sqrt(variance) : 1)
  const targetMean = targets.reduce((sum, target) => sum + target, 0) / count
  const standardised = (row: readonly number[]): Float64Array => {
    const values = Float64Array.from(row)
    for (let column = 0; column < width; column++) values[column] = ((values[column] ?? 0) - (mean[column] ?? 0)) / (scale[column] ?? 1)
    return values
  }

  const normal = Array.from({ length: width }, () => new Float64Array(width))
  const moment = new Float64Array(width)
  for (const [i, row] of rows.entries()) {
    const values = standardised(row)
    const target = (targets[i] ?? 0) - targetMean
    for (const [j, line] of normal.entries()) {
      const value = values[j] ?? 0
      moment[j] = (moment[j] ?? 0) + value * target
      for (let k = 0; k <= j; k++) line[k] = (line[k] ?? 0) + value * (values[k] ?? 0)
    }
  }
  for (const [j, line] of normal.entries()) line[j] = (line[j] ?? 0) + penalty * count
  const weights = solvePositiveDefinite(normal, moment)
  return (features) => standardised(features).reduce((sum, value, column) => sum + value * (weights[column] ?? 0), targetMean)
}

function average(rows: readonly (readonly number[])[], width: number, of: (value: number, column: number) => number): Float64Array {
  const sums = new Float64Array(width)
  for (const row of rows) for (let column = 0; column < width; column++) sums[column] = (sums[column] ?? 0) + of(row[column] ?? 0, column)
  return sums.map((sum) => sum / rows.length)
}
