import { describe, expect, it } from 'vitest'
import { embedding } from '../../../src/compare/comparators/embedding.ts'

function compare(fields: object, a: unknown, b: unknown): readonly [found: string, cosine: number, relative: number] {
  const measured = new Float64Array(2).fill(Number.NaN)
  const found = embedding.build(embedding.fields.parse(fields)).compare(a, b, measured)
  return [found, measured[0]!, measured[1]!]
}

// python3 -c "import base64, struct; print(base64.b64encode(struct.pack('<3f', 1, 2, 3)).decode())"
const ONE_TWO_THREE = 'AACAPwAAAEAAAEBA'
const FOUR_FIVE_SIX = 'AACAQAAAoEAAAMBA'

describe('embedding', () => {
  // python3 -c "from scipy.spatial.distance import cosine; print(cosine([1, 2, 3], [4, 5, 6]))", and see relative-l2.test.ts
  it.each([
    [{}, [1, 2, 3], [1, 2, 3], 'same', 0, 0],
    [{}, [1, 2, 3], [4, 5, 6], 'different', 0.025368153802923787, 0.592156525463792],
    [{ cosine: 0.97 }, [1, 2, 3], [4, 5, 6], 'same', 0.025368153802923787, 0.592156525463792],
    [{ cosine: 0.98 }, [1, 2, 3], [4, 5, 6], 'different', 0.025368153802923787, 0.592156525463792],
    [{}, [0.1, -0.2, 0.3, 0.4], [0.1, -0.2, 0.31, 0.39], 'same', 0.00032981070322168904, 0.025819888974716133],
    [{ cosine: 1 }, [1, 2], [2, 4], 'same', 0, 0.5], // another length, one direction
    [{ cosine: 0 }, [1, 0], [0, 1], 'same', 1, Math.SQRT2],
    [{ cosine: -1 }, [1, 2], [-1, -2], 'same', 2, 2],
    [{}, [0, 0], [0, -0], 'same', 0, 0],
    [{}, ONE_TWO_THREE, FOUR_FIVE_SIX, 'different', 0.025368153802923787, 0.592156525463792],
    [{ cosine: 1 }, ONE_TWO_THREE, [1, 2, 3], 'same', 0, 0],
    [{}, ONE_TWO_THREE, [4, 5, 6], 'different', 0.025368153802923787, 0.592156525463792]
  ])('with %j takes %j and %j for %s, at a cosine distance of %d', (fields, a, b, sameness, cosine, relative) => {
    const found = compare(fields, a, b)
    expect(found).toEqual([sameness, expect.closeTo(cosine, 12), expect.closeTo(relative, 12)])
    expect(compare(fields, b, a)).toEqual(found)
  })

  it('has no angle, and thus a difference, between zeros and anything else', () => {
    expect(compare({ cosine: -1 }, [0, 0], [1, 2])).toEqual(['different', Number.NaN, 1])
    expect(compare({ cosine: -1 }, [1, 2], [0, 0])).toEqual(['different', Number.NaN, 1])
  })

  it.each([
    [[1, 2], [1, 2, 3], 'different'],
    [ONE_TWO_THREE, [1, 2], 'different'],
    [[], [], 'same'],
    ['', '', 'same'],
    ['AACAPwAAAEAAAEB', ONE_TWO_THREE, 'different'], // cut off
    ['AACAPwAAAEAAAEBA ', ONE_TWO_THREE, 'different'],
    ['not base64 at all', 'not base64 at all', 'same'],
    ['AADAfw==', 'AADAfw==', 'same'], // NaN as float32
    ['AADAfw==', 'AACAPw==', 'different'],
    [[1, null], [1, null], 'same'],
    [[1, null], [1.0001, null], 'different'],
    [[[1, 2]], [[1, 2.0001]], 'different'],
    [null, [0], 'different']
  ])('measures nothing of %j and %j, and takes them for %s', (a, b, sameness) => {
    expect(compare({ cosine: 0 }, a, b)).toEqual([sameness, Number.NaN, Number.NaN])
    expect(compare({ cosine: 0 }, b, a)).toEqual([sameness, Number.NaN, Number.NaN])
  })

  it('reads base64 of the size of a whole answer', () => {
    const large = Buffer.alloc(6 * 1024 * 1024, ONE_TWO_THREE, 'base64').toString('base64')
    expect(compare({}, large, large)).toEqual(['same', 0, 0])
  })

  it.each([{ cosine: 1.1 }, { cosine: -1.1 }, { cosine: '1' }, { abs: 1 }])('refuses %j', (fields) => {
    expect(embedding.fields.safeParse(fields).success).toBe(false)
  })
})
