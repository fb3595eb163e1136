import { describe, expect, it } from 'vitest'
import { multiset } from '../../../src/compare/comparators/multiset.ts'
import { compareWith } from './measured.ts'

describe('multiset', () => {
  it.each([
    ['another order', ['a', 'b', 'a'], ['b', 'a', 'a'], 'same', 0],
    ['an element that comes once more', ['a', 'b', 'b'], ['b', 'a'], 'different', 1 / 3],
    ['as many, of others', ['a', 'a', 'b'], ['a', 'b', 'b'], 'different', 1 / 2],
    ['nothing in common', ['a', 'a'], ['b'], 'different', 1],
    ['nothing at all', [], [], 'same', 0],
    ['arrays and none', [], null, 'different', Number.NaN],
    ['no arrays that are equal', 'a', 'a', 'same', Number.NaN]
  ])('finds of %s', (_what, a, b, found, distance) => {
    expect(compareWith(multiset, {}, a, b)).toEqual({ found, measured: { jaccard_distance: distance } })
    expect(compareWith(multiset, {}, b, a)).toEqual({ found, measured: { jaccard_distance: distance } })
  })
})
