import { describe, expect, it } from 'vitest'
import { findSpans, replaceSpans, type Span } from '../../src/core/json-edit.ts'
import { parsePointer } from '../../src/core/json-pointer.ts'
import { memberAt, membersIn, without, withMember } from '../../src/core/json-members.ts'
import { document, rewritten } from '../compare/generate.ts'
import { seeded } from '../compare/support.ts'

const at = (text: string, ...pointers: readonly string[]): readonly Span[] => findSpans(text, pointers.map((pointer) => [...parsePointer(pointer)!]))!
const slice = (text: string, { start, end }: Span): string => text.slice(start, end)

describe('membersIn', () => {
  it.each([
    ['{}', '', []],
    [' { } ', '', []],
    ['{"a":1.0}', '', [['a', '"a"', '1.0']]],
    [' {\n "a" :\t1 , "b": [ {"c":2} ] }', '', [['a', '"a"', '1'], ['b', '"b"', '[ {"c":2} ]']]],
    ['{"x":{"a":"}","b":{}}}', '/x', [['a', '"a"', '"}"'], ['b', '"b"', '{}']]],
    [String.raw`{"\u0061":1,"\"":2,"\\":3,"a\\\"b\\":4}`, '', [['a', String.raw`"\u0061"`, '1'], ['"', String.raw`"\""`, '2'], ['\\', String.raw`"\\"`, '3'], ['a\\"b\\', String.raw`"a\\\"b\\"`, '4']]],
    ['{"":1,"a":2,"a":3,"__proto__":4}', '', [['', '""', '1'], ['a', '"a"', '2'], ['a', '"a"', '3'], ['__proto__', '"__proto__"', '4']]],
    ['{"a":[1,2]}', '/a', []],
    ['"a:b"', '', []],
    ['\ufeff{"a":NaN}', '', [['a', '"a"', 'NaN']]]
  ])('of %s at %j are %j', (text, pointer, expected) => {
    expect(membersIn(text, at(text, pointer)[0]!).map(({ name, key, value }) => [name, slice(text, key), slice(text, value)])).toEqual(expected)
  })

  it('are those that parsing gives, in any way of writing', () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const random = seeded(seed)
      const text = rewritten(random, document(random))
      const parsed: unknown = JSON.parse(text)
      const members = membersIn(text, at(text, '')[0]!)
      const expected = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? Object.entries(parsed) : []
      expect(new Map(members.map(({ name, value }) => [name, JSON.parse(slice(text, value)) as unknown])), `seed ${seed}`).toEqual(new Map(expected))
    }
  })
})

describe('memberAt', () => {
  it.each([['[":",1]', '/1'], ['[1]', '/0'], ['{"a":["b",2]}', '/a/1'], ['1', ''], [' {"a":1}', ''], ['["a:", {"b":1}]', '/1']])('is none in %s at %j', (text, pointer) => {
    expect(memberAt(text, at(text, pointer)[0]!)).toBeUndefined()
  })
})

describe('without', () => {
  it.each([
    ['{"a":1}', ['/a'], '{}'],
    ['{ "a":1 }', ['/a'], '{  }'],
    ['{"a":1.0,"b":2,"c":3}', ['/a'], '{"b":2,"c":3}'],
    ['{"a":1.0,"b":2,"c":3}', ['/b'], '{"a":1.0,"c":3}'],
    ['{"a":1.0,"b":2,"c":3}', ['/c'], '{"a":1.0,"b":2}'],
    ['{"a":1.0,"b":2,"c":3}', ['/a', '/b'], '{"c":3}'],
    ['{"a":1.0,"b":2,"c":3}', ['/b', '/c'], '{"a":1.0}'],
    ['{"a":1.0,"b":2,"c":3}', ['/a', '/c'], '{"b":2}'],
    ['{"a":1.0,"b":2,"c":3}', ['/a', '/b', '/c'], '{}'],
    ['{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}', ['/a'], '{\n  "b": 2,\n  "c": 3\n}'],
    ['{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}', ['/c'], '{\n  "a": 1,\n  "b": 2\n}'],
    ['{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}', ['/b', '/c'], '{\n  "a": 1\n}'],
    ['[{"a":1,"b":2},{"a":3,"b":4}]', ['/0/a', '/1/a'], '[{"b":2},{"b":4}]'],
    ['[{"b":1,"a":2},{"a":3}]', ['/0/a', '/1/a'], '[{"b":1},{}]'],
    ['[1,2,3,4]', ['/0', '/1', '/3'], '[3]'],
    ['[1, 2, 3, 4]', ['/1', '/2'], '[1, 4]'],
    ['[1 , 2 , 3]', ['/0', '/1', '/2'], '[ ]'.replace(' ', '')],
    ['[[1,2],[3]]', ['/0/0', '/1/0'], '[[2],[]]'],
    ['{"a":1,"a":2,"b":3}', ['/a'], '{"b":3}']
  ])('takes out of %s what is at %j', (text, pointers, expected) => {
    const found = at(text, ...pointers)
    expect(replaceSpans(text, without(text, found.map((span) => memberAt(text, span) ?? span)))).toBe(expected)
  })

  it('leaves what parsing says is left, whichever are taken out', () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const random = seeded(seed)
      const text = rewritten(random, Object.fromEntries(Array.from({ length: 1 + Math.floor(random() * 6) }, (_, i) => [`k${i}`, i])))
      const gone = membersIn(text, at(text, '')[0]!).filter(() => random() < 0.5)
      const names = new Set(gone.map(({ name }) => name))
      const left = Object.fromEntries(Object.entries(JSON.parse(text) as Record<string, unknown>).filter(([name]) => !names.has(name)))
      expect(JSON.parse(replaceSpans(text, without(text, gone))), `seed ${seed}`).toEqual(left)
    }
  })
})

describe('withMember', () => {
  it.each([
    ['{}', '', '{"x":1}'],
    ['{ }', '', '{"x":1 }'],
    ['{"a":1.0}', '', '{"a":1.0,"x":1}'],
    ['{"a": 1.0}', '', '{"a": 1.0,"x": 1}'],
    ['{\n  "a": 1.0,\n  "b": 2\n}', '', '{\n  "a": 1.0,\n  "b": 2,\n  "x": 1\n}'],
    ['[{"a":{"b":0.10, "c":{}}}]', '/0/a', '[{"a":{"b":0.10, "c":{}, "x":1}}]']
  ])('puts one into %s at %j', (text, pointer, expected) => {
    expect(replaceSpans(text, [withMember(text, at(text, pointer)[0]!, 'x', '1')])).toBe(expected)
  })
})
