import { describe, expect, it } from 'vitest'
import { jaccardDistance } from '../../../src/compare/distances/jaccard.ts'

describe('jaccardDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'a', 1],
    ['abc', 'cab', 0],
    ['abc', 'def', 1],
    ['ab', 'bc', 2 / 3],
    ['abcd', 'abce', 2 / 5],
    // bags: Ruzicka's similarity, sum of the lesser counts over sum of the larger
    ['aa', 'a', 1 / 2],
    ['aa', 'ab', 2 / 3],
    ['aab', 'abb', 1 / 2],
    ['aaaa', 'bbbb', 1]
  ])('of %j and %j is %d', (a, b, distance) => {
    expect(jaccardDistance([...a], [...b])).toBe(distance)
    expect(jaccardDistance([...b], [...a])).toBe(distance)
  })

  it('keeps to the triangle inequality, as a metric does', () => {
    const bags = ['', 'a', 'aa', 'ab', 'aab', 'abc', 'bbc', 'cc'].map((bag) => [...bag])
    for (const a of bags) for (const b of bags) for (const c of bags) expect(jaccardDistance(a, c)).toBeLessThanOrEqual(jaccardDistance(a, b) + jaccardDistance(b, c) + 1e-12)
  })
})
