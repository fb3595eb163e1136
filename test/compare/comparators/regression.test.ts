import { describe, expect, it } from 'vitest'
import { regression } from '../../../src/compare/comparators/regression.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'

function compare(fields: object, a: unknown, b: unknown): readonly [found: string, bias: number, error: number] {
  const measured = new Float64Array(2).fill(Number.NaN)
  const found = regression.build(regression.fields.parse(fields)).compare(a, b, measured)
  return [found, measured[0]!, measured[1]!]
}

describe('regression', () => {
  it.each([
    [{}, 5, 5, 'same', 0],
    [{}, 5, 7, 'different', 2],
    [{ scale: 10 }, 5, 7, 'different', 0.2],
    [{ scale: 10, tolerance: 0.2 }, 5, 7, 'same', 0.2],
    [{ scale: 10, tolerance: 0.19 }, 5, 7, 'different', 0.2],
    [{ rel: 0.5 }, 4, 7, 'same', 3],
    [{ rel: 0.1, tolerance: 3 }, 4, 7, 'same', 3], // the larger tolerance holds
    [{ scale: 0.25 }, -1, 1, 'different', 8],
    [{}, 1e308, -1e308, 'different', -Infinity],
    [{ scale: 1e-300 }, 1e308, 1e308, 'same', 0],
    [{ tolerance: 1e300, scale: 1e300 }, 1e308, -1e308, 'same', -Infinity],
    [{}, new ExactNumber(2 ** 53, '9007199254740993'), 2 ** 53, 'different', 0]
  ])('with %j takes %j and %j for %s, with a bias of %d', (fields, a, b, sameness, bias) => {
    const [found, there, error] = compare(fields, a, b)
    const [foundBack, back, errorBack] = compare(fields, b, a)
    expect([found, foundBack]).toEqual([sameness, sameness])
    expect([there, back + 0]).toEqual([bias, 0 - bias])
    expect([error, errorBack]).toEqual([Math.abs(bias), Math.abs(bias)])
  })

  it.each([
    ['5', '5', 'same'],
    ['5', 5, 'different'],
    [null, null, 'same'],
    [null, 0, 'different'],
    [Number.NaN, Number.NaN, 'same'],
    [Infinity, 1, 'different'],
    [[1, 2], [1, 2], 'same'],
    [[1, 2], [1, 2.5], 'different'] // no prediction: must be equal
  ])('measures nothing of %j and %j, and takes them for %s', (a, b, sameness) => {
    expect(compare({ tolerance: 9 }, a, b)).toEqual([sameness, Number.NaN, Number.NaN])
    expect(compare({ tolerance: 9 }, b, a)).toEqual([sameness, Number.NaN, Number.NaN])
  })

  it.each([{ scale: 0 }, { scale: -1 }, { scale: Infinity }, { tolerance: -1 }, { rel: -1 }, { abs: 1 }])('refuses %j', (fields) => {
    expect(regression.fields.safeParse(fields).success).toBe(false)
  })
})
