import { describe, expect, it } from 'vitest'
import { relativeL2 } from '../../../src/compare/distances/relative-l2.ts'

describe('relativeL2', () => {
  // python3 -c "from numpy import array, linalg; n = linalg.norm; a, b = array([1, 2, 3]), array([4, 5, 6]); print(n(a - b) / max(n(a), n(b)))"
  it.each([
    [[1, 2, 3], [4, 5, 6], 0.592156525463792],
    [[1, 0], [1, 1], 0.7071067811865475],
    [[1, 0], [0, 1], Math.SQRT2],
    [[1, 2], [-1, -2], 2],
    [[0.1, -0.2, 0.3, 0.4], [0.1, -0.2, 0.31, 0.39], 0.025819888974716133],
    [[3, 4], [3, 0], 0.8],
    [[0, 0], [1, 2], 1],
    [[0, 0], [0, -0], 0]
  ])('of %j and %j is %d', (a, b, distance) => {
    expect(Math.abs(relativeL2(a, b) - distance)).toBeLessThan(1e-12)
    expect(relativeL2(b, a)).toBe(relativeL2(a, b))
    expect(relativeL2(a, a)).toBe(0)
  })

  it('depends on no scale, however large or small', () => {
    for (const scale of [1e300, 1e-300]) expect(relativeL2([3 * scale, 4 * scale], [3 * scale, 0])).toBeCloseTo(0.8, 12)
    expect(relativeL2([Number.MAX_VALUE], [-Number.MAX_VALUE])).toBe(2)
    expect(relativeL2([5e-324], [0])).toBe(1)
  })
})
