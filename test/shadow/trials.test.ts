import { describe, expect, it } from 'vitest'
import { Mirroring } from '../../src/shadow/mirroring.ts'
import { eventually } from '../http/support/signal.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { NOBODY } from './support/bad-shadows.ts'
import { accountOf, converse, heldBy, serveMirrored, settled } from './support/mirrored.ts'
import { legsOf, mirrored, offlineMirror, type OfflineMirror, requestHead, responseHead } from './support/offline.ts'
import { json, type Serve, serveModel } from './support/origin.ts'

const BASELINE = { backend: 'live', leg: 'baseline' }
const both = 'percent: 100, baseline: { backend: live, percent: 100 }'

async function start(mirror: string, shadow?: Serve, primary?: Serve): Promise<TestDataPlane> {
  const [origin, next] = [await serveModel(primary), await serveModel(shadow)]
  return serveMirrored({ primary: origin.port, shadow: next.port, mirror })
}

const GET = 'GET /v1/a?q=1 HTTP/1.1\r\nhost: a\r\nx-request-id: r1\r\nconnection: close\r\n\r\n'

describe('a trial', () => {
  it('holds all three answers of a request in one piece', async () => {
    let asked = 0
    const plane = await start(both, (_request, response) => json(response, { from: 'shadow' }), (_request, response) => json(response, { from: asked++ === 0 ? 'first' : 'second' }))
    await converse(plane.port, GET)
    expect([await settled(plane, 1), await settled(plane, 1, BASELINE)]).toEqual([{ pair: 1 }, { pair: 1 }])
    expect(plane.trials).toHaveLength(1)
    const [{ primary, shadow, baseline, ...rest } = { primary: undefined, shadow: undefined, baseline: undefined }] = plane.trials
    expect(rest).toEqual({ route: 'all', mirror: 'next', baselineBackend: 'live', requestId: 'r1', path: '/v1/a', request: undefined, headers: [], probability: 1 })
    const texts = [primary, shadow, baseline].map((answer) => String(answer?.body))
    expect(texts[1]).toBe('{"from":"shadow"}')
    expect([texts[0], texts[2]].toSorted()).toEqual(['{"from":"first"}', '{"from":"second"}'])
  })

  it.each<[string, Serve | undefined, string]>([
    ['fails', (_request, response) => json(response, {}, 500), 'shadow_error'],
    ['leaves', (_request, response) => void response.destroy(), 'shadow_error'],
    ['hangs', () => undefined, 'shadow_timeout']
  ])('has the baseline\'s answer alone when the shadow %s', async (_name, shadow, outcome) => {
    const plane = await start(`${both}, timeout: 50ms`, shadow)
    await converse(plane.port, GET)
    expect([await settled(plane, 1), await settled(plane, 1, BASELINE)]).toEqual([{ [outcome]: 1 }, { pair: 1 }])
    expect(plane.trials.map(({ shadow: one, baseline }) => [one === undefined, baseline === undefined])).toEqual([[true, false]])
  })

  it('that is lost is lost by each of its legs', async () => {
    const plane = await start(both)
    plane.handover.disconnect()
    await converse(plane.port, GET)
    expect([await settled(plane, 1), await settled(plane, 1, BASELINE)]).toEqual([{ dropped_handover: 1 }, { dropped_handover: 1 }])
    expect([heldBy(plane), heldBy(plane, BASELINE)]).toEqual([{ inFlight: 0, bytes: 0 }, { inFlight: 0, bytes: 0 }])
  })

  it('that nobody has done with is lost by each of its legs when its receiver dies', async () => {
    const plane = await start(both)
    plane.handover.connect(() => undefined, new SharedArrayBuffer(8))
    await converse(plane.port, GET)
    await eventually(() => heldBy(plane).inFlight === 0 && heldBy(plane, BASELINE).inFlight === 0)
    plane.handover.flush()
    const posted = (leg: string, backend: string): number => plane.fold.value('mirror_pairs', { route: 'all', mirror: 'next', backend, leg })
    expect([posted('shadow', 'next'), posted('baseline', 'live')]).toEqual([1, 1])
    plane.handover.disconnect()
    expect([accountOf(plane).outcomes, accountOf(plane, BASELINE).outcomes]).toEqual([{ dropped_handover: 1 }, { dropped_handover: 1 }])
    expect([posted('shadow', 'next'), posted('baseline', 'live')]).toEqual([0, 0])
  })

  it('is one for each mirror', async () => {
    const [origin, next, other] = [await serveModel(), await serveModel(), await serveModel()]
    const plane = await serveMirrored({ primary: origin.port, shadow: next.port, mirror: both, backends: `other: { url: "http://127.0.0.1:${other.port}" }`, mirrors: '- { backend: other, percent: 100 }' })
    await converse(plane.port, GET)
    await Promise.all([settled(plane, 1), settled(plane, 1, BASELINE), settled(plane, 1, { backend: 'other' })])
    expect(plane.trials.map(({ mirror, baseline }) => [mirror, baseline !== undefined]).toSorted()).toEqual([['next', true], ['other', false]])
  })

  it('carries the request and its headers where the comparison wants them, and the answers\' headers', async () => {
    const plane = await start('percent: 100, compare: { headers: [x-model, X-None], slices: [{ name: tenant, header: X-Tenant }, { name: none, header: x-none }, { name: rooms, request: /rooms }] }',
      (_request, response) => void response.writeHead(200, { 'X-Model': 'v2', 'content-length': 2, 'inference-header-content-length': '2' }).end('{}'))
    await converse(plane.port, 'POST / HTTP/1.1\r\nhost: a\r\nX-TENANT: acme\r\nconnection: close\r\ncontent-length: 11\r\n\r\n{"rooms":3}')
    await settled(plane, 1)
    expect(plane.trials[0]).toMatchObject({ request: Buffer.from('{"rooms":3}'), headers: ['acme', ''] })
    expect(plane.trials[0]!.shadow!.fields).toEqual([['x-model', 'v2'], ['inference-header-content-length', '2']])
    expect(plane.trials[0]!.primary.fields).toEqual([])
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
  })

  it('does not carry the request where nobody wants it', async () => {
    const plane = await start('percent: 100')
    await converse(plane.port, 'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 11\r\n\r\n{"rooms":3}')
    await settled(plane, 1)
    expect(plane.trials[0]!.request).toBeUndefined()
  })

  it('says when the parts of a stream came, and that of nothing else', async () => {
    const events: Serve = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      response.write('data: 1\n\n')
      setImmediate(() => setTimeout(() => response.end('data: 2\n\n'), 20))
    }
    const plane = await start('percent: 100', events, events)
    await converse(plane.port, GET)
    await settled(plane, 1)
    const { primary, shadow } = plane.trials[0]!
    for (const { marks, firstByteMs, durationMs } of [primary, shadow!]) {
      expect(marks.filter((_, i) => i % 2 === 0)).toEqual([9, 18])
      expect(marks[1]).toBeGreaterThanOrEqual(firstByteMs)
      expect(marks[3]! - marks[1]!).toBeGreaterThan(10)
      expect(marks[3]).toBeLessThanOrEqual(durationMs)
    }
    const plain = await start('percent: 100')
    await converse(plain.port, GET)
    await settled(plain, 1)
    expect(plain.trials[0]!.primary.marks).toEqual([])
  })
})

describe('the two copies of a request', () => {
  const order = (requestId: string): string => {
    const [shadow, baseline] = [offlineMirror(), offlineMirror({ leg: 'baseline', backend: 'live' })]
    const asked: string[] = []
    for (const [name, { waiting }] of [['shadow', shadow], ['baseline', baseline]] as const) waiting.push = (...copies) => asked.push(...copies.map(() => name))
    Mirroring.begin([legsOf(shadow, baseline)], mirrored(requestHead(), requestId), 'live')!.send([], 0)
    return asked.join(' ')
  }

  it('are sent in an order that is drawn, half of the time one and half the other, and always the same for a request', () => {
    const orders = Array.from({ length: 2000 }, (_, i) => order(`request-${i}`))
    const first = orders.filter((one) => one === 'shadow baseline').length
    expect(orders.filter((one) => one === 'baseline shadow')).toHaveLength(2000 - first)
    expect(Math.abs(first - 1000)).toBeLessThan(3.29 * Math.sqrt(500)) // 99.9 % of a fair coin
    expect(Array.from({ length: 50 }, (_, i) => order(`request-${i}`))).toEqual(orders.slice(0, 50))
  })
})

describe('what each side is timed by', () => {
  const finish = (copy: ReturnType<OfflineMirror['connect']>): void => {
    copy.onResponse(undefined as never, responseHead())
    copy.onResponseBody(Buffer.from('ok'))
    copy.onResponseEnd()
  }

  it('leaves out how long it waited for a connection of our own', () => {
    const next = offlineMirror()
    const mirroring = Mirroring.begin([legsOf(next)], mirrored(), 'live')!
    mirroring.send([], 0)
    next.time = 100 // the primary's pool has a connection free only now
    mirroring.primaryAsked()
    next.time = 110
    mirroring.primaryHead(responseHead())
    mirroring.primaryBody(Buffer.from('ok'))
    mirroring.primaryEnded('answered', 'live')
    next.time = 300 // and the shadow's only now
    const copy = next.connect()
    next.time = 315
    finish(copy)
    const [pair] = next.pairs()
    expect([pair?.primary.firstByteMs, pair?.other.firstByteMs, pair?.other.durationMs]).toEqual([10, 15, 15])
  })

  it('begins anew when the primary is asked again', () => {
    const next = offlineMirror()
    const mirroring = Mirroring.begin([legsOf(next)], mirrored(), 'live')!
    mirroring.primaryAsked()
    mirroring.send([], 0)
    next.time = 50
    mirroring.primaryAsked()
    next.time = 57
    mirroring.primaryHead(responseHead())
    mirroring.primaryAsked() // too late to say anything
    next.time = 60
    mirroring.primaryEnded('answered', 'live')
    finish(next.connect())
    expect([next.pairs()[0]?.primary.firstByteMs, next.pairs()[0]?.primary.durationMs]).toEqual([7, 10])
  })
})

describe('a copy that is edited', () => {
  const rewritten = async (mirror: string, raw: string, next?: string): Promise<{ outcomes: Record<string, number>, copy: { lines: readonly string[], body: string } | undefined, primary: string, baseline: string }> => {
    const [origin, shadow] = [await serveModel(), await serveModel()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: `${both}, ${mirror}`, ...next !== undefined && { next } })
    await converse(plane.port, raw)
    const outcomes = await settled(plane, 1)
    expect(await settled(plane, 1, BASELINE)).toEqual({ pair: 1 })
    return { outcomes, copy: shadow.seen[0], primary: origin.seen[0]!.body, baseline: origin.seen[1]!.body }
  }
  const post = (body: string, lines = ''): string => `POST / HTTP/1.1\r\nhost: a\r\n${lines}connection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${Buffer.from(body).toString('latin1')}`

  it('says another model to the shadow alone, and is otherwise the same octet by octet', async () => {
    const body = '{ "model" : "stable",\n "id": 12345678901234567890, "x": 1.0, "text": "Zoë" }'
    const { outcomes, copy, primary, baseline } = await rewritten('body: { set: { /model: next, /options/seed: 7 } }', post(body.replace('"x"', '"options": {}, "x"'), 'content-digest: sha-256=:abc:\r\n'))
    expect(outcomes).toEqual({ pair: 1 })
    expect(Buffer.from(copy!.body, 'latin1').toString()).toBe('{ "model" : "next",\n "id": 12345678901234567890, "options": {"seed":7}, "x": 1.0, "text": "Zoë" }')
    expect(copy!.lines.filter((line) => line.startsWith('content-'))).toEqual([`content-length: ${copy!.body.length}`])
    expect([primary, baseline].map((text) => Buffer.from(text, 'latin1').toString())).toEqual([body.replace('"x"', '"options": {}, "x"'), body.replace('"x"', '"options": {}, "x"')])
  })

  it.each([['no JSON', 'model=stable'], ['JSON without a place for it', '[1]'], ['no UTF-8', '{"a":"\\xff"}'.replace('\\xff', '\u{ff}')]])('is dropped when the body is %s', async (name, body) => {
    const raw = name === 'no UTF-8' ? post('').replace('content-length: 0\r\n\r\n', `content-length: ${body.length}\r\n\r\n${body}`) : post(body)
    const { outcomes, copy } = await rewritten('body: { set: { /model: next } }', raw)
    expect([outcomes, copy]).toEqual([{ dropped_rewrite: 1 }, undefined])
  })

  it('has other headers where the mirror says so, on top of the backend\'s', async () => {
    const { copy } = await rewritten('headers: { set: { X-Model: next, x-both: mirror }, remove: [X-Trace] }',
      post('{}', 'x-trace: 1\r\nX-Model: stable\r\nx-keep: yes\r\nx-gone: 1\r\n'), 'headers: { set: { x-both: backend, x-own: backend }, remove: [x-gone] }')
    expect(copy!.lines.filter((line) => /^x-(?!request|wind)/i.test(line)).toSorted()).toEqual(['X-Model: next', 'x-both: mirror', 'x-forwarded-for: 127.0.0.1', 'x-forwarded-host: a', 'x-forwarded-proto: http', 'x-keep: yes', 'x-own: backend'])
  })

  it('costs nothing when the shadow cannot be reached', async () => {
    const origin = await serveModel()
    const plane = await serveMirrored({ primary: origin.port, shadow: NOBODY, mirror: 'percent: 100, body: { set: { /model: next } }' })
    await converse(plane.port, post('{"model":"stable"}'))
    expect(await settled(plane, 1)).toEqual({ shadow_error: 1 })
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
  })
})
