import { describe, expect, it } from 'vitest'
import { serveRaw } from '../http/support/raw-server.ts'
import { eventually } from '../http/support/signal.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { type Backend, ok, serveBackend } from './support/backend.ts'
import { readAnswers, statusOf, valuesOf } from './support/message.ts'
import { askOnce, type Client, exchange, get, leftOver, metric, open, pass, post, type Setup, startProxy, stopTime, upstreamOf } from './support/proxy.ts'

const REST = { inFlight: 0, held: 0, tunnels: 0, places: 0 }
const FOREVER = 'kind: delay, fixed: 10m'

interface Experiment {
  readonly faults: readonly string[]
  readonly where?: string
  readonly percent?: number
  readonly name?: string
}
const chaosOf = (experiments: readonly Experiment[], limits = 'percent: 100, active: 1000'): string =>
  `limits: { ${limits} }, experiments: [${experiments.map(({ faults, where = '', percent = 100, name = 'one' }) =>
    `{ name: ${name}, route: all, where: { ${where} }, percent: ${percent}, duration: 1h, faults: [${faults.map((fault) => `{ ${fault} }`).join(', ')}] }`).join(', ')}]`

/** A proxy with experiments that run, in front of a backend that answers at once. */
async function startChaos(experiments: readonly Experiment[], { limits, ...setup }: Partial<Setup> & { limits?: string } = {}): Promise<{ proxy: TestDataPlane, backend: Backend }> {
  const backend = await serveBackend()
  const proxy = await startProxy({ backends: { a: backend.port }, ...setup, chaos: chaosOf(experiments, limits) })
  proxy.startChaos()
  return { proxy, backend }
}

describe('a delay', () => {
  it('holds a request back, and then it is forwarded as it came', async () => {
    const { proxy, backend } = await startChaos([{ faults: ['kind: delay, fixed: 60ms'] }])
    const answer = await askOnce(proxy, post('the body', 'X: 1\r\n'))
    expect([statusOf(answer), backend.requests[0]!.body, valuesOf(backend.requests[0]!.fields, 'x')]).toEqual([200, 'the body', ['1']])
    const { durationMs, injected, ending, attempts } = await exchange(proxy)
    expect([durationMs > 50, injected, ending, attempts]).toEqual([true, [{ experiment: 'one', fault: 'delay' }], 'answered', 1])
  })

  it('asks no backend, and takes no connection, before it is over', async () => {
    const { proxy, backend } = await startChaos([{ faults: [FOREVER] }])
    const client = (await open(proxy)).send(post('body'))
    await eventually(() => proxy.data.held.size === 1)
    expect([backend.connections.length, proxy.switchboard.active]).toEqual([0, 1])
    proxy.data.held.release()
    expect(statusOf(await client.next())).toBe(200)
    expect(leftOver(proxy)).toEqual(REST)
  })

  it('keeps the requests behind it on a connection waiting, and none is lost', async () => {
    const { proxy, backend } = await startChaos([{ faults: [FOREVER], where: 'headers: { x-slow: "1" }' }])
    const client = (await open(proxy)).send(get('/1', 'X-Slow: 1\r\n') + get('/2') + get('/3'))
    await eventually(() => proxy.data.held.size === 1)
    proxy.data.held.release()
    await client.raw.sees('200 OK', 3)
    expect(backend.requests.map(({ target }) => target)).toEqual(['/1', '/2', '/3'])
    expect(proxy.exchanges.map(({ injected }) => injected.length)).toEqual([1, 0, 0])
  })

  it('of an upload holds it back too, whatever its size, and loses no octet', async () => {
    const { proxy, backend } = await startChaos([{ faults: [FOREVER] }])
    const body = Array.from({ length: 500_000 }, (_, i) => i % 10).join('')
    const client = (await open(proxy)).send(post(body))
    await eventually(() => proxy.data.held.size === 1)
    // no more than is kept is read meanwhile, and what sockets hold
    await eventually(() => client.raw.socket.bytesWritten > 100_000)
    proxy.data.held.release()
    expect(statusOf(await client.next())).toBe(200)
    expect(backend.requests[0]!.body === body).toBe(true)
  })

  it('of an upload that comes while it lasts loses no octet either', async () => {
    const { proxy, backend } = await startChaos([{ faults: [FOREVER] }])
    const client = (await open(proxy)).send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n')
    await eventually(() => proxy.data.held.size === 1)
    await client.raw.sendApart(['4\r\n mor\r\n', '1\r\ne\r\n', '0\r\nX: 1\r\n\r\n'])
    proxy.data.held.release()
    expect(statusOf(await client.next())).toBe(200)
    expect([backend.requests[0]!.body, backend.requests[0]!.trailers]).toEqual(['some more', [['X', '1']]])
  })

  it('of a client that waits to be told to go on does not time out, however long', async () => {
    const time = stopTime()
    const { proxy, backend } = await startChaos([{ faults: [FOREVER] }])
    const client = (await open(proxy)).send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n')
    await eventually(() => proxy.data.held.size === 1)
    await pass(proxy, time, 300_000)
    proxy.data.held.release()
    await eventually(() => backend.connections.length === 1)
    client.send('body')
    expect(statusOf(await client.next())).toBe(200)
  })
})

describe('clients that leave during a delay', () => {
  it.each<[string, string, 'reset' | 'end']>([
    ['a GET', get(), 'reset'],
    ['a GET', get(), 'end'],
    ['a whole POST', post('body'), 'reset'],
    ['an upload that is not over', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nbegun', 'reset'],
    ['an upload that is not over', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n', 'end']
  ])('free everything: 500 of them with %s %j (%s)', async (_name, request, how) => {
    const { proxy, backend } = await startChaos([{ faults: [FOREVER] }])
    for (let round = 0; round < 5; round++) {
      // oxlint-disable-next-line no-await-in-loop -- a hundred at a time
      const clients = await Promise.all(Array.from({ length: 100 }, async () => (await open(proxy)).send(request)))
      // oxlint-disable-next-line no-await-in-loop -- a hundred at a time
      await eventually(() => proxy.switchboard.active === 100)
      expect(proxy.data.held.size).toBe(100)
      for (const { raw } of clients) raw[how]()
      // oxlint-disable-next-line no-await-in-loop -- a hundred at a time
      await eventually(() => proxy.data.inFlight === 0)
      expect(leftOver(proxy)).toEqual(REST)
    }
    expect([proxy.exchanges.length, proxy.exchanges.every(({ ending, injected }) => ending === 'client_gone' && injected.length === 1)]).toEqual([500, true])
    expect([backend.connections.length, upstreamOf(proxy).pool.counts.waiting]).toEqual([0, 0])
  })
})

describe('an abort', () => {
  const ABORT = 'kind: abort, status: 503, headers: { Retry-After: "1", x-Two: a, Content-Type: application/json }, body: "{\\"error\\":\\"caf\u00e9\\"}"'

  it('is answered exactly as configured, with nothing that tells it from a real one', async () => {
    const { proxy, backend } = await startChaos([{ faults: [ABORT] }])
    const client = (await open(proxy)).send(get())
    await client.next()
    expect(client.raw.text).toBe('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nx-Two: a\r\nContent-Type: application/json\r\ncontent-length: 17\r\n' +
      'date: Thu, 01 Jan 1970 00:00:00 GMT\r\nx-request-id: test-0\r\n\r\n{"error":"caf\xc3\xa9"}')
    expect(await exchange(proxy)).toMatchObject({ ending: 'local', code: 'injected', status: 503, backend: 'a', arm: 'a', attempts: 0, responseBytes: 17, injected: [{ experiment: 'one', fault: 'abort' }] })
    expect(backend.connections).toHaveLength(0)
  })

  it.each([[204, ''], [304, ''], [205, 'content-length: 0\r\n'], [200, 'content-length: 0\r\n'], [599, 'content-length: 0\r\n']])('with status %i and no body is framed as that status is', async (status, length) => {
    const { proxy } = await startChaos([{ faults: [`kind: abort, status: ${status}`] }])
    const client = (await open(proxy)).send(get() + get())
    await client.next()
    await client.next()
    const [answer] = client.raw.text.split('\r\n\r\n')
    expect(`${answer}\r\n`).toBe(`HTTP/1.1 ${status} ${({ 204: 'No Content', 304: 'Not Modified', 205: 'Reset Content', 200: 'OK' } as Record<number, string>)[status] ?? ''}\r\n${length}date: Thu, 01 Jan 1970 00:00:00 GMT\r\nx-request-id: test-0\r\n`)
    expect(proxy.switchboard.active).toBe(0)
  })

  it('may set Date and the request id, which are then sent once', async () => {
    const { proxy } = await startChaos([{ faults: ['kind: abort, status: 500, headers: { Date: then, X-Request-Id: theirs }'] }])
    const answer = await askOnce(proxy, get())
    expect([valuesOf(answer.fields, 'date'), valuesOf(answer.fields, 'x-request-id')]).toEqual([['then'], ['theirs']])
  })

  it('of HEAD has no body, and the connection is kept', async () => {
    const { proxy } = await startChaos([{ faults: [ABORT] }])
    const client = await open(proxy)
    const answer = await client.ask('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect([statusOf(answer), answer.body, valuesOf(answer.fields, 'content-length')]).toEqual([503, '', ['17']])
    expect(statusOf(await client.ask(get()))).toBe(503)
  })

  it.each([
    ['Content-Length: 1000\r\n', 'begun'],
    ['Transfer-Encoding: chunked\r\n', '5\r\nbegun\r\n'],
    ['Expect: 100-continue\r\nContent-Length: 1000\r\n', '']
  ])('of an upload that is not over (%j) ends the connection, as the rest is not read', async (lines, body) => {
    const { proxy } = await startChaos([{ faults: [ABORT] }])
    const client = (await open(proxy)).send(`POST / HTTP/1.1\r\nHost: a\r\n${lines}\r\n${body}`)
    const answer = await client.next()
    expect([statusOf(answer), valuesOf(answer.fields, 'connection')]).toEqual([503, ['close']])
    await client.raw.closed
  })

  it('after a delay comes after the delay', async () => {
    const { proxy, backend } = await startChaos([{ faults: ['kind: abort, status: 500', 'kind: delay, fixed: 60ms'] }])
    expect(statusOf(await askOnce(proxy, get()))).toBe(500)
    const { durationMs, injected } = await exchange(proxy)
    expect([durationMs > 50, injected.map(({ fault }) => fault), backend.connections.length]).toEqual([true, ['delay', 'abort'], 0])
  })

  it('pipelined a thousand times is answered a thousand times', async () => {
    const { proxy } = await startChaos([{ faults: [ABORT] }])
    const client = (await open(proxy)).send(get().repeat(1000))
    await client.raw.sees('HTTP/1.1 503', 1000)
    expect([readAnswers(client.raw.text).length, proxy.exchanges.length, leftOver(proxy)]).toEqual([1000, 1000, REST])
  })
})

describe('an experiment', () => {
  const ABORT = 'kind: abort, status: 599'

  it('flags what it touched, and nothing else', async () => {
    const { proxy } = await startChaos([{ faults: [ABORT], percent: 30 }])
    const client = await open(proxy)
    const statuses: number[] = []
    for (let i = 0; i < 200; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      statuses.push(statusOf(await client.ask(get())))
    }
    expect(proxy.exchanges.map(({ injected }) => injected.length === 1)).toEqual(statuses.map((status) => status === 599))
    const hit = statuses.filter((status) => status === 599).length
    // ids are made by counting, so this is the same every time: within the 99.9 % binomial bound of 60
    expect(Math.abs(hit - 60)).toBeLessThan(3.29 * Math.sqrt(200 * 0.3 * 0.7))
    expect(metric(proxy, 'chaos_injected_total', { experiment: 'one', fault: 'abort' })).toBe(hit)
  })

  it.each([
    ['headers: { x-tenant: acme }', get('/', 'X-Tenant: acme\r\n'), get('/', 'X-Tenant: other\r\n')],
    ['body: { /tier: free }', post('{"tier":"free"}'), post('{"tier":"paid"}')],
    ['body: { /tier: free }', post('{"tier":"free"}'), post('not json')],
    ['headers: { x-a: "1" }, body: { /tier: free }', post('{"tier":"free"}', 'X-A: 1\r\n'), post('{"tier":"free"}')]
  ])('touches only what is in its scope: %s', async (where, inside, outside) => {
    const { proxy, backend } = await startChaos([{ faults: [ABORT], where }])
    expect([statusOf(await askOnce(proxy, inside)), backend.requests.length]).toEqual([599, 0])
    expect([statusOf(await askOnce(proxy, outside)), backend.requests.length]).toEqual([200, 1])
  })

  it('on a backend touches what is assigned to it', async () => {
    const [a, b] = [await serveBackend(() => ok('a')), await serveBackend(() => ok('b'))]
    const { proxy } = await startChaos([{ faults: [ABORT], where: 'backend: b' }], {
      backends: { a: a.port, b: b.port }, route: 'split: [{ backend: a, weight: 1 }, { backend: b, weight: 1 }]'
    })
    const client = await open(proxy)
    for (let i = 0; i < 40; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await client.ask(get())
    }
    expect(proxy.exchanges.map(({ arm, status }) => [arm, status])).toEqual(proxy.exchanges.map(({ arm }) => [arm, arm === 'b' ? 599 : 200]))
    expect([b.requests.length, new Set(proxy.exchanges.map(({ arm }) => arm)).size]).toEqual([0, 2])
  })

  it.each([['with a length', (body: string) => post(body)], ['in chunks', (body: string) => `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\nX: 1\r\n\r\n`]])(
    'that looks into bodies leaves one that is too large for that alone (%s)', async (_name, request) => {
      const { proxy, backend } = await startChaos([{ faults: [ABORT], where: 'body: { /tier: free }' }], { route: 'maxBuffer: 1KiB' })
      const client = await open(proxy)
      for (const size of [1500, 200_000]) {
        const body = `{"tier":"free","x":"${'x'.repeat(size)}"}`
        // oxlint-disable-next-line no-await-in-loop -- two sizes, one after another
        expect(statusOf(await client.ask(request(body)))).toBe(200)
        expect(backend.requests.at(-1)!.body === body).toBe(true)
      }
      expect(statusOf(await client.ask(request('{"tier":"free"}')))).toBe(599)
    })

  it('that looks into bodies forwards one that turns out too large before it is whole', async () => {
    const backend = await serveRaw(() => undefined)
    const { proxy } = await startChaos([{ faults: [ABORT], where: 'body: { /tier: free }' }], { backends: { a: backend.port }, route: 'maxBuffer: 1KiB' })
    const client = (await open(proxy)).send(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n${'x'.repeat(1025)}\r\n`)
    await backend.connected(1)
    await backend.connections[0]!.sees('x'.repeat(1025))
    client.send('3\r\nend\r\n0\r\n\r\n')
    await backend.connections[0]!.sees('end\r\n0\r\n\r\n')
    backend.connections[0]!.send(ok())
    expect(statusOf(await client.next())).toBe(200)
  })

  it('still strikes beside one that looks into a body which is too large for that', async () => {
    const { proxy } = await startChaos([
      { name: 'looks', faults: [ABORT], percent: 50, where: 'body: { /tier: free }' }, { name: 'other', faults: ['kind: abort, status: 598'], percent: 50 }
    ], { route: 'maxBuffer: 1KiB' })
    const client = await open(proxy)
    const statuses = new Set<number>()
    for (let i = 0; i < 40; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      statuses.add(statusOf(await client.ask(post(`{"tier":"free","x":"${'x'.repeat(2000)}"}`))))
    }
    expect([...statuses].toSorted()).toEqual([200, 598])
  })

  it('ends by itself', async () => {
    const time = stopTime()
    const { proxy } = await startChaos([{ faults: [ABORT] }])
    await pass(proxy, time, 3_599_000)
    expect(statusOf(await askOnce(proxy, get()))).toBe(599)
    await pass(proxy, time, 2000)
    expect(statusOf(await askOnce(proxy, get()))).toBe(200)
  })

  it('that is stopped touches nothing more', async () => {
    const { proxy } = await startChaos([{ faults: [ABORT] }])
    expect(statusOf(await askOnce(proxy, get()))).toBe(599)
    proxy.switchboard.stop(0)
    expect(statusOf(await askOnce(proxy, get()))).toBe(200)
  })
})

describe('a stop', () => {
  it('lets go at once whom an experiment holds, and no one else', async () => {
    const { proxy } = await startChaos([
      { name: 'one', faults: [FOREVER], percent: 50, where: 'headers: { x: "1" }' }, { name: 'two', faults: [FOREVER], percent: 50, where: 'headers: { x: "2" }' }
    ])
    const asked = async (x: number): Promise<readonly Client[]> => Promise.all(Array.from({ length: 40 }, async () => (await open(proxy)).send(get('/', `X: ${x}\r\n`))))
    const [ones, twos] = [await asked(1), await asked(2)]
    await eventually(() => proxy.data.held.size + proxy.exchanges.length === 80)
    const held = proxy.data.held.size
    proxy.data.held.release('one')
    expect((await Promise.all(ones.map((client) => client.next()))).map(statusOf)).toEqual(ones.map(() => 200))
    const left = proxy.data.held.size
    expect([left > 0, left < held, proxy.switchboard.active]).toEqual([true, true, left])
    proxy.data.held.release()
    expect((await Promise.all(twos.map((client) => client.next()))).map(statusOf)).toEqual(twos.map(() => 200))
    expect(leftOver(proxy)).toEqual(REST)
  })

  it('spares those it lets go the faults that were still to come', async () => {
    const { proxy, backend } = await startChaos([{ faults: [FOREVER, FOREVER, 'kind: abort, status: 599'] }])
    const client = (await open(proxy)).send(get())
    await eventually(() => proxy.data.held.size === 1)
    proxy.data.held.release()
    expect([statusOf(await client.next()), backend.requests.length]).toEqual([200, 1])
    expect((await exchange(proxy)).injected.map(({ fault }) => fault)).toEqual(['delay'])
  })
})

describe('the limits of all experiments', () => {
  it('on requests under a fault at once are kept, and those beyond pass untouched', async () => {
    const { proxy } = await startChaos([{ faults: [FOREVER] }], { limits: 'percent: 100, active: 3' })
    const held = await Promise.all(Array.from({ length: 3 }, async () => (await open(proxy)).send(get())))
    await eventually(() => proxy.data.held.size === 3)
    const client = await open(proxy)
    for (let i = 0; i < 20; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      expect(statusOf(await client.ask(get()))).toBe(200)
    }
    expect([proxy.switchboard.active, metric(proxy, 'chaos_skipped_total', { reason: 'active_limit' })]).toEqual([3, 20])
    expect(proxy.exchanges.every(({ injected }) => injected.length === 0)).toBe(true)
    held[0]!.raw.reset()
    await eventually(() => proxy.switchboard.active === 2)
    client.send(get())
    await eventually(() => proxy.data.held.size === 3)
  })

  it('are held by a request until it has been answered', async () => {
    const { proxy, backend } = await startChaos([{ faults: ['kind: delay, fixed: 1ms'] }], { backends: { a: (await serveBackend(() => undefined)).port } })
    const client = (await open(proxy)).send(get())
    await eventually(() => upstreamOf(proxy).pool.counts.connections === 1)
    expect([proxy.switchboard.active, proxy.data.held.size, backend.requests.length]).toEqual([1, 0, 0])
    client.raw.reset()
    await eventually(() => proxy.switchboard.active === 0)
  })
})
