import { describe, expect, it } from 'vitest'
import { signTest } from '../../src/stats/sign-test.ts'
import { apart } from './support.ts'

describe('signTest', () => {
  // R: binom.test(heads, heads + tails)$p.value, printed with digits = 17
  it.each([
    [8, 0, 0.0078125],
    [3, 17, 0.0025768280029296901],
    [10, 10, 1],
    [7, 8, 1],
    [40, 60, 0.056887933640980867],
    [450, 550, 0.0017305360849763163],
    [499_000, 501_000, 0.045608299865382104],
    [1000, 0, 1.8665272370065119e-301],
    [481_500, 518_500, 1.016415653883699e-299]
  ])('of %d heads and %d tails is %d', (heads, tails, expected) => {
    expect(apart(signTest(heads, tails), expected)).toBeLessThan(5e-12)
    expect(signTest(tails, heads)).toBe(signTest(heads, tails))
  })

  it('says nothing without a toss', () => {
    expect(signTest(0, 0)).toBe(1)
  })

  it('is the chance of as uneven a result, counted out', () => {
    for (let tosses = 1; tosses <= 25; tosses++) {
      const chances = [2 ** -tosses]
      for (let heads = 0; heads < tosses; heads++) chances.push(chances[heads]! * (tosses - heads) / (heads + 1))
      for (let heads = 0; heads <= tosses; heads++) {
        const asUneven = chances.filter((_, other) => Math.abs(other - tosses / 2) >= Math.abs(heads - tosses / 2)).reduce((sum, one) => sum + one, 0)
        expect(signTest(heads, tosses - heads)).toBeCloseTo(asUneven, 13)
      }
    }
  })

  it('never rejects more often than it says', () => {
    for (const tosses of [5, 6, 30, 101]) {
      for (const alpha of [0.05, 0.01]) {
        let rejected = 0
        let probability = 2 ** -tosses
        for (let heads = 0; heads <= tosses; heads++) {
          if (signTest(heads, tosses - heads) <= alpha) rejected += probability
          probability *= (tosses - heads) / (heads + 1)
        }
        expect(rejected).toBeLessThanOrEqual(alpha)
      }
    }
  })

  it('goes through counts that are not whole without a step', () => {
    for (let heads = 0; heads < 12; heads += 1 / 8) {
      const p = signTest(heads, 9.5)
      expect(p).toBeGreaterThan(0)
      expect(p).toBeLessThanOrEqual(1)
      if (heads < 9) expect(p).toBeLessThan(signTest(heads + 1 / 8, 9.5) + 1e-15)
    }
    expect(signTest(0.001, 0)).toBe(1)
    expect(signTest(2, 7)).toBeCloseTo(signTest(2 + 1e-9, 7 - 1e-9), 8)
  })
})
