import { describe, expect, it } from 'vitest'
import { kappa } from '../../src/stats/kappa.ts'
import { apart } from './support.ts'

describe('kappa', () => {
  // R: n <- sum(t); po <- sum(diag(t)) / n; pe <- sum(rowSums(t) * colSums(t)) / n^2
  // c((po - pe) / (1 - pe), sqrt(po * (1 - po) / (n * (1 - pe)^2)))
  it.each([
    [[[20, 5], [10, 15]], 0.4, 0.12961481396815722],
    [[[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.49152542372881347, 0.054921531342439489],
    [[[0, 7], [9, 0]], -0.96923076923076923, 0]
  ])('of %j is %d with standard error %d', (table, value, standardError) => {
    const found = kappa(table)!
    expect(apart(found.kappa, value)).toBeLessThan(1e-14)
    expect(apart(found.standardError, standardError)).toBeLessThan(1e-14)
  })

  it('keeps its digits where one class is nearly all there is', () => {
    // Python's fractions: -1 / 999999, from a table of 1e6
    expect(apart(kappa([[999_998, 1], [1, 0]])!.kappa, -1 / 999_999)).toBeLessThan(1e-9)
  })

  it('is 1 where they always agree and 0 where they are independent', () => {
    expect(kappa([[5, 0, 0], [0, 9, 0], [0, 0, 1]])).toEqual({ kappa: 1, standardError: 0 })
    expect(kappa([[18, 12], [42, 28]])!.kappa).toBeCloseTo(0, 14)
  })

  it('is undefined where there is nothing to agree on', () => {
    for (const table of [[], [[0]], [[12]], [[12, 0], [0, 0]], [[0, 0], [0, 7]]]) expect(kappa(table)).toBeUndefined()
  })

  it('is the same with rows and columns exchanged, or classes in another order, or counts scaled', () => {
    const { kappa: value, standardError } = kappa([[88, 14, 18], [10, 40, 10], [2, 6, 12]])!
    expect(kappa([[88, 10, 2], [14, 40, 6], [18, 10, 12]])!.kappa).toBeCloseTo(value, 14)
    expect(kappa([[12, 2, 6], [18, 88, 14], [10, 10, 40]])!.kappa).toBeCloseTo(value, 14)
    const scaled = kappa([[8.8, 1.4, 1.8], [1, 4, 1], [0.2, 0.6, 1.2]])!
    expect(scaled.kappa).toBeCloseTo(value, 14)
    expect(scaled.standardError).toBeCloseTo(standardError * Math.sqrt(10), 14)
  })
})
