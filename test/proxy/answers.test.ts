import { describe, expect, it } from 'vitest'
import type { TestDataPlane } from '../support/data-plane.ts'
import { eventually } from '../http/support/signal.ts'
import { deadPort, ok, serveBackend } from './support/backend.ts'
import { healthOf } from './support/health.ts'
import { type Message, statusOf, valuesOf, without } from './support/message.ts'
import { askOnce, exchange, get, open, pass, post, startProxy, stopTime, upstreamOf } from './support/proxy.ts'

/** A reason for us to answer: how it comes about, and the lines and body of a request that meets it. */
interface Reason {
  readonly name: string
  readonly status: number
  readonly code: string
  readonly start: () => Promise<TestDataPlane>
  readonly method?: string
  readonly target?: string
  readonly lines?: string
  readonly body?: string
  /** What happens once the request has been sent. */
  readonly then?: (proxy: TestDataPlane) => Promise<void>
  /** Whether the connection must end, as what is left of the request would be read as the next one. */
  readonly closes?: boolean
}

const anything = async (route = ''): Promise<TestDataPlane> => startProxy({ backends: { a: (await serveBackend()).port }, route })
const breaking = async (raw: string): Promise<TestDataPlane> => startProxy({ backends: { a: (await serveBackend(({ connection }) => void connection.send(raw).end())).port } })
const BUFFERED = 'unit: { body: /u }, maxBuffer: 1KiB'

const REASONS: readonly Reason[] = [
  { name: 'no route', status: 404, code: 'no_route', start: () => anything('match: { path: { exact: /only } }') },
  { name: 'a body with a length that is larger than a rule reads', status: 413, code: 'body_too_large', start: () => anything(BUFFERED), lines: 'Content-Length: 1025\r\n', closes: true },
  { name: 'a body in chunks that turns out larger', status: 413, code: 'body_too_large', start: () => anything(BUFFERED), lines: 'Transfer-Encoding: chunked\r\n', body: `401\r\n${'x'.repeat(1025)}\r\n`, closes: true },
  { name: 'a body in chunks that is larger and all here', status: 413, code: 'body_too_large', start: () => anything(BUFFERED), lines: 'Transfer-Encoding: chunked\r\n', body: `401\r\n${'x'.repeat(1025)}\r\n0\r\n\r\n` },
  { name: 'an unknown expectation', status: 417, code: 'unknown_expectation', start: () => anything(), lines: 'Expect: much\r\n' },
  { name: 'TRACE', status: 405, code: 'method_not_allowed', start: () => anything(), method: 'TRACE' },
  { name: 'CONNECT', status: 405, code: 'method_not_allowed', start: () => anything(), method: 'CONNECT', target: 'a.example:443' },
  { name: 'a loop', status: 508, code: 'loop_detected', start: () => anything(), lines: 'Via: 1.1 windtunnel-test\r\n' },
  { name: 'a backend that is not there', status: 502, code: 'connect_refused', start: async () => startProxy({ backends: { a: await deadPort() } }) },
  { name: 'a backend that breaks off', status: 502, code: 'closed', start: () => breaking('HTTP/1.1 200') },
  { name: 'a backend that speaks nonsense', status: 502, code: 'bad_response', start: () => breaking('nonsense\r\n\r\n') },
  { name: 'a backend that fails its checks', status: 503, code: 'backend_unhealthy', start: async () => {
    const proxy = await anything()
    healthOf(proxy).healthy = false
    return proxy
  } },
  { name: 'a backend that is left alone', status: 503, code: 'backend_ejected', start: async () => {
    const proxy = await startProxy({ backends: { a: [await deadPort(), 'eject: { failures: 1, base: 1h, max: 1h }'] } })
    await askOnce(proxy, get())
    return proxy
  } },
  { name: 'no place in the queue', status: 503, code: 'pool_full', start: async () => {
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: [backend.port, 'maxConnections: 1, maxWaiting: 0'] } })
    void (await open(proxy)).send(get())
    await backend.received()
    return proxy
  } }
]

/** The last answer of this proxy to the request, and whether another may be sent on the connection. */
async function meet(reason: Reason, method: string): Promise<{ answer: Message, again: boolean, proxy: TestDataPlane }> {
  const { start, target = '/', lines = '', body = '' } = reason
  const proxy = await start()
  const client = await open(proxy)
  const answer = await client.ask(`${method} ${target} HTTP/1.1\r\nHost: a.example\r\nX-Request-Id: mine-1\r\n${lines}\r\n${body}`)
  if (reason.closes === true) {
    await client.raw.closed
    return { answer, again: false, proxy }
  }
  return { answer, again: statusOf(await client.ask(get())) > 0, proxy }
}

describe('an answer of our own', () => {
  it.each(REASONS)('to $name says what and why, in a header and in JSON', async (reason) => {
    const { answer, again, proxy } = await meet(reason, reason.method ?? 'POST')
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error'), valuesOf(answer.fields, 'content-type')]).toEqual([reason.status, [reason.code], ['application/json']])
    const { error } = JSON.parse(answer.body) as { error: { code: string, message: string } }
    expect([error.code, error.message.length > 10]).toEqual([reason.code, true])
    expect([valuesOf(answer.fields, 'x-request-id'), valuesOf(answer.fields, 'date')]).toEqual([['mine-1'], ['Thu, 01 Jan 1970 00:00:00 GMT']])
    expect([valuesOf(answer.fields, 'connection'), again]).toEqual(reason.closes === true ? [['close'], false] : [[], true])
    expect(proxy.exchanges.find(({ requestId }) => requestId === 'mine-1')).toMatchObject({ ending: 'local', code: reason.code, status: reason.status, responseBytes: answer.body.length })
  })

  it.each(REASONS.filter(({ method }) => method === undefined))('to $name has no body for HEAD, and says how long it would be', async (reason) => {
    const { answer } = await meet(reason, 'HEAD')
    const { answer: whole } = await meet(reason, 'POST')
    expect([answer.start, answer.body, answer.fields]).toEqual([whole.start, '', whole.fields])
    expect(Number(valuesOf(answer.fields, 'content-length')[0])).toBe(whole.body.length)
  })

  it.each(REASONS.filter(({ closes, lines }) => closes !== true && lines?.startsWith('Transfer') !== true && lines?.startsWith('Expect') !== true))('to $name keeps an HTTP/1.0 connection only if asked', async ({ start, method = 'GET', target = '/', lines = '' }) => {
    const proxy = await start()
    const client = await open(proxy)
    const kept = await client.ask(`${method} ${target} HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n${lines}\r\n`)
    const last = await client.ask(`${method} ${target} HTTP/1.0\r\nHost: a.example\r\n${lines}\r\n`)
    expect([kept, last].map(({ fields }) => valuesOf(fields, 'connection'))).toEqual([['keep-alive'], ['close']])
    await client.raw.closed
  })

  it('comes in time with those for other requests on the connection', async () => {
    const backend = await serveBackend()
    const client = await open(await startProxy({ backends: { a: backend.port }, route: 'match: { path: { prefix: /a } }' }))
    client.send(get('/a') + get('/b') + get('/a') + get('/b'))
    const statuses: number[] = []
    for (let i = 0; i < 4; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      statuses.push(statusOf(await client.next()))
    }
    expect(statuses).toEqual([200, 404, 200, 404])
  })

  it('to a backend that is too slow is 504', async () => {
    const time = stopTime()
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = (await open(proxy)).send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')
    await backend.received()
    await pass(proxy, time, 31_000)
    const answer = await client.next('HEAD')
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error'), valuesOf(answer.fields, 'connection')]).toEqual([504, ['first_byte_timeout'], []])
    expect(statusOf(await client.ask('OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n'))).toBe(200)
  })

  it('to a request for a backend that has been taken out of the config meanwhile is 503', async () => {
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: [backend.port, 'maxConnections: 1'] } })
    void (await open(proxy)).send(get())
    await backend.received()
    const client = (await open(proxy)).send(get())
    await eventually(() => upstreamOf(proxy).pool.counts.waiting === 1)
    upstreamOf(proxy).pool.close()
    const answer = await client.next()
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error')]).toEqual([503, ['pool_closed']])
  })
})

describe('the request id', () => {
  it.each(['a', 'A-b_c.d:1/2', '~'.repeat(128)])('%s is taken from the client, sent on and returned', async (id) => {
    const backend = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port } })
    const answer = await askOnce(proxy, get('/', `X-Request-ID: ${id}\r\n`))
    expect([valuesOf(backend.requests[0]!.fields, 'x-request-id'), valuesOf(answer.fields, 'x-request-id'), (await exchange(proxy)).requestId]).toEqual([[id], [id], id])
  })

  it.each(['', '~'.repeat(129), 'a b', 'caf\xe9', 'a\r\nX-Request-Id: b'])('is made where the client\'s is %j', async (id) => {
    const backend = await serveBackend()
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), get('/', `X-Request-ID: ${id}\r\n`))
    expect([valuesOf(backend.requests[0]!.fields, 'x-request-id'), valuesOf(answer.fields, 'x-request-id')]).toEqual([['test-0'], ['test-0']])
  })

  it('of a backend that has one of its own is kept aside', async () => {
    const backend = await serveBackend(() => ok('ok', 'X-Request-Id: theirs\r\nX-request-id: too\r\n'))
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), get('/', 'X-Request-ID: mine\r\n'))
    expect([valuesOf(answer.fields, 'x-request-id'), valuesOf(answer.fields, 'x-upstream-request-id')]).toEqual([['mine'], ['theirs, too']])
  })

  it('of a backend that returns ours is returned once, as it came', async () => {
    const backend = await serveBackend(({ fields }) => ok('ok', `X-REQUEST-ID: ${valuesOf(fields, 'x-request-id').join('')}\r\n`))
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), get())
    expect(without(answer.fields, 'date')).toEqual([['X-REQUEST-ID', 'test-0'], ['Content-Length', '2']])
  })

  it('is another for each request of a connection', async () => {
    const backend = await serveBackend()
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    const ids: string[] = []
    for (let i = 0; i < 3; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      ids.push(valuesOf((await client.ask(post('x'))).fields, 'x-request-id').join())
    }
    expect(ids).toEqual(['test-0', 'test-1', 'test-2'])
  })
})
