import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { explain, type Explanation } from '../../src/control/explain.ts'
import { parseRequest } from '../../src/control/parse-request.ts'
import { Random, runSeed } from '../http/support/random.ts'
import { configOf, startDataPlane } from '../support/data-plane.ts'
import { Caller } from '../support/callers.ts'
import { startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'

interface Request {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function explained(yaml: string, { path, headers, body }: Request): Explanation {
  const request = parseRequest({ method: 'POST', target: path, headers: Object.entries(headers).map(([name, value]) => `${name}: ${value}`), body })
  if (!request.ok) throw new Error(request.message)
  return explain(configOf(yaml).config, request.view, request.requestId ?? 'none', request.isMirrored)
}

const config = (urls: readonly string[]): string => `version: 1
backends:
${['stable', 'canary', 'next'].map((name, i) => `  ${name}: { url: "${urls[i] ?? ''}" }`).join('\n')}
routes:
  - name: by-body
    match: { path: { prefix: /v1 }, body: { /model: "house-*" } }
    unit: { body: /user }
    split: [{ backend: stable, weight: 3 }, { backend: canary, weight: 1 }, { backend: next, weight: 0 }]
  - name: by-header
    match: { headers: { x-tenant: { regex: "^a" } } }
    unit: { header: x-user }
    split: [{ backend: stable, weight: 1 }, { backend: canary, weight: 1 }]
    fallback: stable
    mirrors:
      - { backend: next, percent: 30, timeout: 1m, baseline: { backend: stable, percent: 50 } }
  - name: rest
    backend: stable
chaos:
  limits: { percent: 100, active: 1000 }
  experiments:
    - { name: canary-fails, route: by-header, where: { backend: canary }, percent: 40, duration: 1h, faults: [{ kind: abort, status: 503 }] }
    - { name: some-fail, route: by-body, where: { body: { /user: "u*" }, headers: { x-tenant: { present: true } } }, percent: 30, duration: 1h, faults: [{ kind: delay, fixed: 0s }, { kind: abort, status: 429 }] }
`

describe('an explanation', () => {
  it('says what serving then does: route, arm, what is injected and what is mirrored', async () => {
    const models = await Promise.all(['stable', 'canary', 'next'].map((name) => startModel(name)))
    const yaml = config(models.map(({ url }) => url))
    const plane = await startDataPlane(yaml)
    onTestFinished(() => plane.close())
    plane.startChaos()
    const caller = new Caller(`http://127.0.0.1:${plane.port}`)
    const seed = runSeed()
    const random = new Random(seed)
    const reached = new Set<string>()
    const mirrored = new Map<string, string[]>()
    for (let i = 0; i < 300; i++) {
      const headers: Record<string, string> = { 'x-request-id': `run-${i}`, 'content-type': 'application/json' }
      if (random.once(2)) headers['x-tenant'] = random.pick(['acme', 'bravo', 'a'])
      if (!random.once(3)) headers['x-user'] = `user-${random.below(50)}`
      if (random.once(5)) headers['x-windtunnel-mirror'] = 'elsewhere'
      const body = random.pick(['not JSON', '{}', JSON.stringify({ model: 'house-7b', user: random.pick(['u1', 'u2', 'v3', 'Zoë', 7]) }), JSON.stringify({ model: 'car', user: 'u1' })])
      const request = { path: random.pick(['/v1/models', '/v2', '/v1/%2e%2e/v2?v1']), headers, body }
      const { route } = explained(yaml, request)
      // oxlint-disable-next-line no-await-in-loop -- one after another on one connection
      const answer = await caller.call(request.path, { method: 'POST', headers, body })
      // oxlint-disable-next-line no-await-in-loop -- its client may know first that a request is over
      const exchange = await vi.waitUntil(() => plane.exchanges.find(({ requestId }) => requestId === `run-${i}`), POLL)
      const said = { route: route?.name, arm: route?.arm, injected: route?.chaos.filter(({ hit }) => hit).flatMap(({ experiment, faults }) => faults.map((fault) => ({ experiment, fault }))) }
      expect({ route: exchange.route, arm: exchange.arm, injected: exchange.injected }, `seed ${seed}, request ${JSON.stringify(request)}`).toEqual(said)
      expect(answer.status).toBe(exchange.injected.find(({ fault }) => fault === 'abort') === undefined ? 200 : exchange.route === 'by-header' ? 503 : 429)
      for (const { leg, sampled } of route?.mirrors ?? []) if (sampled) mirrored.set(leg, [...mirrored.get(leg) ?? [], ...said.injected?.length === 0 ? [`run-${i}`] : []])
      reached.add(exchange.route)
      if (exchange.injected.length > 0) reached.add('injected')
    }
    expect(reached).toEqual(new Set(['by-body', 'by-header', 'rest', 'injected']))
    // a baseline is only said to be sampled where its shadow is, and the primary's own backend answers
    await expect.poll(() => {
      plane.handover.flush()
      return ['shadow', 'baseline'].map((leg) => plane.pairs.filter((pair) => pair.leg === leg).map(({ requestId }) => requestId).toSorted())
    }, POLL).toEqual(['shadow', 'baseline'].map((leg) => (mirrored.get(leg) ?? []).toSorted()))
    expect(plane.pairs.length).toBeGreaterThan(10)
  })

  it('names each condition and whether it holds, of the routes up to the one that matches', () => {
    const yaml = config(['http://127.0.0.1:1', 'http://127.0.0.1:2', 'http://127.0.0.1:3'])
    const { routes, route } = explained(yaml, { path: '/v1/x', headers: { 'x-tenant': 'acme', 'x-request-id': 'r1' }, body: '{"model":"car"}' })
    expect(routes).toEqual([
      { name: 'by-body', matches: false, conditions: [{ text: 'path starts with /v1', holds: true }, { text: 'body /model is like "house-*"', holds: false }] },
      { name: 'by-header', matches: true, conditions: [{ text: 'header x-tenant matches /^a/', holds: true }] }
    ])
    expect(route).toMatchObject({ name: 'by-header', unit: { from: 'header x-user', value: undefined }, split: [{ backend: 'stable', percent: 50 }, { backend: 'canary', percent: 50 }], fallback: 'stable' })
  })

  it('says why something is not done', () => {
    const yaml = config(['http://127.0.0.1:1', 'http://127.0.0.1:2', 'http://127.0.0.1:3'])
    const of = (headers: Record<string, string>, body = '{}'): NonNullable<Explanation['route']> => explained(yaml, { path: '/v1', headers, body }).route!
    const whys = new Set(Array.from({ length: 60 }, (_, i) => of({ 'x-tenant': 'a', 'x-user': `u${i}`, 'x-request-id': `r${i}` })).flatMap(({ mirrors, chaos }) => [...mirrors, ...chaos].map(({ why }) => why)))
    expect(whys).toEqual(new Set(['drawn', 'not drawn', 'its shadow is not sampled', 'canary answers, not stable', 'goes to stable, not to canary', 'in scope and drawn', 'in scope, not drawn']))
    expect(of({ 'x-tenant': 'a', 'x-windtunnel-mirror': 'next' }).mirrors.map(({ why }) => why)).toEqual(['it is itself a mirrored copy', 'it is itself a mirrored copy'])
    expect(of({}, '{"model":"house-1","user":"v1"}').chaos.map(({ why }) => why)).toEqual(['header x-tenant is present does not hold'])
  })

  it('shows a unit as it was meant, from a header and from the body', () => {
    const yaml = config(['http://127.0.0.1:1', 'http://127.0.0.1:2', 'http://127.0.0.1:3'])
    expect(explained(yaml, { path: '/', headers: { 'x-tenant': 'a', 'x-user': 'Zoë' }, body: '' }).route?.unit.value).toBe('Zoë')
    expect(explained(yaml, { path: '/v1', headers: {}, body: '{"model":"house-","user":"Zoë"}' }).route?.unit.value).toBe('Zoë')
  })

  it('has no route where none matches', () => {
    const yaml = 'version: 1\nbackends: { a: { url: "http://127.0.0.1:1" } }\nroutes: [{ name: r, backend: a, match: { path: { exact: /x } } }]\n'
    expect(explained(yaml, { path: '/y', headers: {}, body: '' })).toEqual({ requestId: 'none', route: undefined, routes: [{ name: 'r', matches: false, conditions: [{ text: 'path is /x', holds: false }] }] })
  })
})
