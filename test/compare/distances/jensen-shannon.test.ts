import { describe, expect, it } from 'vitest'
import { jensenShannon } from '../../../src/compare/distances/jensen-shannon.ts'

describe('jensenShannon', () => {
  // python3 -c "from scipy.spatial.distance import jensenshannon; print(jensenshannon([.1, .2, .7], [.3, .3, .4], 2) ** 2)"
  it.each([
    [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], 0.07489355896415409],
    [[1, 0], [0, 1], 1],
    [[0.5, 0.5, 0], [0, 0.5, 0.5], 0.5],
    [[0.25, 0.25, 0.25, 0.25], [0.1, 0.2, 0.3, 0.4], 0.0402015823461419],
    [[0.9, 0.1], [0.901, 0.099], 2.0127016480439507e-6],
    [[1], [1], 0]
  ])('of %j and %j is %d bits', (p, q, bits) => {
    expect(Math.abs(jensenShannon(p, q) - bits)).toBeLessThan(1e-12)
    expect(jensenShannon(q, p)).toBe(jensenShannon(p, q))
    expect(jensenShannon(p, p)).toBe(0)
  })

  it('keeps its digits where two distributions hardly differ', () => {
    // the first term of its series in the difference d: sum of d^2 / p, over 8 ln 2
    const d = 1e-9
    expect(jensenShannon([0.5 + d, 0.5 - d], [0.5, 0.5]) / (d * d * 4 / (8 * Math.LN2))).toBeCloseTo(1, 6)
  })

  it('is finite for the smallest of numbers', () => {
    expect(jensenShannon([5e-324, 1], [0, 1])).toBe(0)
    expect(jensenShannon([1e-300, 1], [1e-310, 1])).toBeLessThan(1e-299)
  })
})
