import { describe, expect, it } from 'vitest'
import { comparators } from '../../../src/compare/comparators/index.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'
import { document, type Value } from '../generate.ts'
import { seeded } from '../support.ts'

const SEED = 5150
const SCALARS = [null, true, false, 0, -0, 1, -1, 0.1, 1e308, -1e308, Number.NaN, Infinity, -Infinity, '', '1', 'true', 'NaN', new ExactNumber(2 ** 53, '9007199254740993'), new ExactNumber(Infinity, '1e400')]

// options to try each comparator with; one that is registered and not listed here fails
const OPTIONS: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  exact: [{}],
  label: [{}],
  number: [{}, { abs: 0.5 }, { rel: 1 }, { abs: 1e-9, rel: 1e-6 }]
}

describe.each(comparators)('the comparator $name', ({ name, fields, build, summary }) => {
  const options = OPTIONS[name] ?? []

  it('is listed here, has a summary and refuses unknown options', () => {
    expect(options.length).toBeGreaterThan(0)
    expect(summary).not.toBe('')
    for (const one of options) {
      expect(fields.parse(one)).toEqual(one)
      expect(fields.safeParse({ ...one, at: '/a' }).success).toBe(false)
    }
  })

  it.each(options)('with %j is symmetric, holds for a value and itself, and never throws', (one) => {
    const same = build(fields.parse(one))
    const random = seeded(SEED)
    const deep = Array.from({ length: 200 }, () => document(random))
    const values: unknown[] = [...SCALARS, ...SCALARS.map((scalar) => [scalar]), ...deep]
    for (const a of values) {
      expect(same(a, a)).toBe(true)
      if (!(a instanceof ExactNumber) && !Array.isArray(a)) expect(same(a, structuredClone(a))).toBe(true)
      for (const b of values) expect(same(a, b)).toBe(same(b, a))
    }
  })

  it.each(options)('with %j compares objects and arrays by what they hold', (one) => {
    const same = build(fields.parse(one))
    const pairs: readonly (readonly [Value, Value, boolean])[] = [
      [{ a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] }, true],
      [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
      [[1, 'x'], ['x', 1], false],
      [[1], [1, 1], false],
      [{ a: 'x' }, { b: 'x' }, false],
      [{ a: 'x' }, { a: 'x', b: 'x' }, false],
      [{ constructor: 'x' }, { a: 'x' }, false],
      [[], {}, false],
      [[1], 1, false],
      [{}, null, false],
      [JSON.parse('{"__proto__":{}}'), { a: {} }, false],
      [JSON.parse('{"__proto__":"x"}'), JSON.parse('{"__proto__":"y"}'), false],
      [JSON.parse('{"__proto__":"x"}'), JSON.parse('{"__proto__":"x"}'), true]
    ]
    for (const [a, b, expected] of pairs) expect([a, b, same(a, b), same(b, a)]).toEqual([a, b, expected, expected])
  })
})
