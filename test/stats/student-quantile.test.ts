import { describe, expect, it } from 'vitest'
import { normalQuantile } from '../../src/stats/normal-quantile.ts'
import { studentQuantile } from '../../src/stats/student-quantile.ts'
import { apart } from './support.ts'

describe('studentQuantile', () => {
  // R: qt(p, df), printed with digits = 17
  it.each([
    [0.975, 1, 12.706204736174694],
    [0.975, 10, 2.2281388519862739],
    [0.9995, 2.5, 18.277893528131514],
    [0.6, 30, 0.25560536495191277],
    [1e-12, 100, -8.0258255944932539],
    [0.99, 10_000, 2.3267208386694751],
    [0.975, 99_999, 1.9599877077718442],
    [0.975, 1e6, 1.9599663568141066],
    [0.975, 1e9, 1.9599639869123249],
    [1e-300, 30, -50178575360.505234],
    [1e-300, 1e5, -37.174670665466223]
  ])('of %d with %d degrees of freedom is %d', (probability, degreesOfFreedom, expected) => {
    expect(apart(studentQuantile(probability, degreesOfFreedom), expected)).toBeLessThan(1e-11)
  })

  it('of one degree is Cauchy\'s and of two is in closed form', () => {
    for (const probability of [0.001, 0.25, 0.6, 0.9, 0.9999]) {
      expect(apart(studentQuantile(probability, 1), Math.tan(Math.PI * (probability - 0.5)))).toBeLessThan(1e-11)
      expect(apart(studentQuantile(probability, 2), (2 * probability - 1) / Math.sqrt(2 * probability * (1 - probability)))).toBeLessThan(1e-11)
    }
  })

  it('is 0 at one half, infinite at the ends and no number outside', () => {
    expect([0.5, 0, 1].map((probability) => studentQuantile(probability, 7))).toEqual([0, -Infinity, Infinity])
    expect(studentQuantile(1.1, 7)).toBeNaN()
  })

  it('comes down to the normal one as degrees are added, without a step where the formula changes', () => {
    for (const probability of [0.6, 0.975, 0.9999]) {
      let before = Infinity
      for (const degreesOfFreedom of [1, 1.5, 4, 60, 3000, 99_000, 99_999.9, 100_000, 100_001, 1e7, 1e12]) {
        const quantile = studentQuantile(probability, degreesOfFreedom)
        expect(quantile).toBeLessThan(before)
        before = quantile
      }
      expect(apart(before, normalQuantile(probability))).toBeLessThan(1e-11)
      expect(studentQuantile(probability, Infinity)).toBe(normalQuantile(probability))
    }
  })

  it('is odd around one half', () => {
    for (const probability of [0.0625, 0.25, 0.375]) expect(studentQuantile(1 - probability, 12)).toBe(-studentQuantile(probability, 12))
  })
})
