import { describe, expect, it } from 'vitest'
import { bodyTests, compileBodyTests, compileHeaderTests, compileQueryTests, headerTests, queryTests, type Tests } from '../../src/core/request-tests.ts'
import { requestOf } from '../support/request.ts'

describe('tests on headers', () => {
  it.each<[Tests, readonly string[], boolean]>([
    [{}, [], true],
    [{ 'x-tenant': 'acme-*' }, ['x-tenant: acme-1'], true],
    [{ 'x-tenant': 'acme-*' }, ['x-tenant: Acme-1'], false],
    [{ 'x-tenant': 'acme-*' }, [], false],
    [{ 'X-Tenant': 'acme' }, ['x-tenant: acme'], true],
    [{ 'x-tenant': 'acme' }, ['X-TENANT: acme'], true],
    [{ 'x-tenant': { exact: 'a*' } }, ['x-tenant: a*'], true],
    [{ 'x-tenant': { exact: 'a*' } }, ['x-tenant: ab'], false],
    [{ 'x-tenant': { prefix: 'ac' } }, ['x-tenant: acme'], true],
    [{ 'x-tenant': { prefix: '' } }, [], false],
    [{ 'x-tenant': { regex: '^a.+e$' } }, ['x-tenant: acme'], true],
    [{ 'x-tenant': { regex: 'c' } }, ['x-tenant: acme'], true],
    [{ 'x-tenant': { regex: '.*' } }, [], false],
    [{ 'x-tenant': { present: true } }, ['x-tenant: '], true],
    [{ 'x-tenant': { present: true } }, [], false],
    [{ 'x-tenant': { present: false } }, [], true],
    [{ 'x-tenant': { present: false } }, ['x-tenant: '], false],
    [{ 'x-tenant': '' }, ['x-tenant: '], true],
    [{ 'x-a': '1', 'x-b': '2' }, ['x-a: 1', 'x-b: 2'], true],
    [{ 'x-a': '1', 'x-b': '2' }, ['x-a: 1'], false],
    [{ 'x-a': '1, 2' }, ['x-a: 1', 'x-a: 2'], true],
    [{ 'x-city': 'Zürich' }, ['x-city: Zürich'], true],
    [{ 'x-city': { regex: '^Z.rich$' } }, ['x-city: Zürich'], true],
    [{ 'x-city': 'Z*' }, ['x-city: Genève'], false],
    [{ constructor: { present: true } }, [], false],
    [{ 'to-string': 'x' }, [], false]
  ])('%j hold for %j: %s', (tests, headers, expected) => {
    expect(compileHeaderTests(headerTests.parse(tests)).matches(requestOf({ headers }))).toBe(expected)
  })

  it('take a value that is not UTF-8 as latin1', () => {
    const request = { ...requestOf(), header: () => 'Z\xfcrich' }
    expect(compileHeaderTests({ 'x-city': 'Zürich' }).matches(request)).toBe(true)
  })
})

describe('tests on the query', () => {
  it.each<[Tests, string, boolean]>([
    [{ model: 'v*' }, '/?model=v2', true],
    [{ model: 'v*' }, '/?MODEL=v2', false],
    [{ model: 'v*' }, '/', false],
    [{ model: 'v1' }, '/?model=v1&model=v2', true],
    [{ model: 'v2' }, '/?model=v1&model=v2', false],
    [{ q: 'a b' }, '/?q=a+b', true],
    [{ q: 'a b' }, '/?q=a%20b', true],
    [{ q: 'é' }, '/?q=%C3%A9', true],
    [{ q: '' }, '/?q', true],
    [{ q: { present: true } }, '/?q', true],
    [{ q: { present: false } }, '/?r=q', true],
    [{ 'a b': '1' }, '/?a+b=1', true],
    [{ q: '%zz' }, '/?q=%zz', true]
  ])('%j hold for %s: %s', (tests, target, expected) => {
    expect(compileQueryTests(queryTests.parse(tests)).matches(requestOf({ target }))).toBe(expected)
  })
})

describe('tests on the body', () => {
  it.each<[Tests, string | undefined, boolean]>([
    [{ '/model': 'house-*' }, '{"model":"house-7b"}', true],
    [{ '/model': 'house-*' }, '{"model":"car"}', false],
    [{ '/model': 'house-*' }, '{"model":["house-7b"]}', false],
    [{ '/n': '3' }, '{"n":3}', true],
    [{ '/n': '3' }, '{"n":3.0}', true],
    [{ '/b': 'true' }, '{"b":true}', true],
    [{ '/b': { present: true } }, '{"b":false}', true],
    [{ '/b': { present: true } }, '{"b":null}', false],
    [{ '/b': { present: false } }, '{}', true],
    [{ '/b': { present: false } }, 'not JSON', false],
    [{ '/b': { present: false } }, undefined, false],
    [{ '/a/0/b': 'x' }, '{"a":[{"b":"x"}]}', true],
    [{ '': 'x' }, '"x"', true],
    [{ '/city': 'Zürich' }, '{"city":"Z\\u00fcrich"}', true],
    [{ '/constructor': { present: true } }, '{}', false],
    [{ '/__proto__/x': { present: true } }, '{"__proto__":{"x":1}}', true]
  ])('%j hold for %s: %s', (tests, body, expected) => {
    const test = compileBodyTests(bodyTests.parse(tests))
    expect(test.needsBody).toBe(true)
    expect(test.matches(requestOf({ method: 'POST', ...body !== undefined && { body } }))).toBe(expected)
  })
})

describe('the fields of tests', () => {
  it.each([
    [headerTests, { 'x y': 'a' }], [headerTests, { '': 'a' }], [headerTests, { 'x:': 'a' }], [headerTests, { x: { exact: 'a', prefix: 'b' } }],
    [headerTests, { x: {} }], [headerTests, { x: { regex: '(' } }], [headerTests, { x: { regex: '' } }], [headerTests, { x: { present: 'yes' } }],
    [headerTests, { 'X-A': 'a', 'x-a': 'b' }], [headerTests, { x: 1 }], [headerTests, { x: null }], [headerTests, []], [headerTests, 'x'], [headerTests, { x: { exakt: 'a' } }],
    [queryTests, { '': 'a' }], [bodyTests, { model: 'a' }], [bodyTests, { '/~2': 'a' }]
  ])('are refused: %#', (fields, given) => {
    expect(fields.safeParse(given).success).toBe(false)
  })

  it('say what they want', () => {
    const { text } = compileHeaderTests({ 'X-A': 'a*', b: { exact: 'c' }, d: { prefix: 'e' }, f: { regex: 'g' }, h: { present: true }, i: { present: false } })
    expect(text).toBe('header x-a is like "a*" and header b is "c" and header d starts with "e" and header f matches /g/ and header h is present and header i is absent')
  })
})
