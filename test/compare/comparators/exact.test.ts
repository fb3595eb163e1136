import { describe, expect, it } from 'vitest'
import { exact } from '../../../src/compare/comparators/exact.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'
import { compareWith } from './measured.ts'

describe('exact', () => {
  it.each([
    [1, JSON.parse('1.0'), 'same'],
    [0, -0, 'same'],
    [1, '1', 'different'],
    [0, false, 'different'],
    [null, null, 'same'],
    [null, 0, 'different'],
    [Number.NaN, Number.NaN, 'same'],
    [Infinity, -Infinity, 'different'],
    [0.1, 0.10000000149011612, 'different'],
    [new ExactNumber(2 ** 53, '9007199254740993'), 2 ** 53, 'different'],
    [new ExactNumber(2 ** 53, '9007199254740993'), new ExactNumber(2 ** 53, '9007199254740993.0'), 'same'],
    [{ a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] }, 'same'],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, 'same'],
    [[1, 'x'], ['x', 1], 'different'],
    [[1], [1, 1], 'different'],
    [{ a: 'x' }, { b: 'x' }, 'different'],
    [{ a: 'x' }, { a: 'x', b: 'x' }, 'different'],
    [{ constructor: 'x' }, { a: 'x' }, 'different'],
    [[], {}, 'different'],
    [[1], 1, 'different'],
    [{}, null, 'different'],
    [JSON.parse('{"__proto__":{}}'), { a: {} }, 'different'],
    [JSON.parse('{"__proto__":"x"}'), JSON.parse('{"__proto__":"y"}'), 'different'],
    [JSON.parse('{"__proto__":"x"}'), JSON.parse('{"__proto__":"x"}'), 'same']
  ])('takes %j and %j for %s', (a, b, found) => {
    expect(compareWith(exact, {}, a, b)).toEqual({ found, measured: {} })
    expect(compareWith(exact, {}, b, a)).toEqual({ found, measured: {} })
  })
})
