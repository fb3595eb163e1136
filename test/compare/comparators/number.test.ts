import { describe, expect, it } from 'vitest'
import { isWithin, number, sameWithin, toleranceOf } from '../../../src/compare/comparators/number.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'

function compare(fields: object, a: unknown, b: unknown): readonly [found: string, difference: number, relative: number] {
  const measured = new Float64Array(2).fill(Number.NaN)
  const found = number.build(number.fields.parse(fields)).compare(a, b, measured)
  return [found, measured[0]!, measured[1]!]
}

describe('number', () => {
  it.each([
    [{}, 1, 1, 'same'],
    [{}, 1, 1 + 2 ** -52, 'different'],
    [{}, 0, -0, 'same'],
    [{ abs: 0.25 }, 1, 1.25, 'same'],
    [{ abs: 0.25 }, 1, 1.2500001, 'different'],
    [{ rel: 0.5 }, 2, 1, 'same'], // half of the larger
    [{ rel: 0.5 }, 2, 0.999, 'different'],
    [{ rel: 0.5 }, -2, -1, 'same'],
    [{ rel: 0.5 }, -1, 1, 'different'],
    [{ rel: 1e-6 }, 0, 1e-12, 'different'],
    [{ rel: 1e-6, abs: 1e-9 }, 0, 1e-12, 'same'], // the larger tolerance holds
    [{ rel: 1e-6, abs: 1e-9 }, 1e6, 1e6 + 0.9, 'same'],
    [{ rel: 1e-7 }, 0.1, 0.10000000149011612, 'same'], // float32 printed as float64
    [{ rel: 2 }, 1e308, -1e308, 'same'], // |a - b| is past the range of doubles, and so is the tolerance
    [{ rel: 1 }, 1e308, -1e308, 'different'],
    [{ rel: 1 }, Infinity, 1, 'different'],
    [{ rel: 1 }, Infinity, Infinity, 'same'],
    [{ rel: 1 }, Infinity, -Infinity, 'different'],
    [{ rel: 1 }, Number.NaN, Number.NaN, 'same'],
    [{ rel: 1 }, Number.NaN, 1, 'different'],
    [{ abs: 1 }, '1', 1, 'different'],
    [{ abs: 1 }, '1', '1', 'same'],
    [{ abs: 1 }, '1', '1.5', 'different'],
    [{ abs: 1 }, null, 0, 'different'],
    [{ abs: 1 }, true, 1, 'different'],
    [{}, new ExactNumber(2 ** 53, '9007199254740993'), 2 ** 53, 'different'], // a double cannot tell, their digits can
    [{}, new ExactNumber(2 ** 53, '9007199254740992.0'), 2 ** 53, 'same'],
    [{ abs: 1 }, new ExactNumber(2 ** 53, '9007199254740993'), 2 ** 53, 'same'],
    [{ abs: 1 }, [1, { a: 2 }], [1.5, { a: 2.5 }], 'same'],
    [{ preset: 'float32' }, 0.1, 0.10000000149011612, 'same'],
    [{ preset: 'float32' }, 1, 1.0001, 'different'],
    [{ preset: 'float16' }, 1, 1.0035, 'same'],
    [{ preset: 'float16' }, 1, 1.005, 'different'],
    [{ preset: 'bfloat16' }, 1, 1.03, 'same'],
    [{ preset: 'bfloat16' }, 1, 1.04, 'different'],
    [{ preset: 'exact' }, 1, 1 + 2 ** -52, 'different'],
    [{ preset: 'float32' }, 600_000, 600_001, 'different'], // ids and counts are not rounded
    [{ preset: 'float32' }, 600_000.5, 600_001, 'same'],
    [{ preset: 'bfloat16', rel: 1e-3 }, 600_000, 600_001, 'same'],
    [{ preset: 'float32', abs: 1 }, 1, 1.9, 'same'] // the larger of both
  ])('with %j takes %j and %j for %s', (fields, a, b, sameness) => {
    expect(compare(fields, a, b)[0]).toBe(sameness)
    expect(compare(fields, b, a)[0]).toBe(sameness)
  })

  it.each([
    [4, 5, 1, 0.2],
    [-1, 1, 2, 2],
    [0, 3, 3, 1],
    [0, -0, 0, 0],
    [1e308, -1e308, -Infinity, 2],
    [new ExactNumber(2 ** 53, '9007199254740992.0'), 2 ** 54, 2 ** 53, 0.5]
  ])('measures of %j and %j how far the other is off, %d, and as a share of the larger, %d', (a, b, difference, relative) => {
    const [, there, share] = compare({}, a, b)
    const [, back, shareBack] = compare({}, b, a)
    expect([there + 0, back + 0]).toEqual([difference, 0 - difference])
    expect([share, shareBack]).toEqual([expect.closeTo(relative, 12), share])
  })

  it.each([['1', 1], [null, null], [Infinity, Infinity], [Number.NaN, 1], [[1], [2]]])('measures nothing of %j and %j', (a, b) => {
    expect(compare({ abs: 9 }, a, b).slice(1)).toEqual([Number.NaN, Number.NaN])
  })

  it.each([{ abs: -1 }, { rel: -1e-9 }, { abs: '1' }, { abs: Number.NaN }, { rel: Infinity }, { tolerance: 1 }, { preset: 'float64' }])('refuses %j', (fields) => {
    expect(number.fields.safeParse(fields).success).toBe(false)
  })
})

describe('toleranceOf', () => {
  it('takes the larger of what the preset and what the field allows, each by itself', () => {
    expect(toleranceOf({})).toEqual({ abs: 0, rel: 0 })
    expect(toleranceOf({ preset: 'float16', abs: 1, rel: 1e-9 })).toEqual({ abs: 1, rel: 2 ** -8 })
  })
})

describe('sameWithin', () => {
  it('compares scalars to a precision', () => {
    expect(sameWithin('float32')(1, 1 + 2 ** -20)).toBe(true)
    expect(sameWithin('exact')(1, 1 + 2 ** -20)).toBe(false)
    expect(sameWithin('float32')('a', 'b')).toBe(false)
  })
})

describe('isWithin', () => {
  it('has NaN for NaN, and an infinity for itself, whatever is allowed', () => {
    const any = { abs: Infinity, rel: Infinity }
    expect([isWithin(Number.NaN, Number.NaN, any), isWithin(Infinity, Infinity, any), isWithin(Infinity, 1, any), isWithin(Infinity, -Infinity, any)]).toEqual([true, true, false, false])
  })
})
