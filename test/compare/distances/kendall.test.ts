import { describe, expect, it } from 'vitest'
import { kendallTauB } from '../../../src/compare/distances/kendall.ts'
import { createRng } from '../../../src/core/rng.ts'

const SEED = 1966

// all pairs, one by one
function byDefinition(x: readonly number[], y: readonly number[]): number {
  let [concordance, untiedX, untiedY] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const [ofX, ofY] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)]
      concordance += ofX * ofY
      untiedX += Math.abs(ofX)
      untiedY += Math.abs(ofY)
    }
  }
  return concordance / Math.sqrt(untiedX * untiedY)
}

describe('kendallTauB', () => {
  // python3 -c "from scipy.stats import kendalltau; print(kendalltau([1, 2, 3, 4, 5], [3, 4, 1, 2, 5]).statistic)"
  it.each([
    [[1, 2, 3, 4, 5], [3, 4, 1, 2, 5], 0.2],
    [[12, 2, 1, 12, 2], [1, 4, 7, 1, 0], -0.4714045207910316],
    [[1, 2, 2, 3], [1, 3, 2, 2], 0.4],
    [[1, 1, 2, 2, 3, 3], [1, 2, 2, 3, 3, 1], 0.25],
    [[0, 1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1, 0], -1],
    [[0, 1, 1, 3, 4, 4, 6], [6, 4, 4, 2, 1, 1, 0], -1],
    [[0, 1, 1, 3], [0, 1, 1, 3], 1]
  ])('of %j and %j is %d', (x, y, tau) => {
    expect(Math.abs(kendallTauB(x, y) - tau)).toBeLessThan(1e-12)
    expect(kendallTauB(y, x)).toBe(kendallTauB(x, y))
    expect(kendallTauB(x, x)).toBe(1)
  })

  it.each([[[], []], [[1], [1]], [[1, 1, 1], [1, 2, 3]], [[2, 2], [2, 2]]])('is NaN for %j and %j', (x, y) => {
    expect(kendallTauB(x, y)).toBeNaN()
    expect(kendallTauB(y, x)).toBeNaN()
  })

  it('agrees with scipy on 5000 pairs with ties', () => {
    // python3 -c "import numpy as np; from scipy.stats import kendalltau; i = np.arange(5000); x = i*7919 % 5003 % 97; print(kendalltau(x, i*104729 % 5003 % 89 + x//10).statistic)"
    const x = Array.from({ length: 5000 }, (_, i) => i * 7919 % 5003 % 97)
    const y = x.map((value, i) => i * 104_729 % 5003 % 89 + Math.floor(value / 10))
    expect(Math.abs(kendallTauB(x, y) - 0.07667576718315276)).toBeLessThan(1e-12)
  })

  it('is what counting all pairs gives, for lists drawn at random', () => {
    const random = createRng(SEED)
    for (let round = 0; round < 200; round++) {
      const length = 2 + Math.floor(random.uniform() * 30)
      const values = 1 + Math.floor(random.uniform() * 12)
      const draw = (): number[] => Array.from({ length }, () => Math.floor(random.uniform() * values))
      const [x, y] = [draw(), draw()]
      const [found, defined] = [kendallTauB(x, y), byDefinition(x, y)]
      if (Number.isNaN(defined)) expect(found).toBeNaN()
      else expect(Math.abs(found - defined)).toBeLessThan(1e-12)
    }
  })
})
