import { describe, expect, it } from 'vitest'
import { keyOf } from '../../src/core/hash.ts'
import { compileUnit } from '../../src/route/unit.ts'
import { requestOf } from '../support/request.ts'

const UNICODE = ['é', 'Zoë', '日本', '😀', 'ß', '\u0301', '\u00ff', '\u2028']

describe('a unit from a header', () => {
  it.each([
    ['x-user', ['x-user: u1'], 'u1'],
    ['X-User', ['x-user: u1'], 'u1'],
    ['x-user', ['X-USER: u1'], 'u1'],
    ['x-user', ['x-user:   u1  '], 'u1'],
    ['x-user', ['x-user: a b'], 'a b'],
    ['x-user', ['x-user: '], undefined],
    ['x-user', [], undefined],
    ['x-user', ['x-user: a', 'x-user: b'], 'a, b'],
    ['cookie', ['cookie: a=b'], 'a=b'],
    ['host', ['host: example.com'], 'example.com'],
    ['authorization', ['authorization: Bearer t'], 'Bearer t'],
    ['constructor', [], undefined]
  ])('%s of %j is %j', (header, headers, expected) => {
    const unit = compileUnit({ header })
    expect(unit.needsBody).toBe(false)
    expect(unit.text).toBe(`header ${header.toLowerCase()}`)
    expect(unit.read(requestOf({ headers }))).toBe(expected)
  })
})

describe('a unit from a cookie', () => {
  it.each([
    ['cookie: sid=1', '1'],
    ['cookie: a=2; sid=1', '1'],
    ['cookie: a=2;sid=1;b=3', '1'],
    ['cookie: sid = 1', '1'],
    ['cookie:   sid=1;', '1'],
    ['cookie: sid=1; sid=2', '1'],
    ['cookie: SID=1', undefined],
    ['cookie: sid', undefined],
    ['cookie: sid=', undefined],
    ['cookie: =sid', undefined],
    ['cookie: xsid=1', undefined],
    ['cookie: a=sid=1', undefined],
    ['cookie: sid=a=b==', 'a=b=='],
    ['cookie: sid="q"', '"q"'],
    ['cookie: ;;; ; sid=1', '1'],
    ['cookie: $Version=1; sid=1; $Path=/', '1'],
    ['cookie: sid=1, a=2', '1, a=2'],
    ['x: y', undefined]
  ])('in %j is %j', (header, expected) => {
    const unit = compileUnit({ cookie: 'sid' })
    expect(unit.needsBody).toBe(false)
    expect(unit.read(requestOf({ headers: [header] }))).toBe(expected)
  })

  it('is found when a client sends its cookies in several lines', () => {
    expect(compileUnit({ cookie: 'sid' }).read(requestOf({ headers: ['cookie: a=1', 'cookie: sid=2'] }))).toBe('2')
  })
})

describe('a unit from the body', () => {
  it.each([
    ['/user/id', '{"user":{"id":"u1"}}', 'u1'],
    ['/user/id', '{"user":{"id":7}}', '7'],
    ['/user/id', '{"user":{"id":true}}', 'true'],
    ['/user/id', '{"user":{"id":""}}', undefined],
    ['/user/id', '{"user":{"id":null}}', undefined],
    ['/user/id', '{"user":{"id":{}}}', undefined],
    ['/user/id', '{"user":{"id":["a"]}}', undefined],
    ['/user/id', '{"user":"u1"}', undefined],
    ['/user/id', 'no JSON', undefined],
    ['/user/id', '', undefined],
    ['/ids/1', '{"ids":["a","b"]}', 'b'],
    ['/a~1b', '{"a/b":"x"}', 'x'],
    ['', '"whole"', 'whole'],
    ['/toString', '{}', undefined],
    ['/__proto__', '{}', undefined]
  ])('at %j of %s is %j', (body, text, expected) => {
    const unit = compileUnit({ body })
    expect(unit.needsBody).toBe(true)
    expect(unit.read(requestOf({ method: 'POST', body: text }))).toBe(expected)
  })
})

describe('a unit', () => {
  it.each(UNICODE)('%j is the same from a header, a cookie and a JSON body, however that writes it', (name) => {
    const escaped = [...name].map((character) => Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')).join('')
    const keys = [
      compileUnit({ header: 'x-user' }).read(requestOf({ headers: [`x-user: ${name}`] })),
      compileUnit({ cookie: 'user' }).read(requestOf({ headers: [`cookie: user=${name}`] })),
      compileUnit({ body: '/user' }).read(requestOf({ method: 'POST', body: JSON.stringify({ user: name }) })),
      compileUnit({ body: '/user' }).read(requestOf({ method: 'POST', body: `{"user":"${escaped}"}` }))
    ].map((unit) => keyOf(unit!))
    expect(new Set(keys).size).toBe(1)
  })

  it('is read from nowhere when it is the request itself', () => {
    const unit = compileUnit({ request: true })
    expect(unit.text).toBe('the request')
    expect(unit.needsBody).toBe(false)
    expect(unit.read(requestOf({ headers: ['x-user: u1', 'the: request'] }))).toBeUndefined()
  })
})
