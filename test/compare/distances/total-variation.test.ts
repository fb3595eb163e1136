import { describe, expect, it } from 'vitest'
import { totalVariation } from '../../../src/compare/distances/total-variation.ts'

describe('totalVariation', () => {
  // python3 -c "from scipy.spatial.distance import cityblock; print(cityblock([.1, .2, .7], [.3, .3, .4]) / 2)"
  it.each([
    [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], 0.3],
    [[1, 0], [0, 1], 1],
    [[0.5, 0.5, 0], [0, 0.5, 0.5], 0.5],
    [[0.25, 0.25, 0.25, 0.25], [0.1, 0.2, 0.3, 0.4], 0.2],
    [[0.9, 0.1], [0.901, 0.099], 0.001],
    [[1], [1], 0]
  ])('of %j and %j is %d', (p, q, distance) => {
    expect(totalVariation(p, q)).toBeCloseTo(distance, 12)
    expect(totalVariation(q, p)).toBe(totalVariation(p, q))
    expect(totalVariation(p, p)).toBe(0)
  })

  it('is no more than 1 where the sums round up', () => {
    const thirds = [1 / 3 + 1e-16, 1 / 3 + 1e-16, 1 / 3 + 1e-16]
    expect(totalVariation([...thirds, 0, 0, 0], [0, 0, 0, ...thirds])).toBeLessThanOrEqual(1)
  })
})
