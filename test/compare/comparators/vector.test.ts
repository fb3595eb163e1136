import { describe, expect, it } from 'vitest'
import { vector } from '../../../src/compare/comparators/vector.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'

function compare(fields: object, a: unknown, b: unknown): readonly [found: string, most: number, relative: number] {
  const measured = new Float64Array(2).fill(Number.NaN)
  const found = vector.build(vector.fields.parse(fields)).compare(a, b, measured)
  return [found, measured[0]!, measured[1]!]
}

describe('vector', () => {
  // python3 -c "from numpy import array, linalg; n = linalg.norm; a, b = array([1, 2, 3]), array([4, 5, 6]); print(n(a - b) / max(n(a), n(b)))"
  it.each([
    [{}, [1, 2, 3], [1, 2, 3], 'same', 0, 0],
    [{}, [1, 2, 3], [4, 5, 6], 'different', 3, 0.592156525463792],
    [{ abs: 3 }, [1, 2, 3], [4, 5, 6], 'same', 3, 0.592156525463792],
    [{ abs: 1 }, [0, 0], [1, 1.5], 'different', 1.5, 1], // each component by itself
    [{ rel: 0.5 }, [3, 4], [3, 0], 'different', 4, 0.8],
    [{ preset: 'float32' }, [0.1, 0.2], [0.10000000149011612, 0.20000000298023224], 'same', 2.9802322e-9, 1.4901161e-8],
    [{}, [0, 0], [0, -0], 'same', 0, 0],
    [{}, [1e308], [-1e308], 'different', Infinity, 2]
  ])('with %j takes %j and %j for %s, %d apart at most and %d over all', (fields, a, b, sameness, most, relative) => {
    const found = compare(fields, a, b)
    expect(found).toEqual([sameness, most === Infinity ? most : expect.closeTo(most, 12), expect.closeTo(relative, 12)])
    expect(compare(fields, b, a)).toEqual(found)
  })

  it('tells numbers apart that a double cannot hold, without a tolerance', () => {
    const [a, b] = [[new ExactNumber(2 ** 53, '9007199254740993')], [2 ** 53]]
    expect(compare({}, a, b)).toEqual(['different', 0, 0])
    expect(compare({ abs: 1 }, a, b)).toEqual(['same', 0, 0])
  })

  it.each([
    [[1, 2], [1, 2, 3], 'different'],
    [[], [], 'same'],
    [[], [1], 'different'],
    [[1, '2'], [1, '2'], 'same'],
    [[1, '2'], [1.5, '2'], 'different'], // no vector: must be equal
    [[Number.NaN, 1], [Number.NaN, 1], 'same'],
    [[[1, 2]], [[1, 2]], 'same'],
    [1, 1.5, 'different'],
    [null, null, 'same'],
    [null, [0], 'different']
  ])('measures nothing of %j and %j, and takes them for %s', (a, b, sameness) => {
    expect(compare({ abs: 9 }, a, b)).toEqual([sameness, Number.NaN, Number.NaN])
    expect(compare({ abs: 9 }, b, a)).toEqual([sameness, Number.NaN, Number.NaN])
  })

  it.each([{ abs: -1 }, { preset: 'float64' }, { cosine: 0.9 }])('refuses %j', (fields) => {
    expect(vector.fields.safeParse(fields).success).toBe(false)
  })
})
