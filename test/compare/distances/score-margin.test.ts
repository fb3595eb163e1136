import { describe, expect, it } from 'vitest'
import { marginOf } from '../../../src/compare/distances/score-margin.ts'

describe('the margin of scores', () => {
  // python3 -c "a = sorted(scores); print(a[-1] - a[-2])"
  it.each([
    [[0.2, 0.7, 0.1], 0.49999999999999994],
    [[0.7, 0.2, 0.1], 0.49999999999999994],
    [[0.1, 0.2, 0.7], 0.49999999999999994],
    [[0.5, 0.5], 0],
    [[3, 1, 3, 2], 0],
    [[-4.5, -1.25, -2], 0.75], // logits
    [[Infinity, 1], Infinity]
  ])('of %j is %d', (scores, margin) => {
    expect(marginOf(scores)).toBe(margin)
  })

  it.each([[[]], [[0.9]], [[0.9, Number.NaN]], [[Number.NaN, 0.9, 0.1]], [[Infinity, Infinity]]])('of %j is not known', (scores) => {
    expect(marginOf(scores)).toBeNaN()
  })
})
