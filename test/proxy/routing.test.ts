import { describe, expect, it } from 'vitest'
import { connectTo } from '../http/support/raw-client.ts'
import { onRequests, serveRaw } from '../http/support/raw-server.ts'
import { eventually } from '../http/support/signal.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { type Backend, deadPort, ok, type Received, serveBackend } from './support/backend.ts'
import { healthOf } from './support/health.ts'
import { type Message, readAnswers, statusOf, valuesOf, without } from './support/message.ts'
import { askOnce, type Client, exchange, get, metric, open, pass, post, startProxy, stopTime, upstreamOf } from './support/proxy.ts'

const errorOf = ({ fields }: Message): string => valuesOf(fields, 'x-windtunnel-error').join('')
const UPLOAD = 'POST /upload HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000\r\n\r\nbegun'

describe('a body matcher', () => {
  const start = async (routes: (readonly string[]) | undefined = undefined): Promise<{ proxy: TestDataPlane, backends: readonly Backend[] }> => {
    const backends = [await serveBackend(), await serveBackend()]
    const proxy = await startProxy({
      backends: { a: backends[0]!.port, b: backends[1]!.port },
      routes: routes ?? ['name: houses, match: { path: { prefix: /json }, body: { /model: "house-*" } }, backend: a', 'name: rest, backend: b']
    })
    return { proxy, backends }
  }

  it.each([
    ['{"model":"house-1"}', 'houses'],
    ['  {"model":"house-"}\n', 'houses'],
    ['{"model":"car-1"}', 'rest'],
    ['{"model":{"x":1}}', 'rest'],
    ['{"Model":"house-1"}', 'rest'],
    ['{"__proto__":{"model":"house-1"}}', 'rest'],
    ['[{"model":"house-1"}]', 'rest'],
    ['not json', 'rest'],
    ['', 'rest']
  ])('decides by the field of %j', async (body, route) => {
    const { proxy, backends } = await start()
    expect(statusOf(await askOnce(proxy, post(body, '', '/json')))).toBe(200)
    expect((await exchange(proxy)).route).toBe(route)
    expect(backends.map(({ requests }) => requests.map((request) => request.body))).toEqual(route === 'houses' ? [[body], []] : [[], [body]])
  })

  it('counts a body that is not JSON for the route that takes it', async () => {
    const { proxy } = await start()
    await askOnce(proxy, post('not json', '', '/json'))
    await askOnce(proxy, post('{}', '', '/json'))
    await askOnce(proxy, post('not json', '', '/other'))
    expect([metric(proxy, 'body_unread_total', { route: 'rest' }), metric(proxy, 'body_unread_total', { route: 'houses' })]).toEqual([1, 0])
  })

  it('reads the body however it is cut, and it is forwarded as it came', async () => {
    const { proxy, backends } = await start()
    const client = await connectTo(proxy.port)
    const raw = 'POST /json HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"mod\r\n8\r\nel":"hou\r\n5\r\nse-1"\r\n1\r\n}\r\n0\r\nX-Sum: 1\r\n\r\n'
    await client.sendApart([...raw].map(String))
    await client.sees('200 OK')
    expect([backends[0]!.requests[0]!.body, backends[0]!.requests[0]!.trailers]).toEqual(['{"model":"house-1"}', [['X-Sum', '1']]])
  })

  it('reads no body where it does not decide: it is forwarded before its end', async () => {
    const backend = await serveRaw(() => undefined)
    const proxy = await startProxy({
      backends: { a: 1, b: backend.port }, routes: ['name: json, match: { path: { prefix: /json }, body: { /model: x } }, backend: a', 'name: rest, backend: b']
    })
    const client = (await open(proxy)).send(UPLOAD)
    await backend.connected(1)
    expect(await backend.connections[0]!.sees('begun')).toContain('Content-Length: 1000\r\n')
    client.send('x'.repeat(995))
    await backend.connections[0]!.sees('x', 995)
    backend.connections[0]!.send(ok())
    expect(statusOf(await client.next())).toBe(200)
  })

  it('reads no body where a route before it takes the request', async () => {
    const backend = await serveRaw(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port }, routes: ['name: first, match: { path: { prefix: /up } }, backend: a', 'name: json, match: { body: { /model: x } }, backend: a'] })
    void (await open(proxy)).send(UPLOAD)
    await backend.connected(1)
    await backend.connections[0]!.sees('begun')
  })

  it('reads the body for a route behind it only once', async () => {
    const { proxy, backends } = await start(['name: one, match: { body: { /a: x } }, backend: a', 'name: two, match: { body: { /b: x } }, unit: { body: /u }, backend: b'])
    await askOnce(proxy, post('{"b":"x","u":1}'))
    expect([(await exchange(proxy)).route, backends[1]!.requests[0]!.body]).toEqual(['two', '{"b":"x","u":1}'])
  })
})

describe('the unit', () => {
  const ASKED = 40
  const bodies = (unit: (i: number) => { readonly lines?: string, readonly body?: string }) => (i: number): string => {
    const { lines = '', body = '' } = unit(i)
    return post(body, lines)
  }
  async function assigned(unit: string, request: (i: number) => string): Promise<readonly string[]> {
    const [a, b] = [await serveBackend(() => ok('a')), await serveBackend(() => ok('b'))]
    const proxy = await startProxy({ backends: { a: a.port, b: b.port }, route: `unit: { ${unit} }, split: [{ backend: a, weight: 1 }, { backend: b, weight: 1 }]` })
    const client = await open(proxy)
    const answers: string[] = []
    for (let i = 0; i < ASKED; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another, so that all are asked on one connection
      answers.push((await client.ask(request(i))).body)
    }
    expect(proxy.exchanges.map(({ arm, backend }) => [arm, backend])).toEqual(answers.map((name) => [name, name]))
    return answers
  }
  it.each<[string, string, (unit: string) => { lines?: string, body?: string }]>([
    ['a header', 'header: X-User', (unit) => ({ lines: `x-user: ${unit}\r\n` })],
    ['a cookie', 'cookie: uid', (unit) => ({ lines: `Cookie: a=1; uid=${unit}; b=2\r\n` })],
    ['a cookie on a line of its own', 'cookie: uid', (unit) => ({ lines: `Cookie: a=1\r\ncookie:uid=${unit}\r\nCookie: b=2\r\n` })],
    ['a field of the body', 'body: /user/id', (unit) => ({ body: JSON.stringify({ user: { id: unit } }) })]
  ])('out of %s decides, whatever else changes', async (_name, unit, place) => {
    const users = (i: number): string => `user-${i % 20},x`
    const got = await assigned(unit, bodies((i) => place(users(i))))
    expect(got.slice(20)).toEqual(got.slice(0, 20)) // the same users once more
    expect(new Set(got)).toEqual(new Set(['a', 'b']))
    // where a unit was read makes no difference
    expect(got).toEqual(await assigned('header: other', bodies((i) => ({ lines: `Other: ${users(i)}\r\n` }))))
  })

  it.each<[string, string, (i: number) => { lines?: string, body?: string }]>([
    ['a number', 'body: /id', (i) => ({ body: `{"id":${i % 20}}` })],
    ['UTF-8', 'body: /id', (i) => ({ body: Buffer.from(`{"id":"caf\u00e9-${i % 20}"}`, 'utf8').toString('latin1') })]
  ])('may be %s', async (_name, unit, place) => {
    const got = await assigned(unit, bodies(place))
    expect(got.slice(20)).toEqual(got.slice(0, 20))
    expect(new Set(got).size).toBe(2)
  })

  it('is the request itself, by its id, where none is named', async () => {
    const got = await assigned('request: true', (i) => get('/', `X-Request-Id: r-${i % 20}\r\n`))
    expect(got.slice(20)).toEqual(got.slice(0, 20))
    expect(new Set(got).size).toBe(2)
  })

  it.each([
    ['header: x-user', get('/', 'X-User:\r\n')], ['header: x-user', get()], ['cookie: uid', get('/', 'Cookie: uid=; other=1\r\n')], ['body: /id', post('{"id":null}')], ['body: /id', post('not json')], ['body: /id', get()]
  ])('that is named and not there (%s) is the request itself, and counted', async (unit, request) => {
    const proxy = await startProxy({ backends: { a: (await serveBackend()).port }, route: `unit: { ${unit} }` })
    expect(statusOf(await askOnce(proxy, request))).toBe(200)
    expect(metric(proxy, 'unit_missing_total', { route: 'all' })).toBe(1)
  })
})

describe('a split', () => {
  /** Asks this often on one connection, without waiting for answers. */
  async function askMany(proxy: TestDataPlane, count: number): Promise<readonly Message[]> {
    const client = await connectTo(proxy.port)
    client.send(get().repeat(count))
    await eventually(() => proxy.exchanges.length === count)
    await client.sees('HTTP/1.1 200 OK', count)
    return readAnswers(client.text)
  }

  it('never reaches a backend of weight 0 in 2,000 requests', async () => {
    const [a, b, c] = [await serveBackend(() => ok('a')), await serveBackend(() => ok('b')), await serveBackend(() => ok('c'))]
    const proxy = await startProxy({ backends: { a: a.port, b: b.port, c: c.port }, route: 'split: [{ backend: a, weight: 0 }, { backend: b, weight: 1e-9 }, { backend: c, weight: 1e-9 }]' })
    const answers = await askMany(proxy, 2000)
    expect([answers.length, a.connections.length, b.requests.length + c.requests.length]).toEqual([2000, 0, 2000])
    expect(proxy.exchanges.every(({ arm }) => arm !== 'a')).toBe(true)
  })

  it('gives arms their share', async () => {
    const [a, b] = [await serveBackend(() => ok('a')), await serveBackend(() => ok('b'))]
    const proxy = await startProxy({ backends: { a: a.port, b: b.port }, route: 'split: [{ backend: a, weight: 9 }, { backend: b, weight: 1 }]' })
    await askMany(proxy, 2000)
    // ids are made by counting, so this is the same every time: within the 99.9 % binomial bound of 200
    expect(Math.abs(b.requests.length - 200)).toBeLessThan(3.29 * Math.sqrt(2000 * 0.1 * 0.9))
  })
})

describe('a fallback', () => {
  /** How the picked backend fails, on a port of its own. */
  const FAILURES: [name: string, code: string, port: () => Promise<number>][] = [
    ['cannot be reached', 'connect_refused', deadPort],
    ['resets before its first octet', 'closed', async () => (await serveBackend(({ connection }) => void connection.reset())).port],
    ['ends before its first octet', 'closed', async () => (await serveBackend(({ connection }) => void connection.end())).port],
    ['speaks nonsense', 'bad_response', async () => (await serveBackend(() => 'nonsense\r\n\r\n')).port]
  ]

  it.each(FAILURES)('is asked when the picked backend %s', async (_name, _code, port) => {
    const fallback = await serveBackend(() => ok('fallback'))
    const proxy = await startProxy({ backends: { a: await port(), b: fallback.port }, route: 'fallback: b' })
    const answer = await askOnce(proxy, post('the body', 'X: 1\r\n', '/p?q'))
    expect([statusOf(answer), answer.body, fallback.requests.length]).toEqual([200, 'fallback', 1])
    const [received] = fallback.requests
    expect([received!.start, received!.body, valuesOf(received!.fields, 'x'), valuesOf(received!.fields, 'x-request-id')]).toEqual(['POST /p?q HTTP/1.1', 'the body', ['1'], ['test-0']])
    expect(await exchange(proxy)).toMatchObject({ backend: 'b', arm: 'a', attempts: 2, status: 200, code: '', ending: 'answered' })
    expect(metric(proxy, 'fallbacks_total', { route: 'all' })).toBe(1)
  })

  it.each(FAILURES)('that fails too, as one that %s, is not asked again', async (_name, code, port) => {
    const proxy = await startProxy({ backends: { a: await port(), b: await port() }, route: 'fallback: b' })
    const answer = await askOnce(proxy, post('body'))
    expect([statusOf(answer), errorOf(answer)]).toEqual([502, code])
    expect(await exchange(proxy)).toMatchObject({ backend: 'b', arm: 'a', attempts: 2, status: 502 })
  })

  it('is asked when the picked backend does not begin to answer in time', async () => {
    const time = stopTime()
    const [a, b] = [await serveBackend(() => undefined), await serveBackend(() => ok('fallback'))]
    const proxy = await startProxy({ backends: { a: a.port, b: b.port }, route: 'fallback: b' })
    const client = (await open(proxy)).send(post('body'))
    await a.received()
    await pass(proxy, time, 31_000)
    expect((await client.next()).body).toBe('fallback')
    await a.connections[0]!.closed
  })

  it('is asked in place of a backend that has been ejected, or fails its checks, or has no room', async () => {
    const [silent, b] = [await serveBackend(() => undefined), await serveBackend(() => ok('fallback'))]
    const route = 'fallback: b'
    const ejected = await startProxy({ backends: { a: [await deadPort(), 'eject: { failures: 1, base: 1h, max: 1h }'], b: b.port }, route })
    await askOnce(ejected, get())
    const unhealthy = await startProxy({ backends: { a: silent.port, b: b.port }, route })
    healthOf(unhealthy).healthy = false
    const full = await startProxy({ backends: { a: [silent.port, 'maxConnections: 1, maxWaiting: 0'], b: b.port }, route })
    void (await open(full)).send(get())
    await silent.received()
    for (const proxy of [ejected, unhealthy, full]) {
      // oxlint-disable-next-line no-await-in-loop -- three cases, one after another
      expect((await askOnce(proxy, get())).body).toBe('fallback')
    }
    expect([silent.requests.length, b.requests.length]).toEqual([1, 4])
    expect(ejected.exchanges.map(({ attempts, backend }) => [attempts, backend])).toEqual([[2, 'b'], [1, 'b']])
  })

  it('that is itself ejected is not asked', async () => {
    const proxy = await startProxy({ backends: { a: await deadPort(), b: [await deadPort(), 'eject: { failures: 1, base: 1h, max: 1h }'] }, route: 'fallback: b' })
    await askOnce(proxy, get())
    expect(errorOf(await askOnce(proxy, get()))).toBe('connect_refused')
    expect(proxy.exchanges.map(({ backend, attempts }) => [backend, attempts])).toEqual([['b', 2], ['a', 1]])
  })

  it.each(['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbegun', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n', 'HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n'])('is not asked once something was answered: %j', async (raw) => {
    const [a, b] = [await serveBackend(() => raw), await serveBackend()]
    const proxy = await startProxy({ backends: { a: a.port, b: b.port }, route: 'fallback: b' })
    const client = (await open(proxy)).send(get())
    await client.raw.sees('\r\n\r\n')
    a.connections[0]!.reset()
    await client.raw.closed
    expect([(await exchange(proxy)).ending, b.requests.length]).toEqual(['broken', 0])
  })

  it('is not asked because the answer is an error: that is an answer', async () => {
    const [a, b] = [await serveBackend(() => 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n'), await serveBackend()]
    const proxy = await startProxy({ backends: { a: a.port, b: b.port }, route: 'fallback: b' })
    expect([statusOf(await askOnce(proxy, get())), b.requests.length]).toEqual([503, 0])
  })

  /** Breaks the connection once the whole body is here. */
  const swallow = ({ connection }: Received): undefined => void connection.reset()

  it.each([[60_000, 200], [200_000, 502]])('is asked only with a body that is all here: %i octets give %i', async (size, status) => {
    const [a, b] = [await serveBackend(swallow), await serveBackend(({ body }) => ok(`${body.length}`))]
    const proxy = await startProxy({ backends: { a: a.port, b: b.port }, route: 'fallback: b' })
    const answer = await askOnce(proxy, post('x'.repeat(size)))
    expect([statusOf(answer), answer.body === `${size}`, b.requests.length]).toEqual([status, status === 200, status === 200 ? 1 : 0])
  })

  it('is asked with a large body where a rule has read it', async () => {
    const [a, b] = [await serveBackend(swallow), await serveBackend(({ body }) => ok(`${body.length}`))]
    const proxy = await startProxy({ backends: { a: a.port, b: b.port }, route: 'unit: { body: /u }, fallback: b' })
    expect((await askOnce(proxy, post(`{"u":"${'x'.repeat(200_000)}"}`))).body).toBe('200008')
  })

  it('is asked in the middle of an upload that goes on', async () => {
    const [a, b] = [await serveRaw((connection) => onRequests(connection, () => connection.reset())), await serveBackend(({ body }) => ok(body))]
    const proxy = await startProxy({ backends: { a: a.port, b: b.port }, route: 'fallback: b' })
    const client = (await open(proxy)).send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n')
    await eventually(() => metric(proxy, 'fallbacks_total') === 1)
    client.send('5\r\n more\r\n0\r\nX: 1\r\n\r\n')
    expect((await client.next()).body).toBe('some more')
    expect(b.requests[0]!.trailers).toEqual([['X', '1']])
  })
})

describe('an ejection', () => {
  async function start(settings = 'eject: { failures: 3, base: 1s, max: 30s }'): Promise<{ proxy: TestDataPlane, backend: Backend, time: { ms: number }, failing: { now: boolean }, client: Client }> {
    const time = stopTime()
    const failing = { now: true }
    const backend = await serveBackend(({ connection, target }) => target === '/hang' ? undefined : failing.now ? void connection.reset() : ok())
    const proxy = await startProxy({ backends: { a: [backend.port, settings] } })
    return { proxy, backend, time, failing, client: await open(proxy) }
  }
  const fail = async (client: Client, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      // oxlint-disable-next-line no-await-in-loop -- failures in a row
      expect(errorOf(await client.ask(get()))).toBe('closed')
    }
  }

  it('leaves a backend alone after failures in a row, and lets it back in by a probe', async () => {
    const { proxy, backend, time, failing, client } = await start()
    await fail(client, 3)
    expect(errorOf(await client.ask(get()))).toBe('backend_ejected')
    expect([backend.requests.length, metric(proxy, 'ejections_total'), metric(proxy, 'backend_ejected')]).toEqual([3, 1, 1])
    await pass(proxy, time, 1001)
    await fail(client, 1) // a probe
    expect(errorOf(await client.ask(get()))).toBe('backend_ejected')
    await pass(proxy, time, 1500) // doubled by it
    expect(errorOf(await client.ask(get()))).toBe('backend_ejected')
    await pass(proxy, time, 600)
    failing.now = false
    expect(statusOf(await client.ask(get()))).toBe(200)
    expect(statusOf(await client.ask(get()))).toBe(200)
    expect([backend.requests.length, metric(proxy, 'ejections_total'), metric(proxy, 'backend_ejected')]).toEqual([6, 1, 0])
  })

  it('lets one probe through at a time, and the next when its client leaves', async () => {
    const { proxy, backend, time, client } = await start()
    await fail(client, 3)
    await pass(proxy, time, 1001)
    const probe = (await open(proxy)).send(get('/hang'))
    await backend.received(4)
    for (let i = 0; i < 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- while the probe is on its way
      expect(errorOf(await client.ask(get()))).toBe('backend_ejected')
    }
    probe.raw.reset()
    await exchange(proxy, proxy.exchanges.length + 1)
    await fail(client, 1)
    expect(backend.requests).toHaveLength(5)
  })

  it('is not prolonged, nor opened, by requests from before it that fail or are left', async () => {
    const { proxy, backend, time, failing, client } = await start()
    const old = await Promise.all(Array.from({ length: 10 }, async () => (await open(proxy)).send(get('/hang'))))
    await backend.received(10)
    await fail(client, 3)
    await pass(proxy, time, 1001)
    const probe = (await open(proxy)).send(get('/hang'))
    await backend.received(14)
    for (const { connection } of backend.requests.slice(0, 5)) connection.reset()
    for (const { raw } of old.slice(5)) raw.reset()
    await eventually(() => proxy.data.inFlight === 1)
    expect(errorOf(await client.ask(get()))).toBe('backend_ejected')
    failing.now = false
    backend.requests[13]!.connection.send(ok())
    expect(statusOf(await probe.next())).toBe(200)
    expect(statusOf(await client.ask(get()))).toBe(200)
  })

  it('does not come of errors a backend answers with, nor of clients that leave', async () => {
    const backend = await serveBackend(({ target }) => target === '/hang' ? undefined : 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n')
    const proxy = await startProxy({ backends: { a: [backend.port, 'eject: { failures: 1 }'] } })
    for (let i = 1; i <= 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- failures in a row
      const client = (await open(proxy)).send(get('/hang'))
      // oxlint-disable-next-line no-await-in-loop -- failures in a row
      await backend.received(2 * i - 1)
      client.raw.reset()
      // oxlint-disable-next-line no-await-in-loop -- failures in a row
      expect(statusOf(await askOnce(proxy, get()))).toBe(500)
    }
  })

  it('does not come of a connection that closed while it lay idle', async () => {
    const backend = await serveBackend(({ connection, target }) => target === '/ok' ? ok() : void connection.reset())
    const proxy = await startProxy({ backends: { a: [backend.port, 'eject: { failures: 1 }'] } })
    const client = await open(proxy)
    await client.ask(get('/ok'))
    await eventually(() => upstreamOf(proxy).pool.counts.idle === 1)
    expect(errorOf(await client.ask(post('x', '', '/raced')))).toBe('closed')
    expect(statusOf(await client.ask(get('/ok')))).toBe(200)
  })
})

describe('a backend', () => {
  const received = async (request: string, settings: string): Promise<Received> => {
    const backend = await serveBackend()
    await askOnce(await startProxy({ backends: { a: [backend.port, settings] } }), request)
    return backend.requests[0]!
  }
  const OURS = ['via', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-request-id']

  it('is sent headers that are set in place of the client\'s, and none that are removed', async () => {
    const { fields } = await received(get('/', 'Authorization: client\r\nX-A: 1\r\nAUTHORIZATION: again\r\nCookie: a=1\r\nX-B: 2\r\ncookie: b=2\r\n'),
      'headers: { set: { authorization: ours, X-New: "caf\u00e9" }, remove: [Cookie, x-absent] }')
    expect(without(fields, ...OURS)).toEqual([['Host', 'a.example'], ['X-A', '1'], ['X-B', '2'], ['authorization', 'ours'], ['X-New', 'caf\xc3\xa9']])
  })

  it.each([
    ['client', get(), 'a.example'],
    ['backend', get(), /^127\.0\.0\.1:\d+$/],
    ['"models.example:81"', get(), 'models.example:81'],
    ['client', 'GET / HTTP/1.0\r\n\r\n', /^127\.0\.0\.1:\d+$/],
    ['client', 'GET / HTTP/1.0\r\nHost: b.example\r\n\r\n', 'b.example'],
    ['client', 'GET http://c.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n', 'c.example'],
    ['backend', 'GET http://c.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n', /^127\.0\.0\.1:\d+$/]
  ])('with host: %s is sent, for %j, the Host %s', async (host, request, wanted) => {
    const { fields } = await received(request, `host: ${host}`)
    const hosts = valuesOf(fields, 'host')
    expect(hosts).toHaveLength(1)
    expect(hosts[0]).toMatch(wanted)
  })

  it('is told the host the client asked for where it is sent another', async () => {
    expect(valuesOf((await received(get(), 'host: backend')).fields, 'x-forwarded-host')).toEqual(['a.example'])
  })
})
