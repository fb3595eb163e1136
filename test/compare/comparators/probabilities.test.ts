import { describe, expect, it } from 'vitest'
import { probabilities } from '../../../src/compare/comparators/probabilities.ts'

interface Found {
  readonly found: string
  readonly total_variation: number
  readonly shift_bits: number
  readonly top_flip: number
  readonly decisive_flip: number
  readonly sum_error: number
}

function compare(fields: object, a: unknown, b: unknown): Found {
  const comparator = probabilities.build(probabilities.fields.parse(fields))
  const measured = new Float64Array(comparator.measures.length).fill(Number.NaN)
  const found = comparator.compare(a, b, measured)
  return { found, ...Object.fromEntries(comparator.measures.map(({ name }, i) => [name, measured[i]])) } as Found // holds: the names it has
}

const NOTHING = { total_variation: Number.NaN, shift_bits: Number.NaN, top_flip: Number.NaN, decisive_flip: Number.NaN, sum_error: Number.NaN }

describe('probabilities', () => {
  // python3 -c "from scipy.spatial.distance import *; p, q = [.1, .2, .7], [.3, .3, .4]; print(cityblock(p, q) / 2, jensenshannon(p, q, 2) ** 2)"
  it.each([
    [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], 0.3, 0.07489355896415409],
    [{ cat: 0.1, dog: 0.2, cow: 0.7 }, { dog: 0.3, cow: 0.4, cat: 0.3 }, 0.3, 0.07489355896415409],
    [[1, 0], [0, 1], 1, 1],
    [{ cat: 1 }, { dog: 1 }, 1, 1], // a class that is missing has 0
    [{ cat: 0.5, dog: 0.5 }, { dog: 0.5, cow: 0.5 }, 0.5, 0.5],
    [[0.9, 0.1], [0.901, 0.099], 0.001, 2.0127016480439507e-6],
    [[[0.5, 0.5], [0.1, 0.2, 0.7]], [[0.5, 0.5], [0.3, 0.3, 0.4]], 0.3, 0.07489355896415409], // of a list, the largest
    [[{ cat: 1 }, { cat: 0.5, dog: 0.5 }], [{ cat: 1 }, { dog: 1 }], 0.5, 0.31127812445913283],
    [[2, 4, 14], [3, 3, 4], 0.3, 0.07489355896415409] // in proportion
  ])('measures of %j and %j a total variation of %d and a shift of %d bits', (a, b, variation, bits) => {
    const found = compare({}, a, b)
    expect(Math.abs(found.total_variation - variation)).toBeLessThan(1e-12)
    expect(Math.abs(found.shift_bits - bits)).toBeLessThan(1e-12)
    expect(compare({}, b, a)).toEqual(found)
    expect(compare({}, a, a)).toEqual({ found: 'same', total_variation: 0, shift_bits: 0, top_flip: 0, decisive_flip: 0, sum_error: 0 })
  })

  it.each([
    [{}, [0.5, 0.5], [0.51, 0.49], 'same'], // 0.01 apart, but for rounding
    [{}, [0.5, 0.5], [0.5101, 0.4899], 'different'],
    [{ tolerance: 0 }, [0.5, 0.5], [0.5, 0.5], 'same'],
    [{ tolerance: 0 }, [0.5, 0.5], [0.501, 0.499], 'different'],
    [{ tolerance: 1 }, [1, 0], [0, 1], 'same'],
    [{}, [[0.5, 0.5], [0.9, 0.1]], [[0.5, 0.5], [0.1, 0.9]], 'different'],
    [{}, { cat: 1, dog: 0 }, { cat: 1 }, 'same'],
    [{}, [0.6, 0.4], [60, 40], 'different'], // percent
    [{}, [60, 40], [120, 80], 'same'], // neither are probabilities
    [{}, [0.6, 0.4], [0.6004, 0.4004], 'same'],
    [{}, [0.6, 0.4], [0.602, 0.402], 'different'] // sums to 1.004
  ])('with %j takes %j and %j for %s', (fields, a, b, sameness) => {
    expect(compare(fields, a, b).found).toBe(sameness)
    expect(compare(fields, b, a).found).toBe(sameness)
  })

  it.each([
    [[0.6, 0.4], [0.55, 0.45], 0, 0],
    [[0.6, 0.4], [0.4, 0.6], 1, 1],
    [[0.6, 0.4], [0.49, 0.51], 1, 0], // one was a close call
    [[0.5, 0.5], [0.1, 0.9], 0, 0], // either was at the top
    [[0.4, 0.4, 0.2], [0.1, 0.1, 0.8], 1, 0],
    [{ cat: 0.9 }, { dog: 0.9 }, 1, 1],
    [[[0.9, 0.1], [0.6, 0.4]], [[0.9, 0.1], [0.3, 0.7]], 1, 1],
    [[1], [1], 0, 0]
  ])('says of %j and %j whether the top flipped, %d, and by more than a close call, %d', (a, b, flip, decisive) => {
    const found = compare({}, a, b)
    expect([found.top_flip, found.decisive_flip]).toEqual([flip, decisive])
    expect(compare({}, b, a)).toEqual(found)
  })

  it('takes from `decisive` on a model to have decided', () => {
    const flips = (decisive: number): number => compare({ decisive }, [0.75, 0.25], [0, 1]).decisive_flip
    expect([flips(0.5), flips(0.51)]).toEqual([1, 0])
  })

  it.each([
    [[0.6, 0.4], [0.6, 0.4], 0],
    [[0.6, 0.4], [0.6, 0.6], 0.2],
    [[0.4, 0.4], [0.6, 0.6], 0], // as far from 1, if to the other side
    [[0.6, 0.4], [60, 40], 99],
    [[[0.6, 0.4], [0.5, 0.5]], [[0.6, 0.5], [0.5, 0.8]], 0.3]
  ])('measures of %j and %j how much further from 1 one sums: %d', (a, b, error) => {
    expect(compare({}, a, b).sum_error).toBeCloseTo(error, 12)
    expect(compare({}, b, a).sum_error).toBe(compare({}, a, b).sum_error)
  })

  it('has nothing in proportion to what sums to 0', () => {
    expect(compare({}, [0, 0], [0.5, 0.5])).toEqual({ ...NOTHING, found: 'different', sum_error: 1 })
    expect(compare({}, [0.5, 0.5], [0, 0])).toEqual({ ...NOTHING, found: 'different', sum_error: 1 })
    expect(compare({}, [0, 0], [0, -0])).toEqual({ ...NOTHING, found: 'same', sum_error: 0 })
    expect(compare({}, [[0, 0], [0.5, 0.5]], [[0, 0], [0.75, 0.25]])).toMatchObject({ total_variation: 0.25 })
  })

  it.each([
    [[0.5, 0.5], [0.2, 0.3, 0.5], 'different'],
    [[[0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]], 'different'],
    [[[0.5, 0.5]], [[0.2, 0.3, 0.5]], 'different'],
    [[0.9, 0.1], { cat: 0.9, dog: 0.1 }, 'different'], // an array names no classes
    [[[0.9, 0.1]], [0.9, 0.1], 'different'],
    [[-0.1, 1.1], [-0.1, 1.1], 'same'],
    [[-0.1, 1.1], [-0.1, 1.1001], 'different'],
    [[Number.NaN, 1], [Number.NaN, 1], 'same'],
    [[Infinity, 1], [Infinity, 1.001], 'different'],
    [['0.5', 0.5], ['0.5', 0.5001], 'different'],
    [{ cat: 'high' }, { cat: 'high' }, 'same'],
    [[], [], 'same'],
    [{}, {}, 'same'],
    [[[]], [[]], 'same'],
    [0.5, 0.501, 'different'],
    [null, null, 'same'],
    [null, [0.5, 0.5], 'different']
  ])('measures nothing of %j and %j, and takes them for %s', (a, b, sameness) => {
    expect(compare({ tolerance: 1 }, a, b)).toEqual({ ...NOTHING, found: sameness })
    expect(compare({ tolerance: 1 }, b, a)).toEqual({ ...NOTHING, found: sameness })
  })

  it('takes inherited names and __proto__ for classes like any other', () => {
    const [a, b] = [JSON.parse('{"__proto__":0.5,"constructor":0.5}'), JSON.parse('{"constructor":1}')] as const
    expect(compare({}, a, b)).toMatchObject({ found: 'different', total_variation: 0.5 })
  })

  it.each([{ tolerance: -1 }, { tolerance: 2 }, { decisive: -1 }, { abs: 1 }])('refuses %j', (fields) => {
    expect(probabilities.fields.safeParse(fields).success).toBe(false)
  })
})
