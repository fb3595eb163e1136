import { describe, expect, it } from 'vitest'
import { ranking } from '../../../src/compare/comparators/ranking.ts'

function compare(fields: object, a: unknown, b: unknown): readonly [found: string, overlap: number, biased: number, kendall: number] {
  const measured = new Float64Array(3).fill(Number.NaN)
  const found = ranking.build(ranking.fields.parse(fields)).compare(a, b, measured)
  return [found, measured[0]!, measured[1]!, measured[2]!]
}

const letters = (text: string): readonly string[] => [...text]

// documents with their scores: "a3 b2 c2"
const scored = (text: string): readonly unknown[] => text.split(' ').map((word) => ({ doc: { id: word[0] }, score: Number(word.slice(1)) }))

const SCORED = { key: '/doc/id', score: '/score' }

describe('ranking', () => {
  // rank-biased overlap as in rank-biased-overlap.test.ts; (1 - tau) / 2 of python3 -c "from scipy.stats import kendalltau; print(kendalltau([0, 1, 2], [1, 0, 2]).statistic)"
  it.each([
    [{}, 'abc', 'abc', 'same', 0, 0, 0],
    [{}, 'abc', 'bac', 'different', 0, 0.1, 1 / 3],
    [{ k: 2 }, 'abcd', 'abdc', 'same', 0, 0.02700000000000002, 1 / 6], // the places that matter
    [{ k: 3 }, 'abcd', 'abdc', 'different', 1 / 3, 0.02700000000000002, 1 / 6],
    [{ least: 0.9 }, 'abc', 'bac', 'same', 0, 0.1, 1 / 3], // 0.9, but for rounding
    [{ least: 0.91 }, 'abc', 'bac', 'different', 0, 0.1, 1 / 3],
    [{ least: 0.3, p: 0.5 }, 'abcdefghij', 'bacdefghij', 'same', 0, 0.5, 1 / 45],
    [{}, 'abcdefghij', 'jihgfedcba', 'different', 0, 0.48839243435714264, 1],
    [{ p: 0.8 }, 'abcde', 'cb', 'different', 0.6, 0.44981333333333395, 1],
    [{ k: 2 }, 'ab', 'abc', 'same', 0, 0, 0],
    [{}, 'aab', 'ab', 'same', 0, 0, 0], // of two the first counts
    [{}, 'abac', 'abc', 'same', 0, 0, 0],
    [{}, 'ab', 'cd', 'different', 1, 1, Number.NaN],
    [{}, 'ab', 'ac', 'different', 0.5, 0.45, Number.NaN], // one in common has no order
    [{}, '', 'a', 'different', 1, 1, Number.NaN],
    [{}, '', '', 'same', 0, 0, Number.NaN]
  ])('with %j takes %s and %s for %s', (fields, a, b, sameness, overlap, biased, kendall) => {
    const found = compare(fields, letters(a), letters(b))
    const near = (value: number): unknown => Number.isNaN(value) ? value : expect.closeTo(value, 12)
    expect(found).toEqual([sameness, near(overlap), near(biased), near(kendall)])
    expect(compare(fields, letters(b), letters(a))).toEqual(found)
  })

  it.each([
    ['a3 b2 c1', 'a9 b8 c7', 'same'], // scores themselves are another field's matter
    ['a3 b2 c2', 'a3 c2 b2', 'same'],
    ['a3 b2 c2', 'a3 c5 b5', 'same'],
    ['a3 b2 c2', 'a3 c2.1 b2', 'different'], // tied in one only
    ['a2 b2 c2', 'a5 c2 b2', 'same'], // a comes first in both, and the others are tied in both
    ['a2 b2 c2', 'c2 a2 b1', 'different'], // b and c are tied in one only
    ['a2 b2 c2', 'b5 a2 c2', 'different'],
    ['a4 b4 c2 d2', 'b4 a4 d2 c2', 'same'],
    ['a4 b4 c2 d2', 'c4 d4 a2 b2', 'different'],
    ['a2 b2', 'b2 c2', 'different']
  ])('gives items with one score in both lists no order: takes %s and %s for %s', (a, b, sameness) => {
    const [found, ...measured] = compare(SCORED, scored(a), scored(b))
    expect(found).toBe(sameness)
    expect(compare(SCORED, scored(b), scored(a))).toEqual([found, ...measured])
    if (sameness === 'same') expect(measured.slice(0, 2)).toEqual([0, 0])
  })

  it('may cut through items that are tied', () => {
    expect(compare({ ...SCORED, k: 2 }, scored('a3 b2 c2'), scored('a3 c2 b2'))).toEqual(['same', 0, 0, 0])
  })

  it('takes ties into Kendall\'s tau', () => {
    // python3 -c "from scipy.stats import kendalltau; print((1 - kendalltau([0, 1, 1, 3], [0, 1, 2, 2]).statistic) / 2)"
    expect(compare(SCORED, scored('a9 b8 c8 d7'), scored('a9 b8 c7 d7'))[3]).toBeCloseTo(0.1, 12)
    expect(compare(SCORED, scored('a1 b1 c1'), scored('c3 b2 a1'))[3]).toBeNaN() // all tied: no order
  })

  it('tells items apart as JSON does', () => {
    expect(compare({}, [1, '1', null, true], [1, '1', null, true])[0]).toBe('same')
    expect(compare({}, [1], ['1'])[0]).toBe('different')
    expect(compare({}, [1], [JSON.parse('1.0')])[0]).toBe('same')
    expect(compare({}, [{ x: 1, y: 2 }], [{ y: 2, x: 1 }])[0]).toBe('same')
    expect(compare({ key: '/id' }, [{ id: 1, note: 'a' }], [{ id: 1, note: 'b' }])[0]).toBe('same')
  })

  it.each([
    [{ key: '/id' }, [{}, {}], [{}], 'different'], // what has no id is not ranked
    [{ key: '/id' }, [{ id: 1 }, { x: 1 }], [{ id: 1 }, { x: 2 }], 'different'],
    [{ key: '/id' }, [{ id: 1 }, { x: 1 }], [{ id: 1 }, { x: 1 }], 'same'],
    [{ key: '/id' }, ['a'], [{ id: 'a' }], 'different'],
    [{}, 'abc', ['a', 'b', 'c'], 'different'],
    [{}, { a: 1 }, { a: 1 }, 'same'],
    [{}, null, null, 'same'],
    [{}, 1, 2, 'different']
  ])('with %j measures nothing of %j and %j, and takes them for %s', (fields, a, b, sameness) => {
    expect(compare(fields, a, b)).toEqual([sameness, Number.NaN, Number.NaN, Number.NaN])
    expect(compare(fields, b, a)).toEqual([sameness, Number.NaN, Number.NaN, Number.NaN])
  })

  it('looks at the first 10,000 items and no further', () => {
    const items = Array.from({ length: 10_000 }, (_, i) => i)
    expect(compare({}, [...items, 'a'], [...items, 'b'])).toEqual(['same', 0, 0, 0])
  })

  it.each([{ key: 'id' }, { key: '/~2' }, { score: 'score' }, { k: 0 }, { k: 1.5 }, { k: 10_001 }, { p: 0 }, { p: 1 }, { least: 1.1 }, { least: -0.1 }, { top: 1 }])('refuses %j', (fields) => {
    expect(ranking.fields.safeParse(fields).success).toBe(false)
  })
})
