import { describe, expect, it } from 'vitest'
import { deviance } from '../../src/stats/deviance.ts'
import { apart } from './support.ts'

describe('deviance', () => {
  // mpmath, 50 digits: k * log(k / e) + e - k of the doubles k and e
  it.each([
    [3, 5, 0.46752312870202795],
    [1e6, 1_001_000, 0.4996669164668332],
    [5, 0.001, 37.58696595708119],
    [0.5, 1e-20, 22.179277339660484],
    [1e-9, 1000, 999.999999971369]
  ])('of %d where %d were expected is %d', (count, expected, distance) => {
    expect(apart(deviance(count, expected), distance)).toBeLessThan(1e-12)
  })

  it('keeps the digits of a difference that is known better than its ends', () => {
    // half the square of the difference over the count, to the difference over the count; to the last digit of the difference
    expect(apart(deviance(1e9, 1e9 + 1, 1.25), 1.25 ** 2 / 2e9)).toBeLessThan(1e-6)
  })

  it('is what was expected where nothing came, and infinite where nothing was expected', () => {
    expect(deviance(0, 7.5)).toBe(7.5)
    expect(deviance(0, 0)).toBe(0)
    expect(deviance(3, 0)).toBe(Infinity)
  })

  it('is 0 where they are equal and grows to either side', () => {
    for (const count of [1e-3, 1, 7.5, 1e9]) {
      expect(deviance(count, count)).toBe(0)
      for (const factor of [1.001, 1.5, 3]) {
        expect(deviance(count, count * factor * 1.1)).toBeGreaterThan(deviance(count, count * factor))
        expect(deviance(count, count / factor / 1.1)).toBeGreaterThan(deviance(count, count / factor))
      }
    }
  })
})
