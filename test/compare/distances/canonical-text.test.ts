import { describe, expect, it } from 'vitest'
import { deepEquality } from '../../../src/compare/comparator.ts'
import { canonicalText } from '../../../src/compare/distances/canonical-text.ts'
import { ExactNumber, sameNumber } from '../../../src/compare/read/exact-number.ts'
import { document, shuffled, type Value } from '../generate.ts'
import { seeded } from '../support.ts'

const equal = deepEquality(sameNumber)
const exact = (text: string): ExactNumber => new ExactNumber(Number(text), text)

describe('canonicalText', () => {
  it.each([
    [{ b: 1, a: [2, { d: 3, c: 4 }] }, { a: [2, { c: 4, d: 3 }], b: 1 }],
    [JSON.parse('[1, 100, 0.5]'), JSON.parse('[1.0, 1e2, 5e-1]')],
    [0, -0],
    [Number.NaN, Number.NaN],
    [exact('9007199254740993'), exact('9007199254740993.0')],
    [exact('1e400'), exact('10e399')],
    [exact('9007199254740992'), 2 ** 53]
  ])('is one text for %j and %j', (a, b) => {
    expect(canonicalText(a)).toBe(canonicalText(b))
  })

  it.each([
    [1, '1'], [true, 'true'], [null, 'null'], [undefined, 'undefined'], [Number.NaN, 'NaN'], [null, 0], [1, -1], [Infinity, -Infinity],
    [exact('9007199254740993'), exact('9007199254740992')], [exact('1e400'), exact('1e401')], [exact('1e400'), exact('-1e400')], [exact('9007199254740993'), '9007199254740993'],
    [[], {}], [[1, 2], [2, 1]], [['a', 'b'], ['a,b']], [['a","b'], ['a', 'b']], [{ a: 1 }, { a: 1, b: undefined }], [{ 'a":1,"b': 1 }, { a: 1, b: 1 }],
    ['\ud800', '\\ud800'], ['\ud800', '\ud801'], [JSON.parse('{"__proto__":1}'), {}]
  ])('is another for %j than for %j', (a, b) => {
    expect(canonicalText(a)).not.toBe(canonicalText(b))
  })

  it('is the same for two values exactly when they are', () => {
    const random = seeded(41)
    const values = Array.from({ length: 150 }, () => document(random, 2))
    for (const a of values) {
      for (const b of values) expect(canonicalText(a) === canonicalText(b), `${JSON.stringify(a)} ${JSON.stringify(b)}`).toBe(equal(a, b))
      expect(canonicalText(reordered(a, random))).toBe(canonicalText(a))
    }
  })
})

function reordered(value: Value, random: () => number): Value {
  if (Array.isArray(value)) return value.map((element) => reordered(element, random))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(shuffled(random, Object.entries(value)).map(([key, member]) => [key, reordered(member, random)]))
}
