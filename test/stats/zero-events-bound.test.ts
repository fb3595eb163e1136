import { describe, expect, it } from 'vitest'
import { zeroEventsBound } from '../../src/stats/zero-events-bound.ts'

describe('zeroEventsBound', () => {
  // R: binom.test(0, n, alternative = "less")$conf.int[2]
  // values: 1 - (Decimal('0.05').ln() / n).exp() in Python, with 60 digits
  it.each([
    [1, 0.95],
    [10, 0.2588655508930523],
    [100, 0.029513049607039935],
    [1000, 0.0029912495450952962],
    [1_000_000, 2.9957277863525446e-06]
  ])('of %d trials is the exact one', (trials, expected) => {
    expect(Math.abs(zeroEventsBound(trials) / expected - 1)).toBeLessThan(1e-12)
  })

  it('is the share at which seeing nothing has a chance of 5 %', () => {
    for (const trials of [1, 2, 7, 300, 12_345]) expect((1 - zeroEventsBound(trials)) ** trials).toBeCloseTo(0.05, 10)
  })

  it('is 1 when there were no trials', () => {
    expect(zeroEventsBound(0)).toBe(1)
  })
})
