import { describe, expect, it } from 'vitest'
import { label } from '../../../src/compare/comparators/label.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'

describe('label', () => {
  it.each([
    ['cat', 'cat', true],
    ['cat', 'Cat', false],
    ['cat', ' cat', false],
    [1, '1', true],
    [1, '1.0', false],
    [true, 'true', true],
    [true, 1, false],
    [null, null, true],
    [null, 'null', false],
    [null, '', false],
    [new ExactNumber(2 ** 53, '9007199254740993'), '9007199254740993', true],
    [new ExactNumber(2 ** 53, '9007199254740993'), '9007199254740992', false],
    [['a', 1], ['a', '1'], true],
    [['a', 'b'], ['b', 'a'], false],
    [['a'], 'a', false]
  ])('takes %j and %j for the same: %s', (a, b, same) => {
    expect(label.build({})(a, b)).toBe(same)
    expect(label.build({})(b, a)).toBe(same)
  })
})
