import { describe, expect, it } from 'vitest'
import { cosineDistance } from '../../../src/compare/distances/cosine.ts'
import { createRng } from '../../../src/core/rng.ts'

const SEED = 20_400

describe('cosineDistance', () => {
  // python3 -c "from scipy.spatial.distance import cosine; print(cosine([1, 2, 3], [4, 5, 6]))"
  it.each([
    [[1, 2, 3], [4, 5, 6], 0.025368153802923787],
    [[1, 0], [1, 1], 0.29289321881345254],
    [[1, 0], [0, 1], 1],
    [[1, 2], [-1, -2], 2],
    [[0.1, -0.2, 0.3, 0.4], [0.1, -0.2, 0.31, 0.39], 0.00032981070322168904],
    [[3, 4], [3, 0], 0.4],
    [[1, 2], [2, 4], 0]
  ])('of %j and %j is %d', (a, b, distance) => {
    expect(Math.abs(cosineDistance(a, b) - distance)).toBeLessThan(1e-12)
    expect(cosineDistance(b, a)).toBe(cosineDistance(a, b))
    expect(cosineDistance(a, a)).toBe(0)
  })

  it('keeps its digits where the angle is small', () => {
    // half the square of the angle, as sin x is x
    expect(cosineDistance([1, 0], [1, 1e-9]) / 5e-19).toBeCloseTo(1, 9)
  })

  it('depends on no scale, however large or small', () => {
    for (const scale of [1e300, 1e-300]) expect(cosineDistance([3 * scale, 4 * scale], [3, 0])).toBeCloseTo(0.4, 12)
    expect(cosineDistance([Number.MAX_VALUE, -Number.MAX_VALUE], [5e-324, 5e-324])).toBeCloseTo(1, 12)
  })

  it('is 0 for two vectors of zeros, and NaN for one of zeros and another', () => {
    expect(cosineDistance([0, 0], [0, -0])).toBe(0)
    expect(cosineDistance([0, 0], [1, 2])).toBeNaN()
    expect(cosineDistance([1, 2], [0, 0])).toBeNaN()
  })

  it('is 1 less the cosine for vectors drawn at random', () => {
    const random = createRng(SEED)
    for (let round = 0; round < 200; round++) {
      const draw = (): number[] => Array.from({ length: 64 }, () => random.uniform() - 0.5)
      const [a, b] = [draw(), draw()]
      const dot = (x: number[], y: number[]): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0)
      expect(Math.abs(cosineDistance(a, b) - (1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))))).toBeLessThan(1e-12)
    }
  })
})
