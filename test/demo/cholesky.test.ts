import { describe, expect, it } from 'vitest'
import { solvePositiveDefinite } from '../../src/demo/cholesky.ts'
import { createRng } from '../../src/core/rng.ts'

describe('the Cholesky solver', () => {
  it.each([1, 2, 3, 8, 20])('solves a random positive definite system of %i unknowns', (size) => {
    const rng = createRng(size)
    const half = Array.from({ length: size }, () => Array.from({ length: size }, rng.normal))
    const matrix = half.map((row, i) => Float64Array.from(half, (other, j) => row.reduce((sum, value, k) => sum + value * other[k]!, i === j ? 0.5 : 0)))
    const truth = Array.from({ length: size }, rng.normal)
    const right = Float64Array.from(matrix, (row) => row.reduce((sum, value, k) => sum + value * truth[k]!, 0))
    const solution = solvePositiveDefinite(matrix, right)
    solution.forEach((value, i) => expect(value).toBeCloseTo(truth[i]!, 8))
  })

  it.each([
    ['is singular', [[1, 1], [1, 1]]],
    ['is indefinite', [[1, 2], [2, 1]]],
    ['holds NaN', [[Number.NaN, 0], [0, 1]]]
  ])('refuses a matrix that %s', (_name, rows) => {
    expect(() => solvePositiveDefinite(rows.map((row) => Float64Array.from(row)), Float64Array.of(1, 1))).toThrow('not positive definite')
  })
})
