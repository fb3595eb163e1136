import { describe, expect, it } from 'vitest'
import { RequestHead } from '../../src/http/request-head.ts'
import { Peers } from '../../src/proxy/peers.ts'
import { connectTo } from '../http/support/raw-client.ts'
import { onRequests, serveRaw } from '../http/support/raw-server.ts'
import { eventually } from '../http/support/signal.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { type Backend, ok, type Received, serveBackend } from './support/backend.ts'
import { type Message, readAnswers, statusOf, valuesOf, without } from './support/message.ts'
import { askOnce, type Client, exchange, get, metric, open, post, type Setup, startProxy, upstreamOf } from './support/proxy.ts'

/*
 * What RFC 9110 and 9112 ask of an intermediary, rule by rule, as far as it is the proxy's affair: between a raw client and a
 * raw backend. The rules of the wire alone are tested with the wire.
 */

interface Passed {
  readonly received: Received
  readonly answer: Message
  readonly backend: Backend
  readonly client: Client
  readonly proxy: TestDataPlane
}

/** Sends `request` through a proxy to a backend that sends `answer`. `settings` are the backend's. */
async function through(request: string, answer: string | ((request: Received) => string | undefined) = ok(), setup: Omit<Setup, 'backends'> & { settings?: string } = {}): Promise<Passed> {
  const backend = await serveBackend(typeof answer === 'string' ? () => answer : answer)
  const proxy = await startProxy({ ...setup, backends: { a: [backend.port, setup.settings ?? ''] } })
  const client = await open(proxy)
  const message = await client.ask(request)
  return { received: backend.requests[0]!, answer: message, backend, client, proxy }
}

// what we add to a request and to an answer: the rest is the other side's
const OURS = ['via', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-request-id']
const OUR_ANSWER = ['date', 'x-request-id']
const chunked = (lines = '', trailers = ''): string => `POST / HTTP/1.1\r\nHost: a.example\r\n${lines}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n${trailers}\r\n`

describe('R6 the version of an answer', () => {
  it.each([
    ['HTTP/1.0 200 OK', 'HTTP/1.1 200 OK'],
    ['HTTP/1.9 200 OK', 'HTTP/1.1 200 OK'],
    ['HTTP/1.1 404', 'HTTP/1.1 404 '],
    ['HTTP/1.0 404', 'HTTP/1.1 404 '],
    ['HTTP/1.1 200 ', 'HTTP/1.1 200 '],
    ['HTTP/1.1 299 Caf\xe9 \t x', 'HTTP/1.1 299 Caf\xe9 \t x'],
    ['HTTP/1.1 999 Odd', 'HTTP/1.1 999 Odd']
  ])('R6 is ours, and the rest of its line the backend\'s: %j', async (sent, seen) => {
    expect((await through(get(), `${sent}\r\nContent-Length: 2\r\n\r\nok`)).answer.start).toBe(seen)
  })

  it('R6 is ours in interim answers too', async () => {
    const backend = await serveBackend(() => `HTTP/1.0 103\r\n\r\n${ok()}`)
    expect((await (await open(await startProxy({ backends: { a: backend.port } }))).send(get()).next()).start).toBe('HTTP/1.1 103 ')
  })
})

describe('R17 hop-by-hop fields', () => {
  const HOP = 'Connection: keep-alive, X-Hop, x-Other\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nX-OTHER: 2\r\nX-Hop: 3\r\nX-Kept: 4\r\n'

  it('R17 end with the hop on the way to a backend', async () => {
    const { received } = await through(get('/', `${HOP}TE: gzip\r\nUpgrade: foo\r\n`))
    expect(without(received.fields, ...OURS)).toEqual([['Host', 'a.example'], ['X-Kept', '4']])
  })

  it('R17 end with the hop on the way to a client', async () => {
    const { answer } = await through(get(), ok('ok', `${HOP}Upgrade: foo\r\nTE: trailers\r\n`))
    expect(without(answer.fields, ...OUR_ANSWER)).toEqual([['X-Kept', '4'], ['Content-Length', '2']])
  })

  it('R17 end with the hop in interim answers', async () => {
    const backend = await serveBackend(() => `HTTP/1.1 103 Early Hints\r\n${HOP}Link: </a>\r\n\r\n${ok()}`)
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send(get())
    expect((await client.next()).fields).toEqual([['X-Kept', '4'], ['Link', '</a>']])
    expect(statusOf(await client.next())).toBe(200)
  })

  it('R17 Transfer-Encoding is stated anew, and TE for trailers alone', async () => {
    const { received } = await through(chunked('TE: trailers, gzip\r\nConnection: TE\r\n'))
    expect(without(received.fields, ...OURS)).toEqual([['Host', 'a.example'], ['transfer-encoding', 'chunked'], ['te', 'trailers'], ['connection', 'te']])
    expect(received.body).toBe('hi')
  })

  it.each<[string, string[]]>([
    ['Host', ['a.example']],
    ['Content-Length', ['4']],
    ['Via', ['1.0 theirs', '1.1 windtunnel-test']],
    ['X-Forwarded-For', ['127.0.0.1']],
    ['X-Forwarded-Proto', ['http']],
    ['X-Forwarded-Host', ['a.example']],
    ['X-Request-Id', ['test-0']],
    ['Authorization', ['ours']],
    ['X-Set', ['ours']]
  ])('R17 a client that nominates %s takes nothing away that we set or stand on', async (name, values) => {
    const theirs = 'Via: 1.0 theirs\r\nX-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: theirs\r\nX-Forwarded-Host: theirs\r\nAuthorization: theirs\r\nX-Request-Id: theirs\r\nX-Set: theirs\r\n'
    const { received } = await through(post('body', `Connection: ${name}\r\n${theirs}`), ok(), { settings: 'headers: { set: { authorization: ours, x-set: ours } }' })
    expect([valuesOf(received.fields, name), received.body]).toEqual([values, 'body'])
  })

  it('R17 a backend that nominates Content-Length, Date or Via does not remove them', async () => {
    const { answer } = await through(get(), ok('ok', 'Connection: Content-Length, Date, Via, X-Hop\r\nDate: now\r\nVia: 1.1 b\r\nX-Hop: 1\r\n'))
    expect(without(answer.fields, 'x-request-id')).toEqual([['Date', 'now'], ['Via', '1.1 b'], ['Content-Length', '2']])
  })

  it('R17 a client that nominates a field of its own has it removed, whatever it is', async () => {
    const { received } = await through(get('/', 'Connection: Authorization, Cookie, Accept\r\nAuthorization: x\r\nCookie: a=1\r\nAccept: */*\r\nX: 1\r\n'))
    expect(without(received.fields, ...OURS)).toEqual([['Host', 'a.example'], ['X', '1']])
  })
})

describe('R18 Max-Forwards', () => {
  const options = (value: string): string => `OPTIONS /p HTTP/1.1\r\nHost: a.example\r\n${value}\r\n`

  it.each([['5', '4'], ['1', '0'], ['007', '6'], ['99999999999999999999', '255']])('R18 of OPTIONS goes from %s to %s', async (value, next) => {
    const { received } = await through(options(`Max-Forwards: ${value}\r\n`))
    expect(valuesOf(received.fields, 'max-forwards')).toEqual([next])
  })

  it.each(['0', '000'])('R18 of OPTIONS at %s is answered here', async (value) => {
    const backend = await serveBackend()
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), options(`Max-Forwards: ${value}\r\n`))
    expect([statusOf(answer), answer.body, backend.requests, valuesOf(answer.fields, 'x-windtunnel-error')]).toEqual([200, '', [], []])
  })

  it.each(['', '-1', '1.5', 'abc', '1e3', '0x0', '5, 0'])('R18 of OPTIONS that is not a number, %j, passes as it came', async (value) => {
    const { received } = await through(options(`Max-Forwards: ${value}\r\n`))
    expect(valuesOf(received.fields, 'max-forwards')).toEqual([value])
  })

  it('R18 is not generated, and of other methods means nothing', async () => {
    expect(valuesOf((await through(options(''))).received.fields, 'max-forwards')).toEqual([])
    expect(valuesOf((await through(get('/', 'Max-Forwards: 0\r\n'))).received.fields, 'max-forwards')).toEqual(['0'])
  })
})

describe('R19 Via', () => {
  it.each([
    ['is added for an HTTP/1.1 client', get(), ['1.1 windtunnel-test']],
    ['names the version an HTTP/1.0 client spoke', 'GET / HTTP/1.0\r\n\r\n', ['1.0 windtunnel-test']],
    ['comes after those of proxies before', get('/', 'Via: 1.0 x, 1.1 y\r\nvia: 2 z\r\n'), ['1.0 x, 1.1 y', '2 z', '1.1 windtunnel-test']]
  ])('R19 %s', async (_name, request, via) => expect(valuesOf((await through(request)).received.fields, 'via')).toEqual(via))

  it('R19 can be left out', async () => {
    expect(valuesOf((await through(get(), ok(), { listen: 'forwarded: { via: false }' })).received.fields, 'via')).toEqual([])
  })

  it('R19 of a backend reaches the client as it came', async () => {
    expect(valuesOf((await through(get(), ok('ok', 'Via: 1.1 b\r\n'))).answer.fields, 'via')).toEqual(['1.1 b'])
  })
})

describe('R20 loops', () => {
  it.each(['1.1 windtunnel-test', '1.0 x, 1.1 windtunnel-test (comment), 1.1 y', '1.1 x\r\nVia: HTTP/1.1\t windtunnel-test'])('R20 Via %j is answered 508', async (via) => {
    const backend = await serveBackend()
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), get('/', `Via: ${via}\r\n`))
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error'), backend.requests]).toEqual([508, ['loop_detected'], []])
  })

  it.each(['1.1 windtunnel-test2', '1.1 other-windtunnel-test', '1.1 x (windtunnel-test)', 'windtunnel-test'])('R20 Via %j is no loop', async (via) => {
    expect(statusOf((await through(get('/', `Via: ${via}\r\n`))).answer)).toBe(200)
  })

  it('R20 a chain of two that leads back to its beginning ends', async () => {
    const first = await startProxy({ backends: { a: 1 } }, { peers: new Peers({ trust: [], forwarded: true, via: 'first' }, 'http') })
    const second = await startProxy({ backends: { a: first.port } }, { peers: new Peers({ trust: [], forwarded: true, via: 'second' }, 'http') })
    first.reload(`version: 1\nbackends: { a: { url: "http://127.0.0.1:${second.port}" } }\nroutes: [{ name: all, backend: a }]\n`)
    const answer = await askOnce(first, post('body'))
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error')]).toEqual([508, ['loop_detected']])
    expect([first.exchanges.length, second.exchanges.length]).toEqual([2, 1])
  })
})

describe('R21 and R22 fields', () => {
  const LINES = 'X-Unknown: 1\r\nx-b: 2\r\nX-B:3\r\nAccept:\r\nx-B:  4 \t \r\nCookie: a=1\r\nX-Unknown: 5\r\nCookie: b=2, c\r\nX-Obs: caf\xe9 \xff\r\n!#$%&\'*+-.^_`|~0aZ: odd\r\n__proto__: 6\r\nconstructor: 7\r\n'
  const FIELDS = [['X-Unknown', '1'], ['x-b', '2'], ['X-B', '3'], ['Accept', ''], ['x-B', '4'], ['Cookie', 'a=1'], ['X-Unknown', '5'], ['Cookie', 'b=2, c'], ['X-Obs', 'caf\xe9 \xff'], ['!#$%&\'*+-.^_`|~0aZ', 'odd'], ['__proto__', '6'], ['constructor', '7']]

  it('R21 that are unknown are forwarded, and R22 of one name keep their order and lines', async () => {
    expect(without((await through(get('/', LINES))).received.fields, ...OURS)).toEqual([['Host', 'a.example'], ...FIELDS])
  })

  it('R21 that are unknown are returned, and R22 of one name keep their order and lines', async () => {
    expect(without((await through(get(), ok('ok', LINES))).answer.fields, ...OUR_ANSWER)).toEqual([...FIELDS, ['Content-Length', '2']])
  })

  it('R22 Set-Cookie lines are never joined', async () => {
    const cookies = ['a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT', 'b=2', 'a=3', '']
    const { answer } = await through(get(), ok('ok', cookies.map((cookie, i) => `${i % 2 === 0 ? 'Set-Cookie' : 'set-cookie'}: ${cookie}\r\n`).join('')))
    expect(valuesOf(answer.fields, 'set-cookie')).toEqual(cookies)
  })
})

describe('R23 the target', () => {
  it.each([
    '/', '/a/../b', '/a/./b//c/', '/%2e%2E/%2f%41%zz%', '/?', '/?a=b?c&d=%20+;e', '//x', '/..', '/a;b=c/d,e', '/|{}"\\^`<>[]', '/a?x=http://h/#'.slice(0, -1), '/:@!$&\'()*+,;=-._~'
  ])('R23 %s is passed as it came', async (target) => expect((await through(get(target))).received.start).toBe(`GET ${target} HTTP/1.1`))

  it('R23 in absolute form is passed in origin form, with its query as it came', async () => {
    const { received } = await through('GET http://b.example:81/a/../b?x=%2e HTTP/1.1\r\nHost: a.example\r\n\r\n')
    expect([received.start, valuesOf(received.fields, 'host')]).toEqual(['GET /a/../b?x=%2e HTTP/1.1', ['b.example:81']])
  })

  it('R23 of OPTIONS * is passed as *', async () => {
    expect((await through('OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n')).received.start).toBe('OPTIONS * HTTP/1.1')
  })
})

describe('R24 Expect', () => {
  const EXPECTING = 'POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n'

  it('R24 is forwarded, and so is the 100 before the body is sent', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.1 100 Continue\r\nX: 1\r\n\r\n') }))
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send(EXPECTING)
    const interim = await client.next()
    expect([interim.start, interim.fields]).toEqual(['HTTP/1.1 100 Continue', [['X', '1']]])
    expect(backend.connections[0]!.text).toMatch(/\r\nExpect: 100-Continue\r\n[^]*\r\n\r\n$/)
    client.send('body')
    await backend.connections[0]!.sees('body')
    backend.connections[0]!.send(ok())
    expect(statusOf(await client.next())).toBe(200)
  })

  it('R24 may be met by a final answer, after which no body is waited for', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n') }))
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    const answer = await client.ask(EXPECTING)
    expect([statusOf(answer), valuesOf(answer.fields, 'connection'), await client.raw.closed]).toEqual([401, ['close'], 'fin'])
  })

  it('R24 is met by us where the body is read before a backend is known, which is then not asked again', async () => {
    const backend = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port }, route: 'unit: { body: /user }' })
    const client = (await open(proxy)).send(EXPECTING)
    expect((await client.next()).start).toBe('HTTP/1.1 100 Continue')
    client.send('body')
    expect(statusOf(await client.next())).toBe(200)
    expect([backend.requests[0]!.body, valuesOf(backend.requests[0]!.fields, 'expect')]).toEqual(['body', []])
  })

  it.each(['200-ok', '100-continue, x', ''])('R24 of %j is answered 417', async (value) => {
    const backend = await serveBackend()
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    const answer = await client.ask(post('', `Expect: ${value}\r\n`))
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error'), backend.requests]).toEqual([417, ['unknown_expectation'], []])
  })

  it('R24 of an HTTP/1.0 client is not forwarded, and no 100 is sent to it', async () => {
    const backend = await serveBackend(() => `HTTP/1.1 100 Continue\r\n\r\n${ok()}`)
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    client.send('POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody')
    expect(statusOf(await client.next())).toBe(200)
    expect([backend.requests[0]!.body, valuesOf(backend.requests[0]!.fields, 'expect')]).toEqual(['body', []])
  })
})

describe('R25 a request whose reused connection closed without a word', () => {
  /** Answers the first request of all, and breaks every connection on which a further one comes. */
  const racing = (healed: boolean) => (request: Received): string | undefined => {
    const first = request.number === 0 || (healed && request.connection.text.indexOf(request.raw) === 0)
    if (!first) request.connection.socket.destroy()
    return first ? ok() : undefined
  }
  async function warm(answer: (request: Received) => string | undefined): Promise<Passed> {
    const passed = await through(get('/warm'), answer)
    await eventually(() => upstreamOf(passed.proxy).pool.counts.idle === 1)
    return passed
  }

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'QUERY'])('R25 is sent once more if it is %s', async (method) => {
    const { client, backend, proxy } = await warm(racing(true))
    const answer = await client.ask(`${method} /p HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nhi`)
    expect([statusOf(answer), backend.requests.map(({ target, body }) => `${target} ${body}`)]).toEqual([200, ['/warm ', '/p hi', '/p hi']])
    expect([metric(proxy, 'retries_total'), (await exchange(proxy, 2)).attempts]).toEqual([1, 2])
  })

  it.each(['POST', 'PATCH', 'LOCK'])('R25 is not sent again if it is %s', async (method) => {
    const { client, backend, proxy } = await warm(racing(true))
    const answer = await client.ask(`${method} /p HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nhi`)
    expect([statusOf(answer), backend.requests.length, metric(proxy, 'retries_total')]).toEqual([502, 2, 0])
  })

  it('R25 is sent once more only once', async () => {
    const { client, backend } = await warm(racing(false))
    const answer = await client.ask(get('/p'))
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error'), backend.requests.length]).toEqual([502, ['closed'], 3])
  })

  it('R25 is not sent again when the connection was a new one', async () => {
    const { answer, backend } = await through(get(), ({ connection }) => void connection.socket.destroy())
    expect([statusOf(answer), backend.requests.length]).toEqual([502, 1])
  })

  it('R25 is not sent again when a part of the answer had come', async () => {
    const { client, backend } = await warm((request) => {
      if (request.number === 0) return ok()
      request.connection.send('HTTP/1.1 2').end()
      return undefined
    })
    expect([statusOf(await client.ask(get())), backend.requests.length]).toEqual([502, 2])
  })
})

describe('R26 TRACE, and R4 CONNECT', () => {
  it.each(['TRACE / HTTP/1.1', 'CONNECT a.example:443 HTTP/1.1'])('R26 %s is refused with 405', async (start) => {
    const backend = await serveBackend()
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), `${start}\r\nHost: a.example\r\nAuthorization: secret\r\n\r\n`)
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error'), backend.requests]).toEqual([405, ['method_not_allowed'], []])
    expect(valuesOf(answer.fields, 'allow')).toHaveLength(1)
    expect(answer.body).not.toContain('secret')
  })
})

describe('R30 interim answers', () => {
  const INTERIM = 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 199 Odd\r\nX: 1\r\n\r\n'

  it('R30 are all forwarded, but for a 100 that was not asked for', async () => {
    const { client } = await through(get('/first'), () => ok())
    const backend = await serveBackend(() => `${INTERIM}${ok()}`)
    const other = (await open(await startProxy({ backends: { a: backend.port } }))).send(get()).send(get())
    await other.raw.sees('200 OK', 2)
    const starts = ['HTTP/1.1 102 Processing', 'HTTP/1.1 103 Early Hints', 'HTTP/1.1 199 Odd', 'HTTP/1.1 200 OK']
    const answers = readAnswers(other.raw.text)
    expect(answers.map(({ start }) => start)).toEqual([...starts, ...starts])
    expect(answers[1]!.fields).toEqual([['Link', '</a>'], ['Link', '</b>']])
    expect(client.raw.ended).toBe(false)
  })

  it('R30 are not sent to an HTTP/1.0 client', async () => {
    const backend = await serveBackend(() => `${INTERIM}${ok()}`)
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send('GET / HTTP/1.0\r\n\r\n')
    expect(statusOf(await client.next())).toBe(200)
  })

  it('R30 are forwarded when they come, not when the answer does', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.1 103 Early Hints\r\n\r\n') }))
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send(get())
    expect(statusOf(await client.next())).toBe(103)
    backend.connections[0]!.send(ok())
    expect(statusOf(await client.next())).toBe(200)
  })
})

describe('R31 a 101', () => {
  const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nnot http'

  it.each([
    ['no switch was asked for', get()],
    ['a switch to something else was asked for', get('/', 'Connection: Upgrade\r\nUpgrade: h2c\r\n')],
    ['Upgrade was not named in Connection', get('/', 'Upgrade: websocket\r\n')]
  ])('R31 is answered 502 where %s', async (_name, request) => {
    const { answer, backend } = await through(request, SWITCH)
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error')]).toEqual([502, ['bad_response']])
    await eventually(() => backend.open === 0)
  })

  it('R31 to a protocol that was not asked for is answered 502', async () => {
    const { answer, backend } = await through(get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'), SWITCH.replace('websocket', 'h2c'))
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error')]).toEqual([502, ['bad_response']])
    await eventually(() => backend.open === 0)
  })
})

describe('R36 answers without a body', () => {
  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n', [['Content-Length', '1234']]],
    ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: x\r\n\r\n', [['ETag', 'x']]],
    ['HEAD', 'HTTP/1.1 404 No\r\nX: 1\r\n\r\n', [['X', '1']]],
    ['GET', 'HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n', [['X', '1']]],
    ['GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nX: 1\r\n\r\n', [['X', '1']]],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\nETag: x\r\n\r\n', [['Content-Length', '1234'], ['ETag', 'x']]],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n', []]
  ])('R36 %s %j ends with its head', async (method, raw, fields) => {
    const { answer, client, backend } = await through(`${method} / HTTP/1.1\r\nHost: a.example\r\n\r\n`, ({ number }) => number === 0 ? raw : ok('next'))
    expect([answer.start, without(answer.fields, ...OUR_ANSWER)]).toEqual([raw.slice(0, raw.indexOf('\r\n')), fields])
    expect((await client.ask(get())).body).toBe('next')
    expect(backend.requests).toHaveLength(2)
  })
})

describe('R37 an answer that is cut short', () => {
  it.each([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome', 'HTTP/1.1'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nsome', 'HTTP/1.1'],
    ['between chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n', 'HTTP/1.1'],
    ['before the trailers end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n0\r\nX: 1\r\n', 'HTTP/1.1'],
    ['in chunks, for HTTP/1.0', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n', 'HTTP/1.0']
  ])('R37 %s reaches the client as cut short', async (_name, raw, version) => {
    const backend = await serveBackend(({ connection }) => {
      connection.send(raw).end()
      return undefined
    })
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await connectTo(proxy.port)
    client.send(`GET / ${version}\r\nHost: a.example\r\n\r\n`)
    const end = await client.closed
    expect(client.text).toMatch(/\r\n\r\n(?:4\r\n)?some(?:\r\n)?$/)
    expect(() => readAnswers(client.text, [], end === 'fin')).toThrow('no whole answer')
    expect((await exchange(proxy)).ending).toBe('broken')
  })
})

describe('R38 an answer that lasts until close', () => {
  it.each(['HTTP/1.0', 'HTTP/1.1'])('R38 in %s is sent in chunks, and the connection is kept', async (version) => {
    const { answer, client } = await through(get(), ({ connection }) => {
      connection.send(`${version} 200 OK\r\nX: 1\r\n\r\nsome`)
      connection.send(' more').end()
      return undefined
    })
    expect([answer.start, answer.framing, answer.body, valuesOf(answer.fields, 'connection')]).toEqual(['HTTP/1.1 200 OK', 'chunked', 'some more', []])
    expect((await client.ask(get())).body).toBe('some more')
  })

  it('R38 ends only with the FIN', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.0 200 OK\r\n\r\nsome') }))
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send(get())
    await client.raw.sees('4\r\nsome\r\n')
    expect(client.raw.text).not.toContain('\r\n0\r\n')
    backend.connections[0]!.end()
    expect((await client.next()).body).toBe('some')
  })

  it('R38 is sent until close to an HTTP/1.0 client', async () => {
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n')
    const client = await connectTo((await startProxy({ backends: { a: backend.port } })).port)
    client.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    expect(await client.closed).toBe('fin')
    const [answer] = readAnswers(client.text)
    expect([answer!.framing, answer!.body, valuesOf(answer!.fields, 'connection')]).toEqual(['close', 'ok', ['close']])
  })
})

describe('R39 trailers', () => {
  const ANSWER = 'HTTP/1.1 200 OK\r\nTrailer: X-Sum, grpc-status\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\ngrpc-status: 0\r\nX-Sum: 2\r\nContent-Length: 9\r\nSet-Cookie: a=1\r\n\r\n'

  it('R39 of an answer are forwarded to a client that takes them', async () => {
    const { answer, received } = await through(get('/', 'TE: trailers\r\nConnection: TE\r\n'), ANSWER)
    expect(answer.trailers).toEqual([['X-Sum', '1'], ['grpc-status', '0'], ['X-Sum', '2']])
    expect([valuesOf(answer.fields, 'trailer'), valuesOf(received.fields, 'te')]).toEqual([['X-Sum, grpc-status'], ['trailers']])
  })

  it('R39 of an answer are dropped for a client that does not, and not announced', async () => {
    const { answer } = await through(get(), ANSWER)
    expect([answer.trailers, answer.body, valuesOf(answer.fields, 'trailer')]).toEqual([[], 'ok', []])
  })

  it('R39 of a request are forwarded, but for those that would change what it means', async () => {
    const { received } = await through(chunked('Trailer: X-Sum\r\n', 'X-Sum: 1\r\nHost: evil\r\nContent-Length: 0\r\nAuthorization: x\r\nX-Forwarded-For: 9.9.9.9\r\nX-Windtunnel-Mirror: x\r\nx-time:2\r\n'))
    expect([received.trailers, received.body, valuesOf(received.fields, 'trailer')]).toEqual([[['X-Sum', '1'], ['x-time', '2']], 'hi', ['X-Sum']])
  })
})

describe('R40 to R44 what is left alone', () => {
  it('R40 Date is added where there is none, and else kept', async () => {
    expect(valuesOf((await through(get())).answer.fields, 'date')).toEqual(['Thu, 01 Jan 1970 00:00:00 GMT'])
    expect(valuesOf((await through(get(), ok('ok', 'DATE: whenever\r\n'))).answer.fields, 'date')).toEqual(['whenever'])
  })

  it('R41 a body passes untransformed, with or without no-transform', async () => {
    const body = `${'a'.repeat(100)}\0\r\n\xff`
    for (const lines of ['', 'Cache-Control: no-transform\r\n']) {
      const coded = `${lines}Content-Encoding: br\r\nContent-Type: text/plain\r\nContent-MD5: x\r\n`
      // oxlint-disable-next-line no-await-in-loop -- two cases, one after another
      const { received, answer } = await through(post(body, coded), ok(body, coded))
      expect([received.body, answer.body]).toEqual([body, body])
      for (const name of ['content-encoding', 'content-type', 'content-md5', 'cache-control']) expect(valuesOf(received.fields, name)).toEqual(valuesOf(answer.fields, name))
    }
  })

  it('R42 Authorization and WWW-Authenticate pass', async () => {
    const { received, answer } = await through(get('/', 'Authorization: Basic x\r\nProxy-Authorization: y\r\n'), 'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="a", Bearer\r\nwww-authenticate: Digest\r\nContent-Length: 0\r\n\r\n')
    expect(valuesOf(received.fields, 'authorization')).toEqual(['Basic x'])
    expect(valuesOf(answer.fields, 'www-authenticate')).toEqual(['Basic realm="a", Bearer', 'Digest'])
  })

  it('R43 Allow passes', async () => {
    const { answer } = await through(get(), 'HTTP/1.1 405 No\r\nAllow: \r\nAllow: POST\r\nContent-Length: 0\r\n\r\n')
    expect([statusOf(answer), valuesOf(answer.fields, 'allow')]).toEqual([405, ['', 'POST']])
  })

  it('R44 a host nobody serves is answered 404, never 421', async () => {
    const backend = await serveBackend(() => 'HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n')
    const proxy = await startProxy({ backends: { a: backend.port }, route: 'match: { host: b.example }' })
    expect(statusOf(await askOnce(proxy, get()))).toBe(404)
    expect(statusOf(await askOnce(proxy, 'GET / HTTP/1.1\r\nHost: b.example\r\n\r\n'))).toBe(421) // the backend's own word
  })
})

describe('R60 who a request comes from', () => {
  const CLAIMS = 'X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: gopher\r\nx-forwarded-host: evil\r\nX-Forwarded-Port: 1\r\nX-Forwarded-Prefix: /x\r\nForwarded: for=9.9.9.9\r\nX-Real-IP: 9.9.9.9\r\nX-Windtunnel-Error: x\r\nx-windtunnel-anything: y\r\nX-Other: kept\r\n'
  const KEPT = [['Host', 'a.example'], ['X-Other', 'kept']]
  const seen = async (listen: string, lines = CLAIMS): Promise<readonly (readonly [string, string])[]> =>
    without((await through(get('/', lines), ok(), { listen })).received.fields, 'via', 'x-request-id')

  it.each(['', 'forwarded: { trust: [10.0.0.0/8, "::1"] }'])('R60 is for us to say where the client is not trusted (%j)', async (listen) => {
    expect(await seen(listen)).toEqual([...KEPT, ['x-forwarded-for', '127.0.0.1'], ['x-forwarded-proto', 'http'], ['x-forwarded-host', 'a.example']])
  })

  it('R60 is said to nobody where that is not wanted, and claims are dropped all the same', async () => {
    expect(await seen('forwarded: { send: false }')).toEqual(KEPT)
  })

  it.each(['127.0.0.0/8', '127.0.0.1', '127.0.0.1/32', '0.0.0.0/0'])('R60 is believed of a peer in %s, and we append to it', async (network) => {
    expect(await seen(`forwarded: { trust: [192.0.2.0/24, ${network}] }`)).toEqual([
      ['Host', 'a.example'], ['X-Forwarded-Proto', 'gopher'], ['x-forwarded-host', 'evil'], ['X-Forwarded-Port', '1'], ['X-Forwarded-Prefix', '/x'],
      ['Forwarded', 'for=9.9.9.9'], ['X-Real-IP', '9.9.9.9'], ['X-Windtunnel-Error', 'x'], ['x-windtunnel-anything', 'y'], ['X-Other', 'kept'],
      ['x-forwarded-for', '9.9.9.9, 127.0.0.1']
    ])
  })

  it.each([
    ['several lines', 'X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\nX: 1\r\nX-FORWARDED-FOR: 3.3.3.3\r\n', '1.1.1.1, 2.2.2.2, 3.3.3.3, 127.0.0.1'],
    ['no line', 'X: 1\r\n', '127.0.0.1'],
    ['an empty line', 'X-Forwarded-For:\r\nX: 1\r\n', '127.0.0.1']
  ])('R60 of a trusted peer becomes one line out of %s', async (_name, lines, value) => {
    expect(await seen('forwarded: { trust: [127.0.0.1] }', lines)).toEqual([
      ['Host', 'a.example'], ['X', '1'], ['x-forwarded-for', value], ['x-forwarded-proto', 'http'], ['x-forwarded-host', 'a.example']
    ])
  })

  it('R60 of a trusted peer passes as it came where nothing is sent', async () => {
    expect(await seen('forwarded: { trust: [127.0.0.1], send: false }', 'X-Forwarded-For: 9.9.9.9\r\n')).toEqual([['Host', 'a.example'], ['X-Forwarded-For', '9.9.9.9']])
  })

  it('R60 the mark of a mirrored copy passes, so that no copy is ever mirrored again', async () => {
    const { received } = await through(get('/', 'X-Windtunnel-Mirror: next\r\n'))
    expect(valuesOf(received.fields, 'x-windtunnel-mirror')).toEqual(['next'])
  })

  const head = (): RequestHead => {
    const raw = Buffer.from(get('/', 'X-Forwarded-For: 9.9.9.9\r\n'), 'latin1')
    const parsed = new RequestHead()
    expect(parsed.parse(raw, 0, raw.length, { maxHeadBytes: 16_384, maxFields: 100 })).toBeUndefined()
    return parsed
  }

  it.each<[remote: string, trust: string[], address: string, trusted: boolean]>([
    ['10.1.2.3', ['10.0.0.0/8'], '10.1.2.3', true],
    ['11.1.2.3', ['10.0.0.0/8'], '11.1.2.3', false],
    ['::ffff:10.1.2.3', ['10.0.0.0/8'], '10.1.2.3', true],
    ['::ffff:11.1.2.3', ['10.0.0.0/8'], '11.1.2.3', false],
    ['2001:db8::1', ['2001:db8::/32'], '2001:db8::1', true],
    ['2001:db9::1', ['2001:db8::/32'], '2001:db9::1', false],
    ['2001:db8:0:0:0:0:0:1', ['2001:db8::1'], '2001:db8:0:0:0:0:0:1', true],
    ['::1', ['127.0.0.1', '10.0.0.0/8'], '::1', false],
    ['::1', ['::1/128'], '::1', true],
    ['fe80::1%eth0', ['fe80::/10'], 'fe80::1%eth0', true],
    ['1.2.3.4', ['::/0'], '1.2.3.4', true], // every address there is
    ['1.2.3.4', ['2000::/3'], '1.2.3.4', false],
    ['1.2.3.4', ['0.0.0.0/0'], '1.2.3.4', true],
    ['', ['0.0.0.0/0', '::/0'], '', false], // gone before it could be asked who it is
    ['1.2.3.4', [], '1.2.3.4', false]
  ])('R60 a peer at %j, where %j are trusted', (remote, trust, address, trusted) => {
    const peers = new Peers({ trust, forwarded: true, via: undefined }, 'https')
    const peer = peers.peer(remote)
    expect([peer.address, peer.trusted, peer.drop === 0]).toEqual([address, trusted, trusted])
    expect(peers.lines(peer, head())).toBe(`x-forwarded-for: ${trusted ? `9.9.9.9, ${address}` : address}\r\nx-forwarded-proto: https\r\nx-forwarded-host: a.example\r\n`)
  })
})
