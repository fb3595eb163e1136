import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/rng.ts'
import { logDifferenceEvidence } from '../../src/stats/share-difference.ts'
import { oneLookSize, watchedSize } from '../../src/stats/two-share-size.ts'

const usual = { alpha: 0.05, power: 0.8, ratio: 1 }

describe('oneLookSize', () => {
  // R 4: power.prop.test(p1 = .50, p2 = .75, power = .90) from its help page; the others by its formula in mpmath
  it.each([
    [0.75, 0.5, 0.05, 0.9, 1, 76.7],
    [0.05, 0.01, 0.05, 0.8, 1, 284.3],
    [0.05, 0.01, 0.01, 0.95, 1, 644.5]
  ])('for %d and %d at %d with power %d and %d of the second each is %d', (first, second, alpha, power, ratio, expected) => {
    expect(oneLookSize({ first, second, alpha, power, ratio })).toBeCloseTo(expected, 0)
  })

  it('is smaller with more of the second group, and larger for more power', () => {
    const size = oneLookSize({ first: 0.05, second: 0.01, ...usual })
    expect(oneLookSize({ first: 0.05, second: 0.01, ...usual, ratio: 10 })).toBeLessThan(size)
    expect(oneLookSize({ first: 0.05, second: 0.01, ...usual, power: 0.9 })).toBeGreaterThan(size)
  })
})

describe('watchedSize', () => {
  it('is Infinity where there is nothing to find', () => {
    expect(watchedSize({ first: 0.02, second: 0.01, ...usual }, 0.01)).toBe(Infinity)
  })

  it.each([[0.05, 0.01, 0, 1], [0.1, 0.01, 0.02, 1], [0.05, 0.01, 0, 5], [0.6, 0.4, 0, 1]])('for %d and %d beyond %d with %d of the second each is about what four runs in five need', (first, second, beyond, ratio) => {
    const size = watchedSize({ first, second, ...usual, ratio }, beyond)
    expect(size).toBeGreaterThan(oneLookSize({ first, second, ...usual, ratio }))
    const runs = 300
    let found = 0
    for (let run = 0; run < runs; run++) {
      const rng = createRng(71 + run)
      const count = (share: number, trials: number): { events: number, trials: number } => {
        let events = 0
        for (let i = 0; i < trials; i++) if (rng.uniform() < share) events++
        return { events, trials }
      }
      if (logDifferenceEvidence(count(first, size), count(second, size * ratio), beyond) >= Math.log(20)) found++
    }
    // z = 3.29 of the binomial, and what the approximation may be off by
    expect(found / runs).toBeGreaterThan(0.8 - 3.29 * Math.sqrt(0.16 / runs) - 0.02)
    expect(found / runs).toBeLessThan(0.8 + 3.29 * Math.sqrt(0.16 / runs) + 0.06)
  })
})
