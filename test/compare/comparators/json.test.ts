import { describe, expect, it } from 'vitest'
import { json } from '../../../src/compare/comparators/json.ts'
import { compareWith } from './measured.ts'

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

describe('json', () => {
  it.each([
    ['other white space and order of keys', '{"a":1,"b":[1,2]}', '{ "b": [1, 2],\n "a": 1.0 }', 'same', 0],
    ['another value', '{"a":1}', '{"a":2}', 'different', 0],
    ['another order of elements', '[1,2]', '[2,1]', 'different', 0],
    ['a key that is missing', '{"a":1,"b":2}', '{"a":1}', 'different', 0],
    ['large numbers that are one double', '[9007199254740993]', '[9007199254740992]', 'different', 0],
    ['a large number that is the same', '[9007199254740993]', '[ 9007199254740993 ]', 'same', 0],
    ['an escape', '"\\u0041"', '"A"', 'same', 0],
    ['Python\'s NaN', '{"a": NaN}', '{"a":NaN}', 'same', 0],
    ['null', 'null', ' null', 'same', 0],
    ['null and a word', 'null', 'nil', 'different', 1],
    ['JSON in a fence', '{"a":1}', '```json\n{"a":1}\n```', 'different', 1],
    ['JSON that breaks off', '{"a":1}', '{"a":', 'different', 1],
    ['no JSON, the same', '{"a":', '{"a":', 'same', 0],
    ['no JSON, another', '{"a":', '{"b":', 'different', 0],
    ['an empty text', '', '', 'same', 0],
    ['"__proto__"', '{"__proto__":1}', '{}', 'different', 0],
    ['nesting deeper than is read, in a text that is the same', nested(100_000), nested(100_000), 'same', 0],
    ['nesting deeper than is read', nested(100_000), nested(100_001), 'different', 0],
    ['nesting that is read and that is not', nested(3), nested(100_000), 'different', 1],
    ['a text and the value it is', '{"a":1}', { a: 1 }, 'different', Number.NaN],
    ['values', { a: 1, b: 2 }, { b: 2, a: 1 }, 'same', Number.NaN],
    ['other values', { a: 1 }, { a: '1' }, 'different', Number.NaN]
  ])('finds of %s', (_what, a, b, found, invalid) => {
    expect(compareWith(json, {}, a, b)).toEqual({ found, measured: { invalid } })
    expect(compareWith(json, {}, b, a)).toEqual({ found, measured: { invalid } })
  })
})
