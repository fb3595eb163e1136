import { describe, expect, it } from 'vitest'
import { parsePointer, resolvePointer, textAt } from '../../src/core/json-pointer.ts'

// the document and its pointers in RFC 6901 section 5
const DOCUMENT: unknown = JSON.parse(String.raw`{ "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8 }`)

describe('a pointer', () => {
  it.each([
    ['', DOCUMENT],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    [String.raw`/i\j`, 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8]
  ])('%j finds what RFC 6901 says', (text, expected) => {
    expect(resolvePointer(DOCUMENT, parsePointer(text)!)).toEqual(expected)
  })

  it.each(['foo', 'foo/bar', '#/foo', '/a~', '/a~2', '/~', '/a~b', ' '])('%j is none', (text) => {
    expect(parsePointer(text)).toBeUndefined()
  })

  it('unescapes ~01 to ~1 and not to a slash', () => {
    expect(parsePointer('/~01/~10')).toEqual(['~1', '/0'])
  })

  it.each([
    ['/foo/2'], ['/foo/-'], ['/foo/01'], ['/foo/1e0'], ['/foo/-1'], ['/foo/length'], ['/foo/ 1'], ['/foo/0/0'], ['/foo/99999999999'],
    ['/toString'], ['/constructor'], ['/__proto__'], ['/constructor/name'], ['/foo/constructor'], ['//x'], ['/nothing/at/all']
  ])('%s finds nothing', (text) => {
    expect(resolvePointer(DOCUMENT, parsePointer(text)!)).toBeUndefined()
  })

  it('finds a member that is called like an inherited one', () => {
    const document: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":2,"length":3}')
    expect(resolvePointer(document, parsePointer('/__proto__/a')!)).toBe(1)
    expect(resolvePointer(document, parsePointer('/constructor')!)).toBe(2)
    expect(resolvePointer(document, parsePointer('/length')!)).toBe(3)
  })

  it.each([[undefined], [null], [1], ['text'], [true]])('finds nothing below %j', (document) => {
    expect(resolvePointer(document, ['length'])).toBeUndefined()
    expect(resolvePointer(document, ['0'])).toBeUndefined()
    expect(resolvePointer(document, [])).toBe(document)
  })
})

describe('the text at a pointer', () => {
  it.each([
    ['"é"', 'é'], ['""', ''], ['0', '0'], ['-0', '0'], ['1.50', '1.5'], ['1e21', '1e+21'], ['true', 'true'], ['false', 'false'],
    ['null', undefined], ['{}', undefined], ['[]', undefined], ['["a"]', undefined]
  ])('of %s is %j', (json, expected) => {
    expect(textAt(JSON.parse(`{"a":${json}}`), ['a'])).toBe(expected)
  })
})
