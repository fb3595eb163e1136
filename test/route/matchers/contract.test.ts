import { describe, expect, it } from 'vitest'
import type { RequestView } from '../../../src/core/request-view.ts'
import { matchers } from '../../../src/route/matchers/index.ts'
import { Random, runSeed } from '../../http/support/random.ts'
import { requestOf } from '../../support/request.ts'

// fields to try each matcher with; one that is registered and not listed here fails
const FIELDS: Readonly<Record<string, readonly unknown[]>> = {
  method: [['GET'], ['POST', 'PUT']],
  path: [{ exact: '/v1' }, { exact: '*' }, { prefix: '/v1/' }, { regex: '^/v[12]/' }],
  host: ['example.com', ['example.com:8080', '*.example.com'], '[::1]'],
  headers: [{ 'x-tenant': 'acme-*' }, { 'x-a': { exact: 'b' }, 'x-c': { present: false } }, { 'x-a': { regex: '^(b|c)$' } }],
  query: [{ model: 'v*' }, { debug: { present: true } }],
  body: [{ '/model': 'house-*' }, { '/a/0': { prefix: 'x' }, '/b': { present: false } }]
}

// what no configuration of a matcher is
const REFUSED: readonly unknown[] = [undefined, null, 1, true, '', [], [1], [''], { unknown: 1, another: [] }, { exact: '/a', prefix: 2 }]

const HOSTILE = ['', ' ', 'x'.repeat(100_000), '%', '%00', '__proto__', 'constructor', 'toString', '\0', '\ud800', '😀', '/../..//', '*', '..', '[', '(', '\n', '[object Object]', 'NaN']

/** A request whose every part is hostile. */
function hostileRequest(random: Random): RequestView {
  const any = (): string => random.pick(HOSTILE)
  const maybe = (): (() => string | undefined) => {
    const value = random.once(3) ? undefined : any()
    return () => value
  }
  const json = random.pick<unknown>([undefined, null, 0, 'x', [], [[[]]], {}, { model: {} }, { model: null, a: 3 }, JSON.parse('{"__proto__":{"model":"x"}}'), { a: [Number.NaN] }])
  return { method: any(), path: any(), host: any(), header: maybe(), query: maybe(), cookie: maybe(), json: () => json }
}

it('the matchers are those of the list above, each once', () => {
  expect(matchers.map(({ name }) => name).toSorted()).toEqual(Object.keys(FIELDS).toSorted())
})

it('the matchers are tried in an order that reads the body last', () => {
  const needs = matchers.map(({ name, build }) => build(FIELDS[name]![0]).needsBody)
  expect(needs).toEqual(needs.toSorted())
})

describe.each(matchers)('the matcher $name', ({ name, summary, fields, build }) => {
  const tries = (FIELDS[name] ?? []).map((given) => ({ given }))

  it('has a summary that is one sentence in lower case', () => {
    expect(summary).toMatch(/^[a-z].{10,}[^.]$/)
    expect(summary).not.toContain('\n')
  })

  it.each(tries)('takes $given and says in words what it wants', ({ given }) => {
    const parsed = fields.parse(given)
    expect(parsed).toEqual(given)
    const matcher = build(parsed)
    expect(matcher.text.startsWith(name === 'headers' ? 'header' : name)).toBe(true)
    expect(matcher.text).not.toMatch(/undefined|\[object|NaN|\n/)
    expect(matcher.text.length).toBeGreaterThan(name.length + 3)
  })

  it('refuses what it does not know', () => {
    for (const given of REFUSED) expect(fields.safeParse(given).success, JSON.stringify(given)).toBe(false)
  })

  it.each(tries)('with $given answers the same each time, and never throws whatever the request', ({ given }) => {
    const seed = runSeed()
    const random = new Random(seed)
    const matcher = build(fields.parse(given))
    for (let i = 0; i < 2000; i++) {
      const request = hostileRequest(random)
      const verdict = matcher.matches(request)
      expect(typeof verdict, `seed ${seed}`).toBe('boolean')
      expect(matcher.matches(request), `seed ${seed}`).toBe(verdict)
    }
  })

  it('matches a request made for it, and not one that has nothing of it', () => {
    const made = requestOf({
      method: 'POST', target: '/v1/x?model=v2&debug', headers: ['host: a.example.com', 'x-tenant: acme-1'], body: '{"model":"house-1","a":["x1"]}'
    })
    const first: Readonly<Record<string, unknown>> = { ...Object.fromEntries(Object.entries(FIELDS).map(([key, list]) => [key, list[0]])), method: ['POST'], path: { prefix: '/v1/' }, host: '*.example.com' }
    const matcher = build(fields.parse(first[name]))
    expect(matcher.matches(made)).toBe(true)
    expect(matcher.matches(requestOf({ target: '/', headers: ['host: b'] }))).toBe(false)
  })
})
