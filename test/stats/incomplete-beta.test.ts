import { describe, expect, it } from 'vitest'
import { incompleteBeta } from '../../src/stats/incomplete-beta.ts'
import { apart } from './support.ts'

describe('incompleteBeta', () => {
  // R: pbeta(x, a, b); mpmath.betainc(a, b, 0, x, regularized=True) with 40 digits gives the same
  it.each([
    [0.5, 0.5, 0.1, 0.20483276469913345],
    [2.5, 0.5, 0.3, 0.018927124071945644],
    [0.001, 5, 1e-10, 0.9792745573772474],
    [10, 0.3, 0.95, 0.18775892426205615],
    [100.5, 20.25, 0.7, 0.00034032917528753525],
    [1.5, 1000.5, 1e-4, 0.022436535416899543],
    [3, 4000, 1e-5, 0.000010359571655588404],
    [300.25, 700.75, 0.35, 0.9996228850298052],
    [2, 3, 0.999, 0.99999999600299994]
  ])('of %d and %d at %d is %d', (a, b, x, expected) => {
    expect(apart(incompleteBeta(a, b, x), expected)).toBeLessThan(2e-14)
  })

  // mpmath, 50 digits: binomial probabilities of k or fewer heads in n, summed downwards from k
  it.each([
    [0, 8, 0.00390625],
    [3, 20, 0.0012884140014648438],
    [450, 1000, 0.0008652680424881588],
    [249_000, 499_000, 0.07864946487874752],
    [499_000, 1_000_000, 0.02280414993269104],
    [499_999, 1_000_000, 0.4996010578193341],
    [481_500, 1_000_000, 5.082078269417631e-300],
    [499_990_000, 1_000_000_000, 0.26355495737733486]
  ])('is the chance of %d or fewer heads in %d', (heads, tosses, expected) => {
    // some 1e-16 of the largest exponent on the way, 18,500 in the far tail, and of a thousand terms or 30,000
    expect(apart(incompleteBeta(tosses - heads, heads + 1, 0.5), expected)).toBeLessThan(tosses > 1e8 ? 1e-10 : 5e-12)
  })

  it('is 0 at 0 and 1 at 1, and no number outside', () => {
    expect(incompleteBeta(3, 0.5, 0)).toBe(0)
    expect(incompleteBeta(3, 0.5, 1)).toBe(1)
    for (const [a, b, x] of [[0, 1, 0.5], [1, -1, 0.5], [1, 1, -0.1], [1, 1, 1.1], [Number.NaN, 1, 0.5], [1, 1, Number.NaN]] as const) expect(incompleteBeta(a, b, x)).toBeNaN()
  })

  it('is the other way round what is left', () => {
    for (const a of [0.5, 3, 40.25, 5000]) {
      for (const b of [0.5, 7.5, 300]) {
        for (const x of [0.015625, 0.25, 0.5, 0.875]) expect(incompleteBeta(a, b, x) + incompleteBeta(b, a, 1 - x)).toBeCloseTo(1, 13)
      }
    }
  })

  it('is a polynomial where b is 1 or 2', () => {
    for (const x of [0.1, 0.375, 0.6]) {
      for (const a of [1, 2, 17, 200]) {
        expect(apart(incompleteBeta(a, 1, x), x ** a)).toBeLessThan(1e-12)
        expect(apart(incompleteBeta(a, 2, x), x ** a * (1 + a * (1 - x)))).toBeLessThan(1e-12)
      }
    }
  })

  it('takes its time for counts past counting, and still ends', () => {
    expect(incompleteBeta(5e11, 5e11, 0.5)).toBeCloseTo(0.5, 8)
  })
})
