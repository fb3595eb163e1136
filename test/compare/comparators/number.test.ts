import { describe, expect, it } from 'vitest'
import { number } from '../../../src/compare/comparators/number.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'

describe('number', () => {
  it.each([
    [{}, 1, 1, true],
    [{}, 1, 1 + 2 ** -52, false],
    [{}, 0, -0, true],
    [{ abs: 0.25 }, 1, 1.25, true],
    [{ abs: 0.25 }, 1, 1.2500001, false],
    [{ rel: 0.5 }, 2, 1, true], // half of the larger
    [{ rel: 0.5 }, 2, 0.999, false],
    [{ rel: 0.5 }, -2, -1, true],
    [{ rel: 0.5 }, -1, 1, false],
    [{ rel: 1e-6 }, 0, 1e-12, false],
    [{ rel: 1e-6, abs: 1e-9 }, 0, 1e-12, true], // the larger tolerance holds
    [{ rel: 1e-6, abs: 1e-9 }, 1e6, 1e6 + 0.9, true],
    [{ rel: 1e-7 }, 0.1, 0.10000000149011612, true], // float32 printed as float64
    [{ rel: 2 }, 1e308, -1e308, true], // |a - b| is past the range of doubles, and so is the tolerance
    [{ rel: 1 }, 1e308, -1e308, false],
    [{ rel: 1 }, Infinity, 1, false],
    [{ rel: 1 }, Infinity, Infinity, true],
    [{ rel: 1 }, Infinity, -Infinity, false],
    [{ rel: 1 }, Number.NaN, Number.NaN, true],
    [{ rel: 1 }, Number.NaN, 1, false],
    [{ abs: 1 }, '1', 1, false],
    [{ abs: 1 }, '1', '1', true],
    [{ abs: 1 }, '1', '1.5', false],
    [{ abs: 1 }, null, 0, false],
    [{ abs: 1 }, true, 1, false],
    [{}, new ExactNumber(2 ** 53, '9007199254740993'), 2 ** 53, true],
    [{ abs: 1 }, [1, { a: 2 }], [1.5, { a: 2.5 }], true]
  ])('with %j takes %j and %j for the same: %s', (fields, a, b, same) => {
    expect(number.build(fields)(a, b)).toBe(same)
    expect(number.build(fields)(b, a)).toBe(same)
  })

  it.each([{ abs: -1 }, { rel: -1e-9 }, { abs: '1' }, { abs: Number.NaN }, { rel: Infinity }, { tolerance: 1 }])('refuses %j', (fields) => {
    expect(number.fields.safeParse(fields).success).toBe(false)
  })
})
