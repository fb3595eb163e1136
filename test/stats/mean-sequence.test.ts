import { describe, expect, it } from 'vitest'
import { logMeanEvidence, meanSequence } from '../../src/stats/mean-sequence.ts'
import { addValue, type Moments, NO_MOMENTS } from '../../src/stats/moments.ts'
import { studentInterval } from '../../src/stats/student-interval.ts'
import { apart } from './support.ts'

const SEEN: Moments = { count: 250, mean: 0.31, squares: 400.5 }

describe('meanSequence', () => {
  /*
   * R, with v(d) = (squares + n d^2) / n, r2 = (-2 log(a) + log(-2 log(a) + 1)) / N and a = 1 - confidence: mean -+ the root d of
   * sqrt(v(d)) * sqrt(2 * (n * r2 + 1) / (n^2 * r2) * log(sqrt(n * r2 + 1) / a)) - d, by uniroot(..., tol = 1e-15)
   */
  it.each([
    [SEEN, 0.95, 1000, 0.042940018911251987, 0.57705998108874801],
    [SEEN, 0.99, 500, 0.012952064504355765, 0.60704793549564418],
    [{ count: 1_000_000, mean: 0.0031, squares: 1e6 }, 0.95, 1000, -0.00076948126499517839, 0.0069694812649951782]
  ])('of %j at %d, best at %d, is the root of the paper\'s equation', (moments, confidence, optimalAt, low, high) => {
    const sequence = meanSequence(moments, confidence, optimalAt)
    expect(sequence[0]).toBeCloseTo(low, 12)
    expect(sequence[1]).toBeCloseTo(high, 12)
  })

  it('of many numbers is the paper\'s interval as it is printed', () => {
    // R, as above with v = squares / (n - 1) for all d
    const [low, high] = meanSequence({ count: 1_000_000, mean: 0.0031, squares: 1e6 })
    expect(apart((high - low) / 2, 0.0038694542314)).toBeLessThan(1e-5)
  })

  it('is everything for too few numbers, and for numbers past what a double holds', () => {
    const everything = [-Infinity, Infinity]
    for (const count of [0, 0.5, 1, 2, 31]) expect(meanSequence({ count, mean: count === 0 ? 0 : 1, squares: 1 })).toEqual(everything)
    expect(meanSequence({ count: 32, mean: 1, squares: 1 })).not.toEqual(everything)
    expect(meanSequence({ count: 13, mean: 1, squares: 1 }, 0.95, 100)).toEqual(everything)
    const wild = Array.from({ length: 100 }, (_, i) => i % 2 === 0 ? 1e308 : -1e308).reduce(addValue, NO_MOMENTS)
    expect(meanSequence(wild)).toEqual(everything)
  })

  it('is as much wider than the interval for one look as it says', () => {
    const ratio = (count: number): number => meanSequence({ count, mean: 0, squares: count - 1 })[1] / studentInterval({ count, mean: 0, squares: count - 1 })[1]
    expect(ratio(100)).toBeCloseTo(2.1, 1)
    expect(ratio(1000)).toBeCloseTo(1.55, 2)
    expect(ratio(10_000)).toBeCloseTo(1.65, 2)
  })

  it('follows the unit of the numbers', () => {
    const [low, high] = meanSequence(SEEN)
    const [scaledLow, scaledHigh] = meanSequence({ count: 250, mean: 310, squares: 400.5e6 })
    expect(scaledLow).toBeCloseTo(low * 1000, 9)
    expect(scaledHigh).toBeCloseTo(high * 1000, 9)
  })
})

describe('logMeanEvidence', () => {
  // R, with v = (squares + n mean^2) / n: log(integrate(function(l) exp(l * n * mean / sqrt(v) - n * l^2 / 2) * dnorm(l, 0, sqrt(r2)), -2, 2)$value)
  it.each([
    [SEEN, 0.95, 1000, 4.1568035077772372],
    [SEEN, 0.99, 500, 5.0726639874089337]
  ])('of %j at %d, best at %d, is the mixture of likelihood ratios', (moments, confidence, optimalAt, expected) => {
    expect(logMeanEvidence(moments, confidence, optimalAt)).toBeCloseTo(expected, 10)
  })

  it('is enough just where the sequence leaves out 0', () => {
    for (const count of [10, 36, 100, 999, 1e5]) {
      for (const confidence of [0.9, 0.95, 0.999]) {
        for (let score = 0.5; score < 9; score += 0.25) {
          const moments = { count, mean: score / Math.sqrt(count), squares: count }
          const [low, high] = meanSequence(moments, confidence)
          expect(low > 0 || high < 0).toBe(logMeanEvidence(moments, confidence) >= -Math.log1p(-confidence))
        }
      }
    }
  })

  it('is below none where the mean is 0, none where there is nothing, and the same for both signs', () => {
    expect(logMeanEvidence(NO_MOMENTS)).toBeCloseTo(0, 15)
    expect(logMeanEvidence({ count: 100, mean: 0, squares: 0 })).toBeLessThan(0)
    expect(logMeanEvidence({ count: 100, mean: -0.3, squares: 90 })).toBe(logMeanEvidence({ count: 100, mean: 0.3, squares: 90 }))
  })

  it('of equal numbers grows as that of a coin that always falls the same', () => {
    for (const count of [50, 500, 5000]) {
      const evidence = logMeanEvidence({ count, mean: 1e-3, squares: 0 })
      expect(evidence).toBeGreaterThan(0)
      expect(evidence).toBeLessThan(count / 2)
    }
  })
})
