import { describe, expect, it } from 'vitest'
import { rankOverlap } from '../../../src/compare/distances/rank-overlap.ts'

const letters = (text: string): readonly string[] => [...text]

describe('rankOverlap', () => {
  it.each([
    ['abc', 'abc', 3, 1],
    ['abc', 'cab', 3, 1], // in any order
    ['abc', 'cab', 1, 0],
    ['abcd', 'abxy', 4, 0.5],
    ['abcd', 'abxy', 2, 1],
    ['abc', 'abd', 10, 2 / 3], // fewer than k
    ['ab', 'abcd', 10, 0.5], // the longer says how many there could be
    ['ab', 'abcd', 2, 1],
    ['', 'ab', 10, 0],
    ['', '', 10, 1]
  ])('of %s and %s in the first %d places is %d', (a, b, k, share) => {
    expect(rankOverlap(letters(a), letters(b), k)).toBeCloseTo(share, 12)
    expect(rankOverlap(letters(b), letters(a), k)).toBe(rankOverlap(letters(a), letters(b), k))
    expect(rankOverlap(letters(a), letters(a), k)).toBe(1)
  })
})
