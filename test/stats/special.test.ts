import { describe, expect, it } from 'vitest'
import { HALF_LOG_TWO_PI, logGamma, normalCdf, normalUpperTail, stirlingRemainder } from '../../src/stats/special.ts'
import { apart } from './support.ts'

// mpmath, 50 digits: loggamma(x)
const LOG_GAMMAS = [
  [1e-5, 11.512919692895826],
  [0.1, 2.252712651734206],
  [0.5, 0.5723649429247001],
  [1.5, -0.12078223763524522],
  [2.5, 0.2846828704729192],
  [3.7, 1.428072326665388],
  [10, 12.801827480081469],
  [15.9, 27.625493215168692],
  [16.1, 28.173694494813546],
  [100.25, 360.28455963776423],
  [1e6, 12815504.569147611],
  [1e8, 1742068066.1038346],
  [1e15, 33538776394910668]
] as const

describe('logGamma', () => {
  it.each(LOG_GAMMAS)('of %d is %d', (x, expected) => {
    expect(apart(logGamma(x), expected)).toBeLessThan(1e-15)
  })

  it('is exactly 0 at 1 and 2', () => {
    expect(logGamma(1)).toBe(0)
    expect(logGamma(2)).toBe(0)
  })
})

describe('stirlingRemainder', () => {
  it.each(LOG_GAMMAS)('of %d makes up Stirling\'s formula', (x, expected) => {
    expect(apart(stirlingRemainder(x) + (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI, expected)).toBeLessThan(1e-14)
  })

  // mpmath, 50 digits: loggamma(x) - (x - 0.5) * log(x) + x - log(2 * pi) / 2
  it.each([
    [0.5, 0.15342640972002736],
    [10, 0.00833056343336287],
    [16, 0.0052076559196096404],
    [1e3, 0.00008333333055555635],
    [1e9, 8.333333333333333e-11]
  ])('of %d is %d', (x, expected) => {
    expect(Math.abs(stirlingRemainder(x) - expected)).toBeLessThan(1e-14)
  })
})

describe('normalCdf', () => {
  // mpmath, 50 digits: ncdf(z); R: pnorm(z) gives the same but for the first, which it gives up
  it.each([
    [-38, 2.88542835e-316],
    [-37, 5.725571222524577e-300],
    [-30, 4.906713927148187e-198],
    [-20.000001, 2.7535689096746465e-89],
    [-20, 2.7536241186062337e-89],
    [-19.999999, 2.7536793286420107e-89],
    [-9, 1.1285884059538405e-19],
    [-5, 2.866515718791939e-7],
    [-1, 0.15865525393145705],
    [0, 0.5],
    [0.3, 0.6179114221889527],
    [2, 0.9772498680518208],
    [8, 0.9999999999999993]
  ])('of %d is %d', (z, expected) => {
    expect(apart(normalCdf(z), expected)).toBeLessThan(1e-13)
  })

  it('is 0 and 1 at the ends', () => {
    expect([-Infinity, -40, 40, Infinity].map(normalCdf)).toEqual([0, 0, 1, 1])
  })

  it('never falls', () => {
    let before = 0
    for (let z = -37; z < 8; z += 1 / 64) {
      expect(normalCdf(z)).toBeGreaterThan(before)
      before = normalCdf(z)
    }
  })

  it('has the upper tail for its mirror image', () => {
    expect(apart(normalUpperTail(30), 4.906713927148187e-198)).toBeLessThan(1e-13)
    for (const z of [-3, -0.25, 0, 1, 2.5]) expect(normalUpperTail(z) + normalCdf(z)).toBeCloseTo(1, 15)
  })
})
