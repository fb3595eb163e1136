import { describe, expect, it } from 'vitest'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'
import { compileRedact } from '../../../src/compare/tally/redact.ts'

const HASH = /^#[0-9a-f]{12}$/
const hash = expect.stringMatching(HASH)
const nested = (depth: number, value: unknown): unknown => JSON.parse(`${'[{"a":'.repeat(depth)}${JSON.stringify(value)}${'}]'.repeat(depth)}`)

describe('redaction at pointers', () => {
  it.each<[readonly string[], string, unknown, unknown]>([
    [['/user'], '/user', 'anna', hash],
    [['/user'], '/user/name', 'anna', hash],
    [['/user'], '/user/tags/*', 'anna', hash],
    [['/user'], '/users', 'anna', 'anna'],
    [['/user'], '/a/user', 'anna', 'anna'],
    [['/user/name'], '/user', { name: 'anna', age: 7 }, { name: hash, age: 7 }],
    [['/user/name'], '', { user: { name: 'anna', age: 7 } }, { user: { name: hash, age: 7 } }],
    [['/users/*/name'], '/users', [{ name: 'anna', age: 7 }, { name: 'bob' }], [{ name: hash, age: 7 }, { name: hash }]],
    [['/users/*/name'], '/users/*/name', 'anna', hash],
    [['/users/1'], '/users', ['anna', 'bob'], ['anna', hash]],
    // indices are not reported, so what may be the one is taken for it
    [['/users/1'], '/users/*', 'bob', hash],
    [['/a', '/b/c'], '/b', { a: 1, c: 2 }, { a: 1, c: hash }],
    [['/a~1b'], '/a~1b', 'anna', hash],
    [['/__proto__'], '', JSON.parse('{"__proto__":"anna","a":1}'), JSON.parse(`{"__proto__":"x","a":1}`, (key, value) => key === '__proto__' ? hash : value)],
    [[''], '/anything', 7, hash],
    [['/a'], '/b', undefined, undefined],
    // what is there of a request and its answer beside their bodies
    [['/a'], '(status)', 500, 500],
    [['/a'], '(content-type)', 'text/html', 'text/html'],
    [['/a'], '(header x-model)', 'next', 'next'],
    [['/a'], '(stream end)', 'cut', 'cut']
  ])('%j makes of %s = %j what it should', (pointers, path, value, expected) => {
    expect(compileRedact(pointers, 'values', 's')(path, value)).toEqual(expected)
  })

  // nobody knows where in a document these were, so they may be what is not to be kept
  it.each<[string, unknown]>([
    ['(body)', Buffer.from('{"user":"anna"}')],
    ['(binary)', Buffer.from('anna')],
    ['(other)', 'anna'],
    ['(other)', { name: 'anna' }],
    ['(stream error)', { message: 'anna is unknown' }],
    ['', 'a text that may have been meant for JSON: {"user":"anna"']
  ])('hide %s, whatever it holds', (path, value) => {
    expect(compileRedact(['/user'], 'values', 's')(path, value)).toMatch(HASH)
    expect(compileRedact([], 'values', 's')(path, value)).toBe(value)
  })

  it('take no time to speak of over a body of 8 MB', () => {
    // made of a body an object with a member for each octet, once
    const body = Buffer.alloc(8_000_000, 'x')
    expect(compileRedact(['/user'], 'values', 's')('(body)', body)).toMatch(HASH)
  })

  it('look at no more than they must, and hide the rest', () => {
    const redact = compileRedact(['/*/name'], 'values', 's')
    const kept = redact('', Array.from({ length: 20_000 }, (_, i) => ({ name: 'anna', i }))) as unknown[]
    expect(kept[0]).toEqual({ name: hash, i: 0 })
    expect(kept.at(-1)).toMatch(HASH)
    expect(JSON.stringify(kept)).not.toContain('anna')
  })

  it('refuse what is no pointer', () => {
    expect(() => compileRedact(['user'], 'values', '')).toThrow('redact: expected a JSON Pointer such as /user; got "user"')
  })
})

describe('hashes in place of values', () => {
  const hashOf = compileRedact([], 'hashes', 'secret')

  it.each<[unknown, unknown]>([
    ['a', 'a'],
    [{ a: 1, b: [2] }, { b: [2], a: 1 }],
    [1, 1.0],
    [new ExactNumber(2 ** 53, '9007199254740993'), new ExactNumber(2 ** 53, '9007199254740993')],
    [Number.NaN, Number.NaN],
    [Buffer.from('a'), Buffer.from('a')]
  ])('are one for %j and %j', (one, other) => {
    expect(hashOf('/a', one)).toMatch(HASH)
    expect(hashOf('/a', one)).toBe(hashOf('/b', other))
  })

  it('are others for other values', () => {
    const values = ['a', 'b', '1', 1, 1.5, true, 'true', null, 'null', Number.NaN, Infinity, [], {}, [[]], [1, 2], ['1,2'], { a: 1 }, { a: '1' }, { b: 1 }, '', new ExactNumber(2 ** 53, '9007199254740993'), '\ud800', '\ud801']
    expect(new Set(values.map((value) => hashOf('/a', value))).size).toBe(values.length)
  })

  it('say nothing without the secret', () => {
    expect(compileRedact([], 'hashes', 'another')('/a', 'a')).not.toBe(hashOf('/a', 'a'))
  })

  it('hold for values nested as deep as they may come, and stop at some depth', () => {
    // ran out of stack
    for (const depth of [100, 10_000, 100_000]) expect(hashOf('/a', nested(depth, 1))).toMatch(HASH)
    expect(hashOf('/a', nested(30, 1))).not.toBe(hashOf('/a', nested(30, 2)))
  })

  it('look at no more than they must', () => {
    expect(hashOf('/a', Array.from({ length: 1_000_000 }, () => ({ a: 1 })))).toMatch(HASH)
  })
})
