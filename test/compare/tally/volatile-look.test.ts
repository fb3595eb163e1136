import { describe, expect, it } from 'vitest'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'
import { VolatileLook } from '../../../src/compare/tally/volatile-look.ts'

function kindOf(...values: readonly unknown[]): string | undefined {
  const look = new VolatileLook()
  for (const value of values) look.see(value)
  return look.kind
}

describe('a value that is new in every answer', () => {
  it.each([
    ['2026-01-14T09:30:00Z', 'time'],
    ['2026-01-14 09:30:00.123456+02:00', 'time'],
    ['2026-01-14T09:30', 'time'],
    [1_768_383_000, 'time'],
    [1_768_383_000.25, 'time'],
    [1_768_383_000_123, 'time'],
    [1_768_383_000_123_456, 'time'],
    // read as an exact number, and no time to anybody once
    [new ExactNumber(1_768_383_000_123_456_800, '1768383000123456789'), 'time'],
    ['chatcmpl-9f8A7b6C5d4E3f2A', 'id'],
    ['req_01J8ZK3Q7W', 'id'],
    ['cmpl-7f3a9c0e1b2d', 'id'],
    ['550e8400-e29b-41d4-a716-446655440000', 'id'],
    ['7f3a9c0e', 'id'],
    ['fp_44709d6fcb', 'id'],
    ['cat', undefined],
    ['gpt-4o-mini', undefined],
    ['a long text with words and the number 12', undefined],
    ['12345678', undefined],
    ['2026-01-14', undefined],
    [0.8234567, undefined],
    [42, undefined],
    [true, undefined],
    [null, undefined],
    [undefined, undefined],
    [['req_01J8ZK3Q7W'], undefined],
    ['a1'.repeat(100), undefined]
  ])('that is %j looks like: %s', (value, kind) => {
    expect(kindOf(value, value, value)).toBe(kind)
  })

  it('is an id or a time if nine of ten are', () => {
    const id = '7f3a9c0e'
    expect(kindOf(...Array.from({ length: 9 }, () => id), 'none')).toBe('id')
    expect(kindOf(...Array.from({ length: 8 }, () => id), 'none')).toBeUndefined()
    expect(kindOf(...Array.from({ length: 9 }, () => 1_768_383_000), 'none')).toBe('time')
    expect(kindOf(...Array.from({ length: 5 }, () => 1_768_383_000), id, id)).toBe('id')
    expect(kindOf()).toBeUndefined()
  })

  it('is looked at 40 times and no more', () => {
    const id = '7f3a9c0e'
    expect(kindOf(...Array.from({ length: 40 }, () => id), ...Array.from({ length: 1000 }, () => 'none'))).toBe('id')
  })

  it('takes no longer for what nearly fits', () => {
    const look = new VolatileLook()
    for (let i = 0; i < 40; i++) look.see(`${'abc-'.repeat(24)}!`.slice(0, 100))
    look.see('x'.repeat(10_000_000))
    expect(look.kind).toBeUndefined()
  })
})
