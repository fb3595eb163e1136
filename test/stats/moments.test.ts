import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/rng.ts'
import { addValue, mergeMoments, type Moments, NO_MOMENTS, sampleVariance, scaleMoments } from '../../src/stats/moments.ts'
import { apart } from './support.ts'

const momentsOf = (numbers: readonly number[]): Moments => numbers.reduce(addValue, NO_MOMENTS)

describe('moments', () => {
  // R: mean(x); var(x)
  it.each([
    [[0.8, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2], 0.76, 3.2004444444444444],
    [[1e9 + 1, 1e9 + 2, 1e9 + 4], 1e9 + 2.3333333333333335, 2.3333333333333335],
    [[5], 5, Infinity],
    [[], 0, Infinity]
  ])('of %j have mean %d and variance %d', (numbers, mean, variance) => {
    const moments = momentsOf(numbers)
    expect(moments.count).toBe(numbers.length)
    expect(moments.mean).toBeCloseTo(mean, 7)
    // a mean of 1e9 is rounded to 1e-7
    if (variance === Infinity) expect(sampleVariance(moments)).toBe(Infinity)
    else expect(apart(sampleVariance(moments), variance)).toBeLessThan(mean > 1e6 ? 1e-7 : 1e-14)
  })

  it('of parts put together are those of all, however they are cut', () => {
    const rng = createRng(7)
    const numbers = Array.from({ length: 500 }, () => 100 + rng.normal() * 3)
    const whole = momentsOf(numbers)
    for (const cut of [0, 1, 2, 250, 499, 500]) {
      const merged = mergeMoments(momentsOf(numbers.slice(0, cut)), momentsOf(numbers.slice(cut)))
      expect(merged.count).toBe(500)
      expect(apart(merged.mean, whole.mean)).toBeLessThan(1e-14)
      expect(apart(merged.squares, whole.squares)).toBeLessThan(1e-11)
    }
    const others = momentsOf([4, 5])
    expect(mergeMoments(NO_MOMENTS, NO_MOMENTS)).toEqual(NO_MOMENTS)
    expect(mergeMoments(others, NO_MOMENTS)).toEqual(others)
    expect(mergeMoments(NO_MOMENTS, others)).toEqual(others)
  })

  it('scaled are those of as many copies', () => {
    const numbers = [1, 2, 2.5, 7]
    const { count, mean, squares } = momentsOf([...numbers, ...numbers, ...numbers])
    const scaled = scaleMoments(momentsOf(numbers), 3)
    expect(scaled.count).toBe(count)
    expect(apart(scaled.mean, mean)).toBeLessThan(1e-14)
    expect(apart(scaled.squares, squares)).toBeLessThan(1e-14)
    expect(scaleMoments(scaled, 0).count).toBe(0)
  })

  it('keep their digits over a million numbers far from 0', () => {
    let moments = NO_MOMENTS
    for (let i = 0; i < 1_000_000; i++) moments = addValue(moments, 1e6 + i % 2)
    expect(apart(moments.mean, 1e6 + 0.5)).toBeLessThan(1e-12)
    expect(apart(moments.squares, 250_000)).toBeLessThan(1e-6)
  })
})
