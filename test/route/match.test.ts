import { describe, expect, it } from 'vitest'
import type { RequestView } from '../../src/core/request-view.ts'
import { findRoute, type Matchable } from '../../src/route/match.ts'
import type { Matcher } from '../../src/route/matcher.ts'
import { matchers } from '../../src/route/matchers/index.ts'
import { Random, runSeed } from '../http/support/random.ts'
import { requestOf } from '../support/request.ts'

const METHODS = ['GET', 'POST']
const PATHS = ['/', '/a', '/a/b', '/b']
const HOSTS = ['x', 'y', 'a.x']
const WORDS = ['p', 'q', 'pq']

type Match = Readonly<Record<string, unknown>>

function anyMatch(random: Random): Match {
  const match: Record<string, unknown> = {}
  if (random.once(3)) match['method'] = [random.pick(METHODS)]
  if (random.once(2)) match['path'] = random.pick([{ exact: random.pick(PATHS) }, { prefix: random.pick(PATHS) }, { regex: random.pick(['^/a', 'b$', '^/$']) }])
  if (random.once(4)) match['host'] = random.pick<unknown>(['x', '*.x', ['x', 'y']])
  if (random.once(3)) match['headers'] = { h: random.pick<unknown>(['p', 'p*', { present: false }, { present: true }]) }
  if (random.once(4)) match['query'] = { k: random.pick<unknown>(['p*', { exact: 'q' }, { present: false }]) }
  if (random.once(4)) match['body'] = { '/m': random.pick<unknown>(['p*', { present: false }, { exact: 'q' }]) }
  return match
}

interface Described {
  readonly method: string
  readonly path: string
  readonly host: string
  readonly h: string | undefined
  readonly k: string | undefined
  readonly m: string | undefined
}

const anyRequest = (random: Random): Described => {
  const maybe = (): string | undefined => random.once(2) ? undefined : random.pick(WORDS)
  return { method: random.pick(METHODS), path: random.pick(PATHS), host: random.pick(HOSTS), h: maybe(), k: maybe(), m: maybe() }
}

const viewOf = ({ method, path, host, h, k, m }: Described): RequestView => requestOf({
  method, target: k === undefined ? path : `${path}?k=${k}`, headers: [`host: ${host}`, ...h === undefined ? [] : [`h: ${h}`]],
  body: JSON.stringify(m === undefined ? {} : { m })
})

// the same in the plainest way there is
function holds(match: Match, request: Described): boolean {
  const text = (test: unknown, value: string | undefined): boolean => {
    if (typeof test === 'string') return value !== undefined && (test.endsWith('*') ? value.startsWith(test.slice(0, -1)) : value === test)
    const one = test as { present?: boolean, exact?: string }
    return one.present === undefined ? value === one.exact : one.present === (value !== undefined)
  }
  const { method, path, host, headers, query, body } = match as Record<string, any> // oxlint-disable-line typescript/no-explicit-any -- taken apart below
  if (method !== undefined && !method.includes(request.method)) return false
  if (path?.exact !== undefined && path.exact !== request.path) return false
  if (path?.prefix !== undefined && !request.path.startsWith(path.prefix)) return false
  if (path?.regex !== undefined && !new RegExp(path.regex).test(request.path)) return false
  if (host !== undefined && ![host].flat().some((one: string) => one.startsWith('*') ? request.host.endsWith(one.slice(1)) : one === request.host)) return false
  if (headers !== undefined && !text(headers.h, request.h)) return false
  if (query !== undefined && !text(query.k, request.k)) return false
  return body === undefined || text(body['/m'], request.m)
}

const compile = (match: Match): Matchable => ({ matchers: matchers.filter(({ name }) => Object.hasOwn(match, name)).map(({ name, fields, build }): Matcher => build(fields.parse(match[name]))) })

describe('the route that is found', () => {
  it('is the first whose conditions all hold, on generated routes and requests', () => {
    const seed = runSeed()
    const random = new Random(seed)
    let found = 0
    for (let round = 0; round < 400; round++) {
      const matches = Array.from({ length: 1 + random.below(6) }, () => anyMatch(random))
      const routes = matches.map(compile)
      for (let i = 0; i < 10; i++) {
        const request = anyRequest(random)
        const expected = matches.findIndex((match) => holds(match, request))
        if (expected >= 0) found++
        const route = findRoute(routes, viewOf(request), true)
        expect(route, `seed ${seed}: ${JSON.stringify({ matches, request })}`).toBe(routes[expected])
      }
    }
    expect(found).toBeGreaterThan(500)
  })

  it('is not looked for beyond the first route that only the body can decide', () => {
    const seed = runSeed()
    const random = new Random(seed)
    let asked = 0
    for (let round = 0; round < 2000; round++) {
      const matches = Array.from({ length: 1 + random.below(5) }, () => anyMatch(random))
      const routes = matches.map(compile)
      const request = anyRequest(random)
      // a route is passed over without the body when something else of it does not hold
      const undecided = matches.findIndex((match) => holds({ ...match, body: undefined }, request))
      const expected = undecided < 0 ? undefined : matches[undecided]!['body'] === undefined ? routes[undecided] : 'body'
      if (expected === 'body') asked++
      expect(findRoute(routes, viewOf(request), false), `seed ${seed}: ${JSON.stringify({ matches, request })}`).toBe(expected)
    }
    expect(asked).toBeGreaterThan(50)
  })

  it('is none where there are no routes, and the first where it has no conditions', () => {
    expect(findRoute([], requestOf(), true)).toBeUndefined()
    const any = compile({})
    expect(findRoute([any, compile({})], requestOf(), false)).toBe(any)
  })
})
