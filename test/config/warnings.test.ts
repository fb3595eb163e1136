import { describe, expect, test } from 'vitest'
import { findingsOf, loadText } from './support.ts'

const HEAD = 'version: 1\nbackends: { a: { url: "http://h:1" }, b: { url: "http://h:2" } }\n'
const routes = (...matches: readonly string[]): string =>
  `${HEAD}routes: [${matches.map((match, i) => `{ name: r${i}, ${match === '' ? '' : `match: { ${match} }, `}split: [{ backend: a, weight: 1 }, { backend: b, weight: 1 }] }`).join(', ')}]\n`
const warnings = (text: string): string[] => {
  expect(loadText(text).ok).toBe(true)
  return findingsOf(text).map(({ path, message }) => `${path}: ${message}`)
}

describe('a route is never reached', () => {
  test.each([
    ['behind one that matches everything', '', 'method: [GET]'],
    ['behind another that matches everything', '', ''],
    ['behind the same conditions', 'method: [GET], path: { regex: "^/a" }', 'path: { regex: "^/a" }, method: [GET]'],
    ['behind a shorter prefix', 'path: { prefix: /v1 }', 'path: { prefix: /v1/models }'],
    ['behind the same prefix', 'path: { prefix: /v1 }', 'path: { prefix: /v1 }, method: [GET]'],
    ['behind a prefix of its path', 'path: { prefix: /v1 }', 'path: { exact: /v1/models }, headers: { a: b }'],
    ['behind the same path with fewer conditions', 'path: { exact: /v1 }', 'path: { exact: /v1 }, headers: { a: b }'],
    ['behind the prefix /', 'path: { prefix: / }', 'headers: { a: b }'],
    ['behind more methods', 'method: [GET, POST]', 'method: [POST]'],
    ['behind more hosts', 'host: [a.example, b.example]', 'host: [b.example]']
  ])('%s', (_, earlier, later) => {
    expect(warnings(routes(earlier, later))).toEqual(['routes[1]: never reached: route r0 above takes every request that would match'])
    expect(warnings(routes('path: { exact: /other }', earlier, later))).toEqual(['routes[2]: never reached: route r1 above takes every request that would match'])
  })
})

describe('a route may be reached', () => {
  test.each([
    ['before one that matches everything', 'method: [GET]', ''],
    ['behind a longer prefix', 'path: { prefix: /v1/models }', 'path: { prefix: /v1 }'],
    ['behind a prefix with another condition', 'path: { prefix: /v1 }, method: [GET]', 'path: { prefix: /v1/models }'],
    ['behind an exact path', 'path: { exact: /v1 }', 'path: { prefix: /v1 }'],
    ['behind a regular expression', 'path: { regex: "^/v1" }', 'path: { exact: /v1 }'],
    ['behind a prefix, with a regular expression', 'path: { prefix: /v1 }', 'path: { regex: "^/v1" }'],
    ['behind the prefix /, for OPTIONS *', 'path: { prefix: / }', 'path: { exact: "*" }'],
    ['behind fewer methods', 'method: [POST]', 'method: [GET, POST]'],
    ['behind another header', 'headers: { a: b }', 'headers: { a: c }'],
    ['behind more conditions', 'headers: { a: b }, query: { q: "1" }', 'headers: { a: b }']
  ])('%s', (_, earlier, later) => {
    expect(warnings(routes(earlier, later))).toEqual([])
  })
})

test('a backend that no route uses is named where it stands', () => {
  const text = 'version: 1\nbackends:\n  a: { url: "http://h:1" }\n  unused: { url: "http://h:2" }\nroutes: [{ name: r, backend: a }]\n'
  expect(findingsOf(text)).toEqual([expect.objectContaining({ severity: 'warning', path: 'backends.unused', line: 4, column: 3, message: 'no route uses this backend' })])
})

test.each([
  ['an arm of weight 0', 'split: [{ backend: a, weight: 1 }, { backend: b, weight: 0 }]', ['routes[0].split: all weight is on a']],
  ['a fallback', 'backend: a, fallback: b', []],
  ['a mirror', 'backend: a, mirrors: [{ backend: b, percent: 1 }]', []]
])('a backend is used as %s', (_, fields, expected) => {
  expect(warnings(`${HEAD}routes: [{ name: r, ${fields} }]\n`)).toEqual(expected)
})

test.each([
  ['a fallback that is the only backend', 'backend: a, fallback: a, mirrors: [{ backend: b, percent: 1 }]', ['routes[0].fallback: a is the only backend there is, so it is no fallback']],
  ['a fallback that is the only backend with weight', 'split: [{ backend: a, weight: 1 }, { backend: b, weight: 0 }], fallback: a', ['routes[0].split: all weight is on a', 'routes[0].fallback: a is the only backend there is, so it is no fallback']],
  ['a mirror to a backend that answers', 'split: [{ backend: a, weight: 1 }, { backend: b, weight: 1 }], mirrors: [{ backend: b, percent: 1 }]', ['routes[0].mirrors[0].backend: b also answers this route: it would be compared with itself']],
  ['a baseline that does not answer', 'backend: a, mirrors: [{ backend: b, percent: 1, baseline: { backend: b, percent: 1 } }]', ['routes[0].mirrors[0].baseline.backend: b does not answer this route; a baseline is a second copy to a backend that does']]
])('%s is doubtful', (_, fields, expected) => {
  expect(warnings(`${HEAD}routes: [{ name: r, ${fields} }]\n`)).toEqual(expected)
})

test('clients from anywhere without TLS are nothing to warn of', () => {
  expect(warnings(`listen: 0.0.0.0:8080\n${routes('')}`)).toEqual([])
})

test('doubts about routes wait until their errors are mended', () => {
  const text = `${HEAD}routes: [{ name: r, mach: { method: [GET] }, backend: a }, { name: s, backend: a }]\n`
  expect(findingsOf(text).map(({ severity, message }) => `${severity}: ${message}`)).toEqual(['error: unknown key'])
})
