import { describe, expect, it } from 'vitest'
import { LABEL_BOUNDS, labelOfPrice, likeliest, scoreLabels } from '../../src/demo/labels.ts'

const [low, high] = LABEL_BOUNDS

describe('the labels of a price', () => {
  it.each([
    [1000, 'budget'], [low - 1, 'budget'], [low, 'mid'], [high - 1, 'mid'], [high, 'premium'], [5_000_000, 'premium']
  ])('of %i: %s', (price, label) => {
    expect(labelOfPrice(price)).toBe(label)
  })

  it.each([1000, 200_000, low, 400_000, high, 900_000])('have probabilities that add up to 1 at %i', (price) => {
    const { budget, mid, premium } = scoreLabels(price, 0.1)
    expect(budget + mid + premium).toBeCloseTo(1, 3)
    expect(Math.min(budget, mid, premium)).toBeGreaterThanOrEqual(0)
  })

  it('are even odds at a bound and nearly sure far from it', () => {
    expect(scoreLabels(low, 0.08).budget).toBe(0.5)
    expect(scoreLabels(high, 0.08).premium).toBe(0.5)
    expect(scoreLabels(low / 2, 0.08).budget).toBeGreaterThan(0.99)
    expect(scoreLabels(high * 2, 0.08).premium).toBeGreaterThan(0.99)
  })

  it('are less sure where the model errs more', () => {
    expect(scoreLabels(440_000, 0.2).mid).toBeLessThan(scoreLabels(440_000, 0.05).mid)
  })

  it('are likeliest where the probability is largest, and the cheaper of two alike', () => {
    expect(likeliest({ budget: 0.2, mid: 0.5, premium: 0.3 })).toBe('mid')
    expect(likeliest({ budget: 0.5, mid: 0.5, premium: 0 })).toBe('budget')
  })
})
