import { createServer as createTlsServer } from 'node:tls'
import type { AddressInfo, Socket } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Listener, type ListenerOptions } from '../../src/proxy/listener.ts'
import { makeCertificate } from '../http/support/certificate.ts'
import { connectTo } from '../http/support/raw-client.ts'
import { onRequests, serveRaw } from '../http/support/raw-server.ts'
import { eventually } from '../http/support/signal.ts'
import { startDataPlane } from '../support/data-plane.ts'
import { ok, serveBackend } from './support/backend.ts'
import { readAnswers, statusOf, valuesOf, without } from './support/message.ts'
import { askOnce, exchange, get, open, pass, post, startProxy, stopTime, upstreamOf } from './support/proxy.ts'

/* What proxies built on node:http get wrong, one by one. */

describe('1 duplicates', () => {
  it('of fields that Node keeps one of pass in both directions', async () => {
    const lines = 'Content-Type: a/b\r\nContent-Type: c/d\r\nAuthorization: x\r\nAuthorization: y\r\nAge: 1\r\nETag: "a"\r\nETag: "b"\r\nUser-Agent: u\r\nUser-Agent: v\r\n__proto__: p\r\ntoString: q\r\n'
    const backend = await serveBackend(() => ok('ok', lines))
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), get('/', lines))
    const fields = [['Content-Type', 'a/b'], ['Content-Type', 'c/d'], ['Authorization', 'x'], ['Authorization', 'y'], ['Age', '1'], ['ETag', '"a"'], ['ETag', '"b"'], ['User-Agent', 'u'], ['User-Agent', 'v'], ['__proto__', 'p'], ['toString', 'q']]
    expect(backend.requests[0]!.fields.slice(1, 12)).toEqual(fields)
    expect(answer.fields.slice(0, 11)).toEqual(fields)
  })

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('a rule on a header, a query parameter or a cookie called %s is a rule like any other', async (name) => {
    const backend = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port }, routes: [
      `name: header, match: { headers: { "${name}": v } }, backend: a`, `name: query, match: { query: { "${name}": v } }, backend: a`, `name: rest, unit: { cookie: "${name}" }, backend: a`
    ] })
    const client = await open(proxy)
    for (const request of [get('/', `${name}: v\r\n`), get(`/?${name}=v`), get('/', `Cookie: ${name}=v\r\n`), get()]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      expect(statusOf(await client.ask(request))).toBe(200)
    }
    expect(proxy.exchanges.map(({ route }) => route)).toEqual(['header', 'query', 'rest', 'rest'])
  })
})

describe('2 the keep-alive race', () => {
  it('is lost by no GET: a backend closes each connection once it has answered on it, without saying so', async () => {
    const backend = await serveBackend(({ connection }) => {
      connection.socket.end(ok())
      return undefined
    })
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    for (let i = 0; i < 100; i++) {
      // oxlint-disable-next-line no-await-in-loop -- each must find the connection of the one before
      expect(statusOf(await client.ask(get(`/${i}`)))).toBe(200)
    }
    expect(backend.requests.map(({ target }) => target)).toEqual(Array.from({ length: 100 }, (_, i) => `/${i}`))
  })

  it('is lost by no GET when who waited meanwhile is given its place', async () => {
    const backend = await serveBackend(({ number }) => number === 1 ? undefined : ok())
    const proxy = await startProxy({ backends: { a: [backend.port, 'maxConnections: 1'] } })
    const [first, second] = [await open(proxy), await open(proxy)]
    await first.ask(get('/warm'))
    await eventually(() => upstreamOf(proxy).pool.counts.idle === 1)
    first.send(get('/raced'))
    await backend.received(2)
    second.send(get('/waited'))
    await eventually(() => upstreamOf(proxy).pool.counts.waiting === 1)
    backend.connections[0]!.reset()
    expect([statusOf(await first.next()), statusOf(await second.next())]).toEqual([200, 200])
    expect(backend.requests.map(({ target }) => target)).toEqual(['/warm', '/raced', '/waited', '/raced'])
  })

  it('is not run against a backend that says how long it keeps connections', async () => {
    const backend = await serveBackend(() => ok('ok', 'Keep-Alive: timeout=1\r\n'))
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    await client.ask(get())
    await client.ask(get())
    expect(backend.connections).toHaveLength(2)
  })
})

describe('3 an abort', () => {
  it('of the client reaches the backend', async () => {
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun')
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = (await open(proxy)).send(get())
    await client.raw.sees('begun')
    client.raw.reset()
    await backend.connections[0]!.closed
    expect((await exchange(proxy)).ending).toBe('client_gone')
  })

  it.each(['reset', 'end'] as const)('of the backend (%s) reaches the client', async (how) => {
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n')
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = (await open(proxy)).send(get())
    await client.raw.sees('begun')
    backend.connections[0]![how]()
    await client.raw.closed
    expect([client.raw.text.includes('\r\n0\r\n'), (await exchange(proxy)).ending]).toEqual([false, 'broken'])
  })
})

describe('4 truncation', () => {
  it('is not hidden by a last chunk, where chunks are ours and not the backend\'s', async () => {
    const backend = await serveBackend(({ connection }) => {
      connection.send('HTTP/1.1 200 OK\r\n\r\nbegun')
      return undefined
    })
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send(get())
    await client.raw.sees('begun')
    backend.connections[0]!.reset()
    await client.raw.closed
    expect(client.raw.text).toMatch(/\r\n\r\n5\r\nbegun\r\n$/)
  })
})

describe('5 Expect', () => {
  it('is met once: a client never sees both 100 and a refusal that needed no body', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n') }))
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
    await client.raw.closed
    expect(readAnswers(client.raw.text).map(statusOf)).toEqual([401])
  })

  it('is met once: a 100 of ours is not followed by one of the backend\'s', async () => {
    const backend = await serveBackend(() => `HTTP/1.1 100 Continue\r\n\r\n${ok()}`)
    const client = (await open(await startProxy({ backends: { a: backend.port }, route: 'unit: { body: /u }' })))
      .send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n')
    await client.raw.sees('100 Continue\r\n\r\n')
    client.send('{}')
    await client.raw.sees('200 OK')
    expect(readAnswers(client.raw.text).map(statusOf)).toEqual([100, 200])
  })
})

describe('6 interim answers', () => {
  it('without end are the backend\'s mistake, and the client hears of it', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, () => {
      for (let i = 0; i < 1000; i++) connection.send('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')
    }))
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send(get())
    await client.raw.sees('HTTP/1.1 502 ')
    const statuses = readAnswers(client.raw.text).map(statusOf)
    expect([statuses.at(-1), statuses.length < 40]).toEqual([502, true])
    await backend.connections[0]!.closed
  })
})

describe('7 the head of an answer', () => {
  it.each(['Content-Length: 100', 'Transfer-Encoding: chunked', 'X: until close'])('with %s is sent before any of its body is there', async (line) => {
    const backend = await serveRaw((connection) => onRequests(connection, () => { connection.send(`HTTP/1.1 200 OK\r\n${line}\r\n\r\n`) }))
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send(get())
    expect(await client.raw.sees('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  it('is followed by each event as it comes', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n') }))
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send(get())
    await client.raw.sees('\r\n\r\n')
    for (let i = 0; i < 20; i++) {
      backend.connections[0]!.send(`9\r\ndata: ${i % 10}\n\n\r\n`)
      // oxlint-disable-next-line no-await-in-loop -- the next is sent when this one is here
      await client.raw.sees('data: ', i + 1)
    }
    backend.connections[0]!.send('0\r\n\r\n')
    expect((await client.next()).body).toBe(Array.from({ length: 20 }, (_, i) => `data: ${i % 10}\n\n`).join(''))
  })
})

describe('8 trailers', () => {
  it('pass in both directions', async () => {
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\ngrpc-status: 0\r\ngrpc-message: caf\xe9\r\n\r\n')
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), 'POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx-sum: 1\r\n\r\n')
    expect([answer.trailers, backend.requests[0]!.trailers]).toEqual([[['grpc-status', '0'], ['grpc-message', 'caf\xe9']], [['x-sum', '1']]])
  })
})

describe('9 pipelining', () => {
  it('is answered in order, however long each takes', async () => {
    const waiting: (() => void)[] = []
    const backend = await serveBackend(({ connection, target }) => {
      waiting.push(() => connection.send(ok(target)))
      return undefined
    })
    const client = (await open(await startProxy({ backends: { a: backend.port } }))).send(Array.from({ length: 20 }, (_, i) => get(`/${i}`)).join(''))
    for (let i = 0; i < 20; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await backend.received(i + 1)
      expect(waiting).toHaveLength(i + 1)
      waiting[i]!()
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      expect((await client.next()).body).toBe(`/${i}`)
    }
  })

  it('with a request that is malformed: its 400 comes after the answers before it, and then the end', async () => {
    const backend = await serveBackend(({ connection }) => {
      setImmediate(() => connection.send(ok('first')))
      return undefined
    })
    const client = await connectTo((await startProxy({ backends: { a: backend.port } })).port)
    client.send(`${get('/1')}GET /2 HTTP/1.1\r\nHost: a\r\nBad Name: 1\r\n\r\n${get('/3')}`)
    expect(await client.closed).toBe('fin')
    expect(readAnswers(client.text).map((answer) => [statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error')])).toEqual([[200, []], [400, ['bad_field_name']]])
    expect(backend.requests.map(({ target }) => target)).toEqual(['/1'])
  })

  it('with a body larger than what is kept of it: no octet of it is lost', async () => {
    const backend = await serveBackend(({ body }) => ok(`${body.length}`))
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    // the head and nearly all of what is kept come while the first request is served, and more in one read behind it
    const body = Array.from({ length: 100_000 }, (_, i) => i % 10).join('')
    client.send(`${get()}${post(body)}`)
    expect((await client.next()).body).toBe('0')
    expect((await client.next()).body).toBe('100000')
    expect(backend.requests[1]!.body).toBe(body)
  })

  it.each([100, 3900, 4050])('with a request of which %i octets have come when it waits, and the rest in one read: none is lost', async (early) => {
    let answerFirst: (() => void) | undefined
    const backend = await serveBackend(({ number, connection, body }) => {
      if (number > 0) return ok(`${body.length}`)
      answerFirst = () => connection.send(ok('first'))
      return undefined
    })
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await open(proxy)
    client.send(get())
    await backend.received()
    const second = post('x'.repeat(200_000))
    await client.raw.sendApart([second.slice(0, early)])
    client.send(second.slice(early))
    await new Promise((resolve) => { client.raw.socket.write('', resolve) })
    answerFirst!()
    expect((await client.next()).body).toBe('first')
    expect((await client.next()).body).toBe('200000')
  })
})

describe('10 Upgrade', () => {
  it.each(['websocket', 'foo'])('to %s with a body is refused', async (protocol) => {
    const backend = await serveBackend()
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), post('GET /smuggled HTTP/1.1\r\n\r\n', `Connection: Upgrade\r\nUpgrade: ${protocol}\r\n`))
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error'), backend.requests]).toEqual([400, ['upgrade_with_body'], []])
  })

  it.each(['h2c', 'foo', 'websocket, h2c', 'TLS/1.0'])('to %s is left out, and the request is served', async (protocol) => {
    const backend = await serveBackend()
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), get('/', `Connection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: x\r\n`))
    expect(statusOf(answer)).toBe(200)
    expect(without(backend.requests[0]!.fields, 'host', 'via', 'x-request-id', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto')).toEqual([])
  })

  it('of an HTTP/1.0 client is ignored', async () => {
    const backend = await serveBackend()
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), 'GET / HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect([statusOf(answer), valuesOf(backend.requests[0]!.fields, 'upgrade')]).toEqual([200, []])
  })
})

describe('11 a backend that breaks the rules', () => {
  const answer = (lines: string, body = 'body'): string => `HTTP/1.1 200 OK\r\n${lines}\r\n${body}`
  it.each([
    ['an unknown transfer coding', answer('Transfer-Encoding: foo\r\n')],
    ['chunked twice', answer('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n')],
    ['two Transfer-Encoding lines', answer('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
    ['a coding before chunked', answer('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')],
    ['two lengths', answer('Content-Length: 4\r\nContent-Length: 4\r\n')],
    ['lengths that differ', answer('Content-Length: 4\r\nContent-Length: 5\r\n')],
    ['a list of lengths', answer('Content-Length: 4, 4\r\n')],
    ['a length with a sign', answer('Content-Length: +4\r\n')],
    ['a length that is no number', answer('Content-Length: four\r\n')],
    ['a control character', answer('Content-Length: 4\r\nX: a\x01b\r\n')],
    ['a folded line', answer('Content-Length: 4\r\nX: a\r\n b\r\n')],
    ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 4\r\n\r\nbody'],
    ['a bare CR', answer('Content-Length: 4\rX: a\r\n')],
    ['a blank before a colon', answer('Content-Length : 4\r\n')],
    ['a head that is too large', answer(`Content-Length: 4\r\nX: ${'x'.repeat(70_000)}\r\n`)],
    ['too many lines', answer(`Content-Length: 4\r\n${'X: x\r\n'.repeat(600)}`)],
    ['another protocol', 'SSH-2.0-OpenSSH_9.0\r\n\r\n'],
    ['HTTP/0.9', '<html>hello</html>'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 4\r\n\r\nbody'],
    ['a bad chunk at once', answer('Transfer-Encoding: chunked\r\n', 'xyz\r\n')],
    ['nothing but an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n']
  ])('%s is answered for with 502, and its connection is not used again', async (_name, raw) => {
    const backend = await serveBackend(({ connection, number }) => {
      if (number > 0) return ok()
      connection.send(raw).end()
      return undefined
    })
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    const got = await client.ask(post('body'))
    expect([statusOf(got), valuesOf(got.fields, 'connection')]).toEqual([502, []])
    expect(['bad_response', 'closed']).toContain(valuesOf(got.fields, 'x-windtunnel-error')[0])
    expect(statusOf(await client.ask(get()))).toBe(200)
    expect(backend.connections).toHaveLength(2)
  })

  it('a length next to chunks is dropped, and the connection not used again', async () => {
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n')
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    const first = await client.ask(get())
    expect([first.body, valuesOf(first.fields, 'content-length')]).toEqual(['body', []])
    await client.ask(get())
    expect(backend.connections).toHaveLength(2)
  })
})

describe('13 limits', () => {
  it.each([
    ['a head', get('/', `X: ${'x'.repeat(17_000)}\r\n`), 431, 'head_too_large'],
    ['a head of many lines', get('/', 'X: x\r\n'.repeat(300)), 431, 'head_too_large'],
    ['a target', get(`/${'x'.repeat(17_000)}`), 414, 'target_too_long']
  ])('on %s are told to the client and keep it from backends', async (_name, request, status, code) => {
    const backend = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port } })
    const answer = await askOnce(proxy, request)
    expect([statusOf(answer), valuesOf(answer.fields, 'x-windtunnel-error'), backend.requests.length, proxy.refused]).toEqual([status, [code], 0, [code]])
  })

  it('are none on how long a request or an answer takes in all, as long as it goes on', async () => {
    const time = stopTime()
    const backend = await serveRaw(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = (await open(proxy)).send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\n')
    for (let i = 1; i <= 15; i++) {
      // oxlint-disable-next-line no-await-in-loop -- octet by octet is the point
      await pass(proxy, time, 29_000)
      client.send('x')
      // oxlint-disable-next-line no-await-in-loop -- octet by octet is the point
      await eventually(() => backend.connections[0]?.text.split('\r\n\r\n')[1]?.length === i)
    }
    const [connection] = backend.connections
    connection!.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n')
    for (let i = 1; i <= 8; i++) {
      // oxlint-disable-next-line no-await-in-loop -- octet by octet is the point
      await pass(proxy, time, 55_000)
      connection!.send('y')
      // oxlint-disable-next-line no-await-in-loop -- octet by octet is the point
      await client.raw.sees('y', i)
    }
    expect((await client.next()).body).toBe('y'.repeat(8))
  })
})

describe('15 a client that sends FIN after its request', () => {
  it('has gone, unless the config says otherwise', async () => {
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = (await open(proxy)).send(get())
    await backend.received()
    client.raw.end()
    await backend.connections[0]!.closed
    await client.raw.closed
    expect([client.raw.text, (await exchange(proxy)).ending]).toEqual(['', 'client_gone'])
  })

  it('gets its answer where the config says so', async () => {
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port }, listen: 'halfClose: answer' })
    const client = (await open(proxy)).send(get())
    const { connection } = await backend.received()
    client.raw.end()
    await eventually(() => client.raw.socket.writableFinished)
    connection.send(ok('answered'))
    expect(await client.raw.closed).toBe('fin')
    expect((await client.next()).body).toBe('answered')
    expect((await exchange(proxy)).ending).toBe('answered')
  })
})

describe('16 shutdown', () => {
  it('says close on what is under way, ends idle connections at once, and takes no new ones', async () => {
    const backend = await serveBackend(({ target }) => target === '/idle' ? ok() : undefined)
    const proxy = await startProxy({ backends: { a: backend.port } })
    const idle = await open(proxy)
    await idle.ask(get('/idle'))
    const busy = (await open(proxy)).send(get('/busy'))
    const { connection } = await backend.received(2)
    const drained = proxy.listener.drain(600_000)
    expect(await idle.raw.closed).toBe('fin')
    await expect(connectTo(proxy.port)).rejects.toThrow('ECONNREFUSED')
    connection.send(ok('busy'))
    const answer = await busy.next()
    expect([answer.body, valuesOf(answer.fields, 'connection')]).toEqual(['busy', ['close']])
    await busy.raw.closed
    await drained
  })

  it('says close on answers of our own too', async () => {
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = (await open(proxy)).send(get())
    const { connection } = await backend.received()
    const drained = proxy.listener.drain(600_000)
    connection.reset()
    const answer = await client.next()
    expect([statusOf(answer), valuesOf(answer.fields, 'connection')]).toEqual([502, ['close']])
    await client.raw.closed
    await drained
  })
})

describe('17 threads that share a port', () => {
  it('lose no request when one of them drains: what it has it finishes, what is new goes to the others', async () => {
    const backend = await serveBackend(({ target }) => target === '/slow' ? undefined : ok())
    const yaml = `version: 1\nbackends: { a: { url: "http://127.0.0.1:${backend.port}" } }\nroutes: [{ name: all, backend: a }]\n`
    const planes = [await startDataPlane(yaml), await startDataPlane(yaml)]
    const options = (port: number, deadlines = planes[0]!.data.deadlines): ListenerOptions => ({
      host: '127.0.0.1', port, shared: true, tls: undefined, maxConnections: 1000, connections: { add: () => undefined, set: () => undefined }, dropped: { add: () => undefined },
      inbound: { headTimeoutMs: 10_000, keepAliveMs: 75_000, idleMs: 60_000, lingerMs: 500, halfClose: 'cancel', maxHeadBytes: 16_384, maxFields: 200, deadlines }
    })
    const leaving = new Listener(planes[0]!.data, options(0))
    const port = await leaving.listen()
    const slow = await Promise.all(Array.from({ length: 10 }, async () => (await open({ port })).send(get('/slow'))))
    await backend.received(10)
    const staying = new Listener(planes[1]!.data, options(port))
    await staying.listen()
    onTestFinished(async () => { await Promise.all([staying.drain(0), ...planes.map((plane) => plane.close())]) })
    const drained = leaving.drain(600_000)
    const fresh = await Promise.all(Array.from({ length: 50 }, () => askOnce({ port }, get('/fresh'))))
    expect(fresh.map(statusOf)).toEqual(fresh.map(() => 200))
    for (const { connection } of backend.requests.slice(0, 10)) connection.send(ok('slow'))
    expect((await Promise.all(slow.map((client) => client.next()))).map(({ body }) => body)).toEqual(slow.map(() => 'slow'))
    for (const { raw } of slow) raw.socket.end()
    await drained
    expect([planes[0]!.exchanges.length, planes[1]!.exchanges.length]).toEqual([10, 50])
  })
})

describe('19 what other proxies have been caught at', () => {
  it('a long body whose answer comes early changes nothing for who comes next', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, (_number, head) => {
      connection.send(head.startsWith('POST') ? 'HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n' : ok())
    }))
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = (await open(proxy)).send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n${'x'.repeat(1_000_000)}`)
    expect(statusOf(await client.next())).toBe(413)
    expect(await askOnce(proxy, get())).toMatchObject({ body: 'ok' })
  })

  it.each(['/public/../private', '/public/%2e%2e/private', '/public/%2E./private', '/public/x/../../private', '/public/./../private'])('a path cannot climb out of the prefix it is routed by: %s', async (target) => {
    const [open_, closed] = [await serveBackend(), await serveBackend()]
    const proxy = await startProxy({ backends: { a: open_.port, b: closed.port }, routes: ['name: public, match: { path: { prefix: /public/ } }, backend: a', 'name: rest, backend: b'] })
    await askOnce(proxy, get(target))
    expect([open_.requests.length, closed.requests.map((request) => request.target)]).toEqual([0, [target]])
  })

  it('a query cannot become part of the path a rule sees', async () => {
    const backend = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port }, route: 'match: { path: { exact: /a } }' })
    expect(await Promise.all(['/a?/../b', '/a', '/a%3fx', '/a;x', '/b?/a'].map(async (target) => statusOf(await askOnce(proxy, get(target)))))).toEqual([200, 200, 404, 404, 404])
  })

  it('fields a backend nominates for its hop do not reach the client', async () => {
    const backend = await serveBackend(() => ok('ok', 'Connection: X-Internal, Set-Cookie\r\nX-Internal: secret\r\nSet-Cookie: a=1\r\n'))
    const answer = await askOnce(await startProxy({ backends: { a: backend.port } }), get())
    expect(without(answer.fields, 'content-length', 'date', 'x-request-id')).toEqual([])
  })

  it('the certificate of a backend is verified, unless the config says otherwise', async () => {
    const { key, cert } = makeCertificate('model.example')
    const folder = mkdtempSync(join(tmpdir(), 'windtunnel-test-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'ca.pem'), cert)
    const sockets = new Set<Socket>()
    const server = createTlsServer({ key, cert }, (socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined).on('data', () => socket.write(ok('secret')))
    })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    onTestFinished(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const asked = async (tls: string): Promise<string> => {
      const proxy = await startDataPlane(`version: 1\nbackends: { a: { url: "${url}", tls: { ${tls} } } }\nroutes: [{ name: all, backend: a }]\n`)
      const answer = await askOnce(proxy, get())
      await proxy.close()
      return `${statusOf(answer)} ${valuesOf(answer.fields, 'x-windtunnel-error').join('')}`
    }
    const ca = join(folder, 'ca.pem')
    expect(await asked('serverName: model.example')).toBe('502 connect_refused')
    expect(await asked(`serverName: model.example, ca: ${ca}`)).toBe('200 ')
    expect(await asked(`serverName: other.example, ca: ${ca}`)).toBe('502 connect_refused')
    expect(await asked('serverName: other.example, verify: false')).toBe('200 ')
  })
})

