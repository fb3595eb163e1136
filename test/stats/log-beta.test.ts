import { describe, expect, it } from 'vitest'
import { logBeta } from '../../src/stats/log-beta.ts'
import { apart } from './support.ts'

describe('logBeta', () => {
  // mpmath, 60 digits: loggamma(a) + loggamma(b) - loggamma(a + b)
  it.each([
    [0.5, 0.5, 1.1447298858494002],
    [0.001, 2, 6.906755778649053],
    [0.5, 8.5, -0.48297070251955243],
    [3, 7.25, -5.622691040177561],
    [12, 15, -18.568172732389435],
    [20.5, 0.5, -0.9317505432979868],
    [30.5, 10.5, -23.426543311184222],
    [1e-5, 1e5, 11.512804563691175],
    [0.5, 1e6, -6.335390211057437],
    [5, 1e6, -65.89950895945843],
    [1e6, 1e6, -1386300.003362921],
    [12.5, 1e8, -211.5241625062181],
    [1e8, 1e8, -138629444.05681732],
    [1e8, 3e8, -224934065.99508414],
    [0.5, 1e9, -9.789267975423506],
    [25_000, 1e9, -289920.32518598327]
  ])('of %d and %d is %d', (a, b, expected) => {
    expect(apart(logBeta(a, b), expected)).toBeLessThan(1e-14)
    expect(logBeta(b, a)).toBe(logBeta(a, b))
  })

  it('is 0 where the function is 1', () => {
    expect(logBeta(1, 1)).toBe(0)
  })

  it('goes on through where one formula gives way to the next', () => {
    for (const [a, b] of [[10, 0.5], [10, 9], [10, 10], [10, 1e6], [16, 3], [16, 16]] as const) {
      expect(logBeta(a * (1 - 1e-12), b)).toBeCloseTo(logBeta(a * (1 + 1e-12), b), 9)
    }
  })

  it('follows B(a + 1, b) = B(a, b) a / (a + b)', () => {
    for (const a of [0.5, 3.25, 9.75, 15.5, 400, 123_456.5]) {
      for (const b of [0.5, 9.5, 17, 2500.25, 1e7]) expect(logBeta(a + 1, b) - logBeta(a, b)).toBeCloseTo(Math.log(a / (a + b)), 7)
    }
  })
})
