import { describe, expect, it } from 'vitest'
import { set } from '../../../src/compare/comparators/set.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'
import { compareWith } from './measured.ts'

describe('set', () => {
  it.each([
    ['another order', ['a', 'b', 'c'], ['c', 'a', 'b'], 'same', 0],
    ['an element that comes twice', ['a', 'b', 'b'], ['b', 'a'], 'same', 0],
    ['nothing at all', [], [], 'same', 0],
    ['nothing and something', [], ['a'], 'different', 1],
    ['one element another', ['a', 'b'], ['a', 'c'], 'different', 2 / 3],
    ['one element more', ['a', 'b'], ['a', 'b', 'c'], 'different', 1 / 3],
    ['objects with their keys in another order', [{ a: 1, b: [1, 2] }, 7], [7, { b: [1, 2], a: 1 }], 'same', 0],
    ['arrays in them in another order', [[1, 2]], [[2, 1]], 'different', 1],
    ['a number and its text', [1], ['1'], 'different', 1],
    ['large numbers that are one double', [new ExactNumber(2 ** 53, '9007199254740993')], [new ExactNumber(2 ** 53, '9007199254740992')], 'different', 1],
    ['a large number written another way', [new ExactNumber(2 ** 53, '9007199254740993')], [new ExactNumber(2 ** 53, '9007199254740993.0')], 'same', 0],
    ['arrays and none', ['a'], 'a', 'different', Number.NaN],
    ['no arrays that are equal', { a: 1 }, { a: 1 }, 'same', Number.NaN],
    ['no arrays', 'ab', 'ba', 'different', Number.NaN]
  ])('finds of %s', (_what, a, b, found, distance) => {
    expect(compareWith(set, {}, a, b)).toEqual({ found, measured: { jaccard_distance: distance } })
    expect(compareWith(set, {}, b, a)).toEqual({ found, measured: { jaccard_distance: distance } })
  })

  it('takes 1 for 1.0', () => {
    expect(compareWith(set, {}, JSON.parse('[1, 2]'), JSON.parse('[2.0, 1e0]')).found).toBe('same')
  })
})
