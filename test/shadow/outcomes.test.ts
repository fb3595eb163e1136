import { describe, expect, it } from 'vitest'
import { HANDOVER_MEMORY_BYTES } from '../../src/core/handover.ts'
import { connectTo } from '../http/support/raw-client.ts'
import { onRequests, serveRaw } from '../http/support/raw-server.ts'
import { eventually } from '../http/support/signal.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { NOBODY } from './support/bad-shadows.ts'
import { accountOf, chunked, converse, deadlinesOf, heldBy, mirrorOf, serveMirrored, settled, type Setup } from './support/mirrored.ts'
import { json, type Serve, serveModel } from './support/origin.ts'

const CLOSE = 'connection: close\r\n'
const GET = `GET / HTTP/1.1\r\nhost: a\r\n${CLOSE}\r\n`
const post = (body: string): string => `POST / HTTP/1.1\r\nhost: a\r\n${CLOSE}content-length: ${body.length}\r\n\r\n${body}`
const postChunked = (body: string): string => `POST / HTTP/1.1\r\nhost: a\r\n${CLOSE}transfer-encoding: chunked\r\n\r\n${chunked(body)}`
const KILO = 'k'.repeat(1024)

const small: Serve = (_request, response) => json(response, { ok: true })
const text = (body: string): Serve => (_request, response) => void response.writeHead(200, { 'content-length': body.length }).end(body)
const streamed = (body: string): Serve => (_request, response) => {
  response.write(body.slice(0, 1))
  response.end(body.slice(1))
}
const failing: Serve = (_request, response) => json(response, { error: 'no' }, 500)
const hung: Serve = () => undefined
const gone: Serve = (_request, response) => void response.destroy()

interface Case {
  readonly name: string
  readonly primary?: Serve
  readonly shadow?: Serve
  readonly mirror?: string
  readonly setup?: Partial<Setup>
  readonly raw?: string
  readonly outcome: string
}

// one request, one mirror, one outcome
const CASES: readonly Case[] = [
  { name: 'two answers', outcome: 'pair' },
  { name: 'two answers of 404', primary: (_request, response) => json(response, {}, 404), shadow: (_request, response) => json(response, {}, 404), outcome: 'pair' },
  { name: 'bodies just as large as is taken', mirror: 'maxBody: 1KiB', primary: text(KILO), shadow: streamed(KILO), raw: post(KILO), outcome: 'pair' },
  { name: 'bodies that just fit into what all may hold', mirror: 'maxBytes: 3KiB', primary: text(KILO), shadow: streamed(KILO), raw: post(KILO), outcome: 'pair' },
  { name: 'a shadow of which nothing is known', setup: { shadow: NOBODY }, outcome: 'shadow_error' },
  { name: 'a shadow that fails', shadow: failing, outcome: 'shadow_error' },
  { name: 'a shadow that leaves', shadow: gone, outcome: 'shadow_error' },
  { name: 'a shadow that takes too long', shadow: hung, mirror: 'timeout: 30ms', outcome: 'shadow_timeout' },
  { name: 'a shadow that takes too long over its body', shadow: (_request, response) => void response.write('x'), mirror: 'timeout: 30ms', outcome: 'shadow_timeout' },
  { name: 'a primary that fails', primary: failing, outcome: 'primary_error' },
  { name: 'a primary that leaves', primary: gone, outcome: 'primary_error' },
  { name: 'a primary that is not there', setup: { primary: NOBODY }, outcome: 'primary_error' },
  { name: 'a primary that fails like its shadow', primary: failing, shadow: failing, outcome: 'primary_error' },
  { name: 'a request larger than is taken', mirror: 'maxBody: 1KiB', raw: post(`${KILO}.`), outcome: 'dropped_oversize' },
  { name: 'a request in chunks larger than is taken', mirror: 'maxBody: 1KiB', raw: postChunked(`${KILO}.`), outcome: 'dropped_oversize' },
  { name: 'an answer larger than is taken', mirror: 'maxBody: 1KiB', primary: text(`${KILO}.`), outcome: 'dropped_oversize' },
  { name: 'an answer in chunks larger than is taken', mirror: 'maxBody: 1KiB', primary: streamed(`${KILO}.`), outcome: 'dropped_oversize' },
  { name: 'a shadow\'s answer larger than is taken', mirror: 'maxBody: 1KiB', shadow: text(`${KILO}.`), outcome: 'dropped_oversize' },
  { name: 'a shadow\'s answer in chunks larger than is taken', mirror: 'maxBody: 1KiB', shadow: streamed(`${KILO}.`), outcome: 'dropped_oversize' },
  { name: 'an answer too large from a shadow that hangs', mirror: 'maxBody: 1KiB', primary: streamed(`${KILO}.`), shadow: hung, outcome: 'dropped_oversize' },
  { name: 'a request larger than all may hold', mirror: 'maxBytes: 1KiB', raw: post(`${KILO}.`), outcome: 'dropped_bytes' },
  { name: 'a request in chunks larger than all may hold', mirror: 'maxBytes: 1KiB', raw: postChunked(`${KILO}.`), outcome: 'dropped_bytes' },
  { name: 'an answer larger than all may hold', mirror: 'maxBytes: 1KiB', primary: text(`${KILO}.`), outcome: 'dropped_bytes' },
  { name: 'a shadow\'s answer larger than all may hold', mirror: 'maxBytes: 1KiB', shadow: text(`${KILO}.`), outcome: 'dropped_bytes' },
  { name: 'a tunnel', raw: 'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n', primary: (_request, response) => json(response, {}, 426), outcome: 'dropped_upgrade' },
  {
    name: 'a fault', outcome: 'dropped_injected', setup: {
      chaos: 'chaos:\n  limits: { percent: 100, active: 10 }\n  experiments: [{ name: slow, route: all, percent: 100, duration: 1h, faults: [{ kind: delay, fixed: 1ms }] }]\n'
    }
  }
]

const NOT_DRAWN: readonly Pick<Case, 'name' | 'raw' | 'setup'>[] = [
  { name: 'is a copy itself', raw: `GET / HTTP/1.1\r\nhost: a\r\nx-windtunnel-mirror: elsewhere\r\n${CLOSE}\r\n` },
  { name: 'is a copy and would hide it', raw: 'GET / HTTP/1.1\r\nhost: a\r\nX-WindTunnel-Mirror: \r\nconnection: close, x-windtunnel-mirror\r\n\r\n' },
  { name: 'no route matches', raw: `GET /elsewhere HTTP/1.1\r\nhost: a\r\n${CLOSE}\r\n`, setup: { route: 'match: { path: { exact: / } }' } },
  {
    name: 'is answered by a fault', setup: {
      chaos: 'chaos:\n  limits: { percent: 100, active: 10 }\n  experiments: [{ name: down, route: all, percent: 100, duration: 1h, faults: [{ kind: abort, status: 503 }] }]\n'
    }
  }
]

async function serve({ primary = small, shadow = small, mirror, setup }: Pick<Case, 'primary' | 'shadow' | 'mirror' | 'setup'>): Promise<TestDataPlane> {
  const [origin, other] = [await serveModel(primary), await serveModel(shadow)]
  const plane = await serveMirrored({ primary: origin.port, shadow: other.port, mirror: `percent: 100${mirror === undefined ? '' : `, ${mirror}`}`, ...setup })
  if (setup?.chaos !== undefined) plane.startChaos()
  return plane
}

describe('a mirrored request', () => {
  it.each(CASES)('with $name ends as $outcome', async ({ raw = GET, outcome, ...config }) => {
    const plane = await serve(config)
    const answers = await converse(plane.port, raw)
    expect(answers.every(({ whole }) => whole)).toBe(true)
    expect(await settled(plane, 1)).toEqual({ [outcome]: 1 })
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
    // what is left are connections that lie idle
    const { options: { pool } } = mirrorOf(plane)
    await eventually(() => pool.counts.connections === pool.counts.idle && pool.counts.waiting === 0)
  })

  it.each(NOT_DRAWN)('is not drawn when it $name', async ({ raw = GET, setup = {} }) => {
    const plane = await serve({ setup })
    expect(await converse(plane.port, raw)).toHaveLength(1)
    expect(accountOf(plane).sampled).toBe(0)
  })

  it('beyond those allowed under way is dropped_in_flight', async () => {
    const plane = await serve({ shadow: hung, mirror: 'maxInFlight: 2, timeout: 60s' })
    for (let i = 0; i < 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await converse(plane.port, GET)
    }
    expect(accountOf(plane)).toEqual({ sampled: 5, ended: 3, outcomes: { dropped_in_flight: 3 } })
    expect(heldBy(plane).inFlight).toBe(2)
  })

  it('beside others that hold all that may be held is dropped_bytes, and takes nothing from them', async () => {
    const plane = await serve({ shadow: hung, mirror: 'maxBytes: 2500B, timeout: 60s' })
    for (let i = 0; i < 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await converse(plane.port, post(KILO))
    }
    expect(accountOf(plane)).toEqual({ sampled: 5, ended: 3, outcomes: { dropped_bytes: 3 } })
    expect(heldBy(plane)).toEqual({ inFlight: 2, bytes: 2 * (KILO.length + '{"ok":true}'.length) })
    // there is room for one that holds less
    await converse(plane.port, GET)
    expect(heldBy(plane).inFlight).toBe(3)
  })

  it.each(['maxInFlight: 1', 'maxBytes: 2100B'])('gives its place and its room to the next one (%s)', async (cap) => {
    const plane = await serve({ primary: text(KILO), mirror: cap })
    for (let i = 1; i <= 4; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await converse(plane.port, post(KILO))
      // oxlint-disable-next-line no-await-in-loop -- the same
      expect(await settled(plane, i)).toEqual({ pair: i })
    }
  })

  it('that is answered by the shadow holds the request no longer', async () => {
    const primary = await serveRaw(() => undefined)
    const shadow = await serveModel()
    const plane = await serveMirrored({ primary: primary.port, shadow: shadow.port })
    const client = await connectTo(plane.port)
    client.send(post(KILO))
    await eventually(() => heldBy(plane).bytes === '{"ok":true}'.length)
    expect(heldBy(plane).inFlight).toBe(1)
    client.reset()
    expect(await settled(plane, 1)).toEqual({ dropped_client_abort: 1 })
  })

  it('whose answer says that it is too large is given up before any of it comes', async () => {
    const [primary, shadow] = [await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n') })), await serveModel(hung)]
    const plane = await serveMirrored({ primary: primary.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 60s' })
    const client = await connectTo(plane.port)
    client.send(post(KILO))
    await client.sees('10737418240')
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
    client.reset()
    expect(await settled(plane, 1)).toEqual({ dropped_client_abort: 1 })
  })

  it.each([
    ['has no connection in time', 'timeout: 30ms', ''],
    ['has no connection in the backend\'s own time', 'timeout: 60s', ', timeouts: { connect: 30ms }']
  ])('whose copy %s is shadow_timeout, and waits for none', async (_name, mirror, backend) => {
    // takes connections, but never shakes hands
    const [origin, shadow] = [await serveModel(), await serveRaw(() => undefined)]
    const plane = await serveMirrored(`version: 1
backends:
  live: { url: "http://127.0.0.1:${origin.port}" }
  next: { url: "https://127.0.0.1:${shadow.port}"${backend} }
routes: [{ name: all, backend: live, mirrors: [{ backend: next, percent: 100, ${mirror} }] }]
`)
    await converse(plane.port, GET)
    expect(await settled(plane, 1)).toEqual({ shadow_timeout: 1 })
    expect(mirrorOf(plane).options.pool.counts.waiting).toBe(0)
  })

  it('whose copy is sent on a connection that was used before is shadow_timeout when nothing comes', async () => {
    const shadow = await serveRaw((connection) => onRequests(connection, (number) => {
      if (number === 0) connection.send('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
    }))
    const origin = await serveModel()
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 50ms' })
    await converse(plane.port, GET)
    await eventually(() => mirrorOf(plane).options.pool.counts.idle === 1)
    await converse(plane.port, GET)
    expect(await settled(plane, 2)).toEqual({ pair: 1, shadow_timeout: 1 })
    expect(shadow.connections).toHaveLength(1)
  })

  it('that a new connection is closed under is not sent again', async () => {
    const shadow = await serveRaw((connection) => onRequests(connection, () => void connection.socket.destroy()))
    const origin = await serveModel()
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port })
    await converse(plane.port, GET)
    expect(await settled(plane, 1)).toEqual({ shadow_error: 1 })
    expect(shadow.connections).toHaveLength(1)
  })

  it('whose client leaves while its answer is awaited is dropped_client_abort', async () => {
    const plane = await serve({ primary: hung })
    const client = await connectTo(plane.port)
    client.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    await eventually(() => accountOf(plane).sampled === 1)
    client.reset()
    expect(await settled(plane, 1)).toEqual({ dropped_client_abort: 1 })
  })

  it('whose client leaves in the middle of its body is dropped_client_abort, and nothing reaches the shadow', async () => {
    const [origin, shadow] = [await serveModel(), await serveModel()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port })
    const client = await connectTo(plane.port)
    client.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf')
    await origin.changed.until(() => origin.seen[0]?.body === 'half')
    expect(heldBy(plane)).toEqual({ inFlight: 1, bytes: 10 })
    client.reset()
    expect(await settled(plane, 1)).toEqual({ dropped_client_abort: 1 })
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
    expect(shadow.seen).toHaveLength(0)
  })

  it.each(['content-length: 10\r\n\r\nhalf', 'transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'])('that is answered before it is whole (%j) is dropped_early_answer', async (rest) => {
    const shadow = await serveModel()
    const primary = await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno') }))
    const plane = await serveMirrored({ primary: primary.port, shadow: shadow.port })
    const client = await connectTo(plane.port)
    client.send(`POST / HTTP/1.1\r\nhost: a\r\n${rest}`)
    expect(await client.sees('no')).toContain('HTTP/1.1 413 ')
    expect(await settled(plane, 1)).toEqual({ dropped_early_answer: 1 })
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
    expect(shadow.seen).toHaveLength(0)
  })

  it('that is answered while it is still coming is dropped_early_answer, though small', async () => {
    const shadow = await serveModel()
    const primary = await serveRaw((connection) => onRequests(connection, (number) => {
      if (number === 0) connection.send('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n')
    }))
    const plane = await serveMirrored({ primary: primary.port, shadow: shadow.port })
    const client = await connectTo(plane.port)
    client.send('POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 8\r\n\r\nhalf')
    await client.sees('first')
    client.send('half')
    await primary.connections[0]!.sees('halfhalf')
    primary.connections[0]!.send('4\r\nlast\r\n0\r\n\r\n')
    await client.sees('last')
    expect(await settled(plane, 1)).toEqual({ dropped_early_answer: 1 })
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
  })

  it.each([
    ['nobody takes pairs', (plane: TestDataPlane) => plane.handover.disconnect()],
    ['no room is left for pairs', (plane: TestDataPlane) => {
      const memory = new SharedArrayBuffer(HANDOVER_MEMORY_BYTES)
      Atomics.store(new Int32Array(memory), 0, 32 * 1024 * 1024 - 100)
      plane.handover.connect(() => undefined, memory)
    }],
    ['whoever takes pairs dies before it has done with them', (plane: TestDataPlane) => {
      plane.handover.connect(() => undefined, new SharedArrayBuffer(HANDOVER_MEMORY_BYTES))
    }]
  ])('is dropped_handover when %s', async (_name, make) => {
    const plane = await serve({})
    make(plane)
    await converse(plane.port, GET)
    await eventually(() => accountOf(plane).sampled === 1 && heldBy(plane).inFlight === 0)
    plane.handover.disconnect()
    expect(await settled(plane, 1)).toEqual({ dropped_handover: 1 })
  })

  it('ends by itself in each mirror, which takes bodies of its own size', async () => {
    const [origin, next, tiny] = [await serveModel(text(KILO)), await serveModel(text('x')), await serveModel(text('x'))]
    const plane = await serveMirrored({
      primary: origin.port, shadow: next.port, backends: `tiny: { url: "http://127.0.0.1:${tiny.port}" }`, mirrors: '- { backend: tiny, percent: 100, maxBody: 100B }'
    })
    await converse(plane.port, GET)
    await converse(plane.port, post(KILO))
    expect(await settled(plane, 2)).toEqual({ pair: 2 })
    expect(await settled(plane, 2, { backend: 'tiny' })).toEqual({ dropped_oversize: 2 })
    expect(plane.pairs.every(({ primary: { body } }) => body.toString() === KILO)).toBe(true)
    expect([tiny.seen.length, next.seen.length]).toEqual([1, 2])
  })

  it('that a kept-alive connection is closed under is sent again', async () => {
    // answers one request on each connection, and closes it when the next one comes
    const shadow = await serveRaw((connection) => onRequests(connection, (number) => {
      if (number === 0) connection.send('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
      else connection.socket.destroy()
    }))
    const origin = await serveModel()
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port })
    for (let i = 1; i <= 4; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await converse(plane.port, post('{"n":1}'))
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await eventually(() => accountOf(plane).ended === i && mirrorOf(plane).options.pool.counts.idle === 1)
    }
    expect(await settled(plane, 4)).toEqual({ pair: 4 })
    expect(shadow.connections).toHaveLength(4)
    expect(deadlinesOf(plane)).toBeLessThanOrEqual(4)
  })
})
