import { describe, expect, it } from 'vitest'
import { deepEquality } from '../../src/compare/comparator.ts'

describe('deep equality', () => {
  it('asks its rule of two scalars only', () => {
    const asked: unknown[] = []
    const same = deepEquality((a, b) => {
      asked.push([a, b])
      return true
    })
    expect(same({ a: [1, 2], b: null }, { a: [3, 2], b: false })).toBe(true)
    expect(asked).toEqual([[1, 3], [null, false]])
    expect(same(1, [1])).toBe(false)
    expect(same([1], 1)).toBe(false)
    expect(same({}, 1)).toBe(false)
    expect(same(null, {})).toBe(false)
    expect(same([], {})).toBe(false)
    expect(asked).toHaveLength(2)
  })
})
