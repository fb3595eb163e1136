import { describe, expect, it } from 'vitest'
import { type Box, boxOverlap } from '../../../src/compare/distances/box-overlap.ts'

const box = (left: number, top: number, right: number, bottom: number): Box => ({ left, top, right, bottom })

describe('boxOverlap', () => {
  it.each([
    ['itself', box(0, 0, 2, 2), box(0, 0, 2, 2), 1],
    ['half of each', box(0, 0, 2, 2), box(1, 0, 3, 2), 1 / 3],
    ['a quarter of each', box(0, 0, 2, 2), box(1, 1, 3, 3), 1 / 7],
    ['one inside the other', box(0, 0, 4, 4), box(1, 1, 3, 3), 1 / 4],
    ['an edge', box(0, 0, 1, 1), box(1, 0, 2, 1), 0],
    ['nothing', box(0, 0, 1, 1), box(5, 5, 6, 6), 0],
    ['below nought', box(-2, -2, 0, 0), box(-1, -2, 1, 0), 1 / 3],
    ['a point and itself', box(1, 1, 1, 1), box(1, 1, 1, 1), 1],
    ['a point in a box', box(1, 1, 1, 1), box(0, 0, 2, 2), 0],
    ['a line across a box', box(0, 1, 2, 1), box(0, 0, 2, 2), 0],
    ['boxes a tenth of their sides apart', box(100, 100, 200, 200), box(110, 90, 210, 190), 8100 / 11_900],
    ['an area past the range of doubles', box(-1e308, -1e308, 1e308, 1e308), box(-1e308, -1e308, 1e308, 1e307), 0],
    ['an area past the range of doubles and itself', box(-1e308, -1e308, 1e308, 1e308), box(-1e308, -1e308, 1e308, 1e308), 1],
    ['an area too small for doubles', box(0, 0, 1e-200, 1e-200), box(0, 0, 1e-200, 2e-200), 0]
  ])('of %s', (_what, a, b, overlap) => {
    expect(boxOverlap(a, b)).toBeCloseTo(overlap, 12)
    expect(boxOverlap(b, a)).toBe(boxOverlap(a, b))
  })
})
