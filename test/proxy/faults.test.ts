import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectTo, type RawClient } from '../http/support/raw-client.ts'
import { onRequests, serveRaw } from '../http/support/raw-server.ts'
import { eventually, Signal, steady } from '../http/support/signal.ts'
import { ok, serveBackend } from './support/backend.ts'
import { Flood } from './support/flood.ts'
import { readAnswers, statusOf, valuesOf } from './support/message.ts'
import { askOnce, configOf, exchange, get, leftOver, metric, open, pass, post, startProxy, stopTime, upstreamOf } from './support/proxy.ts'

/* What a proxy must survive, row by row. Servers and clients are raw sockets. */

const errorOf = (message: { readonly fields: Parameters<typeof valuesOf>[0] }): string => valuesOf(message.fields, 'x-windtunnel-error').join('')
const MIB = 1024 * 1024

describe('a backend that goes before its head', () => {
  describe.each(['reset', 'end'] as const)('(%s)', (how) => {
    it.each([['GET', get()], ['POST', post('body')]])('on a new connection is answered for with 502, and asked once: %s', async (_method, request) => {
      const backend = await serveBackend(({ connection }) => void connection[how]())
      const proxy = await startProxy({ backends: { a: backend.port } })
      const answer = await askOnce(proxy, request)
      expect([statusOf(answer), errorOf(answer), backend.requests.length]).toEqual([502, 'closed', 1])
      expect(upstreamOf(proxy).pool.counts).toEqual({ connections: 0, idle: 0, waiting: 0 })
    })

    it.each([['GET', get(), 200, 3], ['POST', post('body'), 502, 2]])('on a connection used before: %s', async (_method, request, status, asked) => {
      const backend = await serveBackend(({ connection, number }) => number === 1 ? void connection[how]() : ok())
      const proxy = await startProxy({ backends: { a: backend.port } })
      const client = await open(proxy)
      await client.ask(get('/warm'))
      await eventually(() => upstreamOf(proxy).pool.counts.idle === 1)
      expect([statusOf(await client.ask(request)), backend.requests.length]).toEqual([status, asked])
    })
  })

  it('never sees a POST twice, whatever else happens', async () => {
    const backend = await serveBackend(({ connection, number, method }) => {
      if (method === 'GET') return ok()
      if (number % 3 === 0) connection.reset()
      else if (number % 3 === 1) connection.end()
      else return ok()
      return undefined
    })
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    for (let i = 0; i < 60; i++) {
      // oxlint-disable-next-line no-await-in-loop -- each may find what the one before has left
      await client.ask(i % 2 === 0 ? get() : post('body', '', `/${i}`))
    }
    const posts = backend.requests.filter(({ method }) => method === 'POST').map(({ target }) => target)
    expect([posts.length, new Set(posts).size]).toEqual([30, 30])
  })

  it('in the middle of an upload is answered for with 502', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, () => connection.reset()))
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbegun')
    const answer = await client.next()
    expect([statusOf(answer), errorOf(answer), valuesOf(answer.fields, 'connection')]).toEqual([502, 'closed', ['close']])
  })
})

describe('a backend that dies in the middle of its answer', () => {
  const BODIES = [
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n', 'begun'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '5\r\nbegun\r\n'],
    ['within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'ff\r\nbegun'],
    ['in a body that lasts until close', 'HTTP/1.1 200 OK\r\n\r\n', 'begun']
  ] as const
  const DEATHS = BODIES.flatMap(([name, head, body]) => (['reset', 'end'] as const).flatMap((how) => ['1.0', '1.1'].map((version) => [name, how, version, head, body] as const)))
    .filter(([name, how]) => !(name.endsWith('close') && how === 'end')) // that is how such a body ends

  it.each(DEATHS)('%s (%s, to an HTTP/%s client) never looks whole', async (_name, how, version, head, body) => {
    const backend = await serveBackend(({ number }) => number === 0 ? head + body : ok())
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await connectTo(proxy.port)
    client.send(`GET / HTTP/${version}\r\nHost: a\r\nConnection: keep-alive\r\n\r\n`)
    await client.sees('begun')
    backend.connections[0]![how]()
    const end = await client.closed
    expect(() => readAnswers(client.text, [], end === 'fin')).toThrow('no whole answer')
    expect(await exchange(proxy)).toMatchObject({ ending: 'broken', code: 'closed', status: 200, responseBytes: 5 })
    expect([statusOf(await askOnce(proxy, get())), upstreamOf(proxy).pool.counts.waiting]).toEqual([200, 0])
  })

  it.each(['z\r\n', '-1\r\n', '5 \r\nagain\r\n', '5\r\nagainst\r\n', '0\r\nBad Trailer: x\r\n\r\n'])('by a bad chunk %j never looks whole', async (bad) => {
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n')
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await connectTo(proxy.port)
    client.send(get())
    await client.sees('begun')
    backend.connections[0]!.send(`${bad}0\r\n\r\n`)
    const end = await client.closed
    expect(() => readAnswers(client.text, [], end === 'fin')).toThrow('no whole answer')
    expect(await exchange(proxy)).toMatchObject({ ending: 'broken', code: 'bad_response' })
    await backend.connections[0]!.closed
  })
})

describe('a poisoned answer', () => {
  const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'

  it.each<[string, string, (connection: RawClient) => void]>([
    ['in the same write', ok('first') + POISON, () => undefined],
    ['one octet of it in the same write', `${ok('first')}H`, (connection) => void connection.send(POISON.slice(1))],
    ['while the connection lies idle', ok('first'), (connection) => void connection.send(POISON)],
    ['behind the last chunk', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\n${POISON}`, () => undefined],
    ['behind 204', `HTTP/1.1 204 No Content\r\n\r\n${POISON}`, () => undefined],
    ['as the body of 304', `HTTP/1.1 304 Not Modified\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`, () => undefined]
  ])('%s is never the answer to another request', async (_name, first, then) => {
    const backend = await serveBackend(({ number }) => number === 0 ? first : ok(`answer ${number}`))
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    await client.ask(get('/0'))
    then(backend.connections[0]!)
    for (let i = 1; i <= 3; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      expect((await client.ask(get(`/${i}`))).body).toBe(`answer ${i}`)
    }
    expect(client.raw.text).not.toContain('poison')
  })

  it('is not let through by framing that is stated twice', async () => {
    const backend = await serveBackend(() => `HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: ${5 + POISON.length}\r\n\r\nfirst${POISON}`)
    const proxy = await startProxy({ backends: { a: backend.port } })
    const answer = await askOnce(proxy, get())
    expect([statusOf(answer), errorOf(answer)]).toEqual([502, 'bad_response'])
    await eventually(() => backend.open === 0)
  })
})

describe('an early final answer to a big upload', () => {
  it.each([['Content-Length', `Content-Length: ${64 * MIB}\r\n`], ['chunks', 'Transfer-Encoding: chunked\r\n']])('reaches the client, and the upload stops (%s)', async (_name, framing) => {
    const backend = await serveRaw((connection) => {
      connection.keep = false
      connection.socket.once('data', () => connection.send('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno'))
    })
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await open(proxy)
    client.send(`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n`)
    if (framing.startsWith('T')) client.send(`${(64 * MIB).toString(16)}\r\n`)
    const upload = new Flood(client.raw.socket, 64 * MIB)
    const answer = await client.next()
    expect([statusOf(answer), answer.body, valuesOf(answer.fields, 'connection')]).toEqual([413, 'no', ['close']])
    await backend.connections[0]!.closed
    await client.raw.closed
    expect(upload.sent).toBeLessThan(40 * MIB) // what is thrown away so that the answer is seen, and what sockets hold
    expect(await exchange(proxy)).toMatchObject({ ending: 'answered', status: 413 })
  })
})

describe('a client that leaves', () => {
  it.each(['reset', 'end'] as const)('while its answer is awaited (%s) frees the backend', async (how) => {
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = (await open(proxy)).send(post('body'))
    await backend.received()
    client.raw[how]()
    await backend.connections[0]!.closed
    expect(await exchange(proxy)).toMatchObject({ ending: 'client_gone', code: 'client_gone', status: 0 })
  })

  it.each(['reset', 'end'] as const)('in the middle of its answer (%s) frees the backend', async (how) => {
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegun')
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = (await open(proxy)).send(get())
    await client.raw.sees('begun')
    client.raw[how]()
    await backend.connections[0]!.closed
    expect(await exchange(proxy)).toMatchObject({ ending: 'client_gone', status: 200 })
  })

  it.each<['reset' | 'end', string, string]>([['reset', 'Content-Length: 1000', 'some'], ['end', 'Content-Length: 1000', 'some'], ['reset', 'Transfer-Encoding: chunked', '4\r\nsome\r\n'], ['end', 'Transfer-Encoding: chunked', '4\r\nsome\r\n']])(
    'in the middle of its upload (%s, %s) is seen as an abort, never as a whole request', async (how, framing, body) => {
      const backend = await serveRaw(() => undefined)
      const proxy = await startProxy({ backends: { a: backend.port } })
      const client = (await open(proxy)).send(`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n${body}`)
      await backend.connected(1)
      const [connection] = backend.connections
      await connection!.sees('some')
      client.raw[how]()
      await connection!.closed
      expect(connection!.text).toMatch(/\r\n\r\n(?:4\r\n)?some(?:\r\n)?$/)
      expect((await exchange(proxy)).ending).toBe('client_gone')
    })

  it('while it waits for a connection frees its place', async () => {
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: [backend.port, 'maxConnections: 1'] } })
    const first = (await open(proxy)).send(get('/first'))
    await backend.received()
    const second = (await open(proxy)).send(get('/second'))
    await eventually(() => upstreamOf(proxy).pool.counts.waiting === 1)
    second.raw.reset()
    await eventually(() => upstreamOf(proxy).pool.counts.waiting === 0)
    backend.connections[0]!.send(ok())
    expect((await first.next()).body).toBe('ok')
    expect(backend.requests).toHaveLength(1)
  })

  it('a thousand times over leaves nothing behind', async () => {
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port } })
    for (let round = 0; round < 10; round++) {
      // oxlint-disable-next-line no-await-in-loop -- a hundred at a time
      const clients = await Promise.all(Array.from({ length: 100 }, async () => (await open(proxy)).send(get())))
      // oxlint-disable-next-line no-await-in-loop -- a hundred at a time
      await eventually(() => proxy.data.inFlight === 100)
      for (const { raw } of clients) raw.reset()
      // oxlint-disable-next-line no-await-in-loop -- a hundred at a time
      await eventually(() => proxy.data.inFlight === 0)
    }
    await eventually(() => backend.open === 0)
    expect([proxy.exchanges.length, upstreamOf(proxy).pool.counts]).toEqual([1000, { connections: 0, idle: 0, waiting: 0 }])
  })
})

describe('a client that ends its side', () => {
  it.each([
    ['cancel', 'client_gone'],
    ['answer', 'answered']
  ] as const)('in the middle of its answer has gone or not, as the config says: %s', async (halfClose, ending) => {
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbegun')
    const proxy = await startProxy({ backends: { a: backend.port }, listen: `halfClose: ${halfClose}` })
    const client = (await open(proxy)).send(get())
    await client.raw.sees('begun')
    client.raw.end()
    if (halfClose === 'answer') {
      await eventually(() => client.raw.socket.writableFinished)
      backend.connections[0]!.send(' ends')
    }
    await client.raw.closed
    expect([client.raw.text.endsWith('begun ends'), (await exchange(proxy)).ending]).toEqual([halfClose === 'answer', ending])
  })
})

describe('a slow reader', () => {
  it('holds its backend up, and no more than sockets take is in flight', async () => {
    const total = 96 * MIB
    let flood: Flood | undefined
    const backend = await serveBackend(({ connection }) => {
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`)
      flood = new Flood(connection.socket, total)
      return undefined
    })
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await open(proxy)
    client.raw.keep = false
    client.send(get())
    await backend.received()
    client.raw.socket.pause()
    expect(await steady(() => flood!.sent)).toBeLessThan(24 * MIB)
    client.raw.socket.resume()
    await eventually(() => client.raw.socket.bytesRead > total)
    expect(await exchange(proxy)).toMatchObject({ ending: 'answered', responseBytes: total })
  })

  it('of chunks, too', async () => {
    let flood: Flood | undefined
    const backend = await serveBackend(({ connection }) => {
      connection.send(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${(96 * MIB).toString(16)}\r\n`)
      flood = new Flood(connection.socket, 96 * MIB)
      return undefined
    })
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    client.raw.keep = false
    client.send(get())
    await backend.received()
    client.raw.socket.pause()
    expect(await steady(() => flood!.sent)).toBeLessThan(24 * MIB)
    client.raw.reset()
    await backend.connections[0]!.closed
  })

  it('who takes nothing at all for too long is let go, and its backend with it', async () => {
    const time = stopTime()
    let flood: Flood | undefined
    const backend = await serveBackend(({ connection }) => {
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${96 * MIB}\r\n\r\n`)
      flood = new Flood(connection.socket, 96 * MIB)
      return undefined
    })
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await open(proxy)
    client.raw.keep = false
    client.send(get())
    await backend.received()
    client.raw.socket.pause()
    await steady(() => flood!.sent)
    await pass(proxy, time, 59_000)
    expect(proxy.data.inFlight).toBe(1)
    await pass(proxy, time, 2000)
    await backend.connections[0]!.closed
    expect((await exchange(proxy)).ending).toBe('client_gone')
  })
})

describe('a backend that reads slowly', () => {
  it('holds the client up, and no more than sockets take is in flight', async () => {
    const total = 96 * MIB
    const backend = await serveRaw((connection) => {
      connection.keep = false
      connection.socket.pause()
    })
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${total}\r\n\r\n`)
    const upload = new Flood(client.raw.socket, total)
    await backend.connected(1)
    expect(await steady(() => upload.sent)).toBeLessThan(24 * MIB)
    const { socket } = backend.connections[0]!
    socket.resume()
    await eventually(() => socket.bytesRead > total)
    backend.connections[0]!.send(ok())
    expect(statusOf(await client.next())).toBe(200)
  })

  it('and never begins to answer is given up', async () => {
    const time = stopTime()
    const backend = await serveRaw((connection) => connection.socket.pause())
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await open(proxy)
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${96 * MIB}\r\n\r\n`)
    const upload = new Flood(client.raw.socket, 96 * MIB)
    await backend.connected(1)
    await steady(() => upload.sent)
    await pass(proxy, time, 31_000)
    const answer = await client.next()
    expect([statusOf(answer), errorOf(answer)]).toEqual([504, 'first_byte_timeout'])
  })
})

describe('a slow backend', () => {
  it('that does not begin to answer in time is answered for with 504', async () => {
    const time = stopTime()
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port }, route: 'timeouts: { firstByte: 5s }' })
    const client = (await open(proxy)).send(get())
    await backend.received()
    await pass(proxy, time, 4900)
    expect(client.raw.text).toBe('')
    await pass(proxy, time, 200)
    const answer = await client.next()
    expect([statusOf(answer), errorOf(answer), valuesOf(answer.fields, 'connection')]).toEqual([504, 'first_byte_timeout', []])
    await backend.connections[0]!.closed
    expect(await exchange(proxy)).toMatchObject({ ending: 'local', code: 'first_byte_timeout', status: 504 })
  })

  it('that stops within its head is answered for with 504', async () => {
    const time = stopTime()
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nX: ')
    const proxy = await startProxy({ backends: { a: backend.port }, route: 'timeouts: { idle: 5s }' })
    const client = (await open(proxy)).send(get())
    const { connection } = await backend.received()
    await eventually(() => connection.socket.bytesWritten > 0)
    await steady(() => connection.socket.writableLength)
    await pass(proxy, time, 5200)
    expect(errorOf(await client.next())).toBe('idle_timeout')
  })

  it('that stops within its answer is cut', async () => {
    const time = stopTime()
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n')
    const proxy = await startProxy({ backends: { a: backend.port }, route: 'timeouts: { idle: 5s }' })
    const client = (await open(proxy)).send(get())
    await client.raw.sees('begun')
    await pass(proxy, time, 4900)
    expect(client.raw.ended).toBe(false)
    await pass(proxy, time, 200)
    await client.raw.closed
    expect(client.raw.text).toMatch(/begun\r\n$/)
    await backend.connections[0]!.closed
    expect(await exchange(proxy)).toMatchObject({ ending: 'broken', code: 'idle_timeout' })
  })

  it('that sends a heartbeat now and then is waited for', async () => {
    const time = stopTime()
    const backend = await serveBackend(() => 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n')
    const proxy = await startProxy({ backends: { a: backend.port }, route: 'timeouts: { firstByte: 5s, idle: 5s }' })
    const client = (await open(proxy)).send(get())
    await client.raw.sees('\r\n\r\n')
    for (let i = 1; i <= 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await pass(proxy, time, 4500)
      backend.connections[0]!.send('2\r\n:\n\r\n')
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await client.raw.sees(':\n', i)
    }
    backend.connections[0]!.send('0\r\n\r\n')
    expect((await client.next()).body).toBe(':\n'.repeat(5))
  })

  it('is given its time anew by each interim answer', async () => {
    const time = stopTime()
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port }, route: 'timeouts: { firstByte: 5s, idle: 5s }' })
    const client = (await open(proxy)).send(get())
    const { connection } = await backend.received()
    for (let i = 1; i <= 3; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await pass(proxy, time, 4500)
      connection.send('HTTP/1.1 102 Processing\r\n\r\n')
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      expect(statusOf(await client.next())).toBe(102)
    }
    connection.send(ok())
    expect(statusOf(await client.next())).toBe(200)
  })

  it('is waited for for ever where the config says so', async () => {
    const time = stopTime()
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port }, route: 'timeouts: { firstByte: 0s, idle: 0s }' })
    const client = (await open(proxy)).send(get())
    const { connection } = await backend.received()
    await pass(proxy, time, 86_400_000)
    connection.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n')
    await client.raw.sees('\r\n\r\n')
    await pass(proxy, time, 86_400_000)
    connection.send('ended')
    expect((await client.next()).body).toBe('ended')
  })

  it('that lets nobody in is answered for with 504', async () => {
    const backend = await serveRaw(() => undefined) // takes connections, and never shakes hands
    const yaml = configOf({ backends: { a: [backend.port, 'timeouts: { connect: 50ms }'] } }).replace('http://', 'https://').replace('timeouts:', 'tls: { serverName: a.example }, timeouts:')
    const proxy = await startProxy({ backends: { a: 1 } })
    proxy.reload(yaml)
    const answer = await askOnce(proxy, post('body'))
    expect([statusOf(answer), errorOf(answer)]).toEqual([504, 'connect_timeout'])
    await eventually(() => backend.connections.every(({ socket }) => socket.destroyed))
  })

  it('that has no connection left for too long is answered for with 503', async () => {
    const time = stopTime()
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: [backend.port, 'maxConnections: 1, maxWaiting: 1'] } })
    await open(proxy).then((client) => client.send(get()))
    await backend.received()
    const waiting = (await open(proxy)).send(get())
    await eventually(() => upstreamOf(proxy).pool.counts.waiting === 1)
    expect(errorOf(await askOnce(proxy, get()))).toBe('pool_full')
    await pass(proxy, time, 2100)
    const answer = await waiting.next()
    expect([statusOf(answer), errorOf(answer), valuesOf(answer.fields, 'retry-after')]).toEqual([503, 'pool_timeout', ['1']])
  })
})

describe('a slow client', () => {
  it('that never ends its head is told so, and others are served meanwhile', async () => {
    const time = stopTime()
    const backend = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port } })
    const slow = await Promise.all(Array.from({ length: 100 }, async () => (await open(proxy)).send('GET / HTTP/1.1\r\nHost: a\r\nX-')))
    await eventually(() => slow.every(({ raw }) => raw.socket.writableLength === 0))
    for (let i = 0; i < 4; i++) {
      for (const client of slow) client.send(`${i}`)
      // oxlint-disable-next-line no-await-in-loop -- octet by octet is the point
      expect(statusOf(await askOnce(proxy, get()))).toBe(200)
      // oxlint-disable-next-line no-await-in-loop -- octet by octet is the point
      await pass(proxy, time, 2400)
    }
    expect(slow.every(({ raw }) => raw.text === '')).toBe(true)
    await pass(proxy, time, 500)
    expect((await Promise.all(slow.map((client) => client.next()))).map(statusOf)).toEqual(slow.map(() => 408))
    expect([backend.requests.length, proxy.refused.length]).toEqual([4, 100])
  })

  it('that stops within its body is told so, and its backend sees an abort', async () => {
    const time = stopTime()
    const backend = await serveRaw(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port }, listen: 'timeouts: { idle: 5s }' })
    const client = (await open(proxy)).send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nsome')
    await backend.connected(1)
    await backend.connections[0]!.sees('some')
    await pass(proxy, time, 5200)
    expect(statusOf(await client.next())).toBe(408)
    await backend.connections[0]!.closed
    expect(await exchange(proxy)).toMatchObject({ ending: 'client_gone', code: 'body_timeout' })
    expect(proxy.refused).toEqual(['body_timeout'])
  })

  it('that asks for nothing is let go in silence', async () => {
    const time = stopTime()
    const proxy = await startProxy({ backends: { a: 1 } })
    const client = await open(proxy)
    await pass(proxy, time, 75_100)
    expect([await client.raw.closed, client.raw.text, proxy.refused]).toEqual(['fin', '', []])
  })
})

describe('too much', () => {
  it('of connections is closed, and those there are are served', async () => {
    const backend = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port }, listen: 'maxConnections: 2' })
    const clients = [await open(proxy), await open(proxy)]
    await Promise.all(clients.map((client) => client.ask(get())))
    const third = await connectTo(proxy.port)
    expect([await third.closed !== undefined, third.text]).toEqual([true, ''])
    expect(metric(proxy, 'connections_dropped_total')).toBe(1)
    clients[0]!.raw.end()
    await clients[0]!.raw.closed
    expect(statusOf(await clients[1]!.ask(get()))).toBe(200)
    expect(statusOf(await askOnce(proxy, get()))).toBe(200)
  })

  it('of a head from a backend is not gathered', async () => {
    let flood: Flood | undefined
    const backend = await serveBackend(({ connection }) => {
      connection.send('HTTP/1.1 200 OK\r\nX: ')
      flood = new Flood(connection.socket, 64 * MIB)
      return undefined
    })
    const proxy = await startProxy({ backends: { a: backend.port } })
    const answer = await askOnce(proxy, get())
    expect([statusOf(answer), errorOf(answer)]).toEqual([502, 'bad_response'])
    await backend.connections[0]!.closed
    expect(flood!.sent).toBeLessThan(24 * MIB)
  })

  it('of a head from a client is not gathered', async () => {
    const proxy = await startProxy({ backends: { a: 1 } })
    const client = await open(proxy)
    client.send('GET / HTTP/1.1\r\nX: ')
    const flood = new Flood(client.raw.socket, 64 * MIB)
    expect(statusOf(await client.next())).toBe(431)
    await client.raw.closed
    expect(flood.sent).toBeLessThan(40 * MIB)
  })
})

describe('connections killed under load', () => {
  it('cost the requests that were on them and no other', async () => {
    const backend = await serveBackend(({ target, connection }) => {
      if (target.startsWith('/killed')) connection.reset()
      else setImmediate(() => connection.send(ok(target)))
      return undefined
    })
    const proxy = await startProxy({ backends: { a: [backend.port, 'eject: { failures: 1000000 }'] } })
    const ends = await Promise.all(Array.from({ length: 20 }, async (_, c) => {
      const client = await open(proxy)
      const statuses: string[] = []
      for (let i = 0; i < 40; i++) {
        const target = i % 8 === c % 8 ? `/killed/${c}/${i}` : `/fine/${c}/${i}`
        // oxlint-disable-next-line no-await-in-loop -- a client asks one after another
        const answer = await client.ask(post('x', '', target))
        statuses.push(`${statusOf(answer)} ${statusOf(answer) === 200 ? String(answer.body === target) : errorOf(answer)}`)
      }
      return statuses
    }))
    ends.forEach((statuses, c) => statuses.forEach((status, i) => expect(status).toBe(i % 8 === c % 8 ? '502 closed' : '200 true')))
    expect(new Set(backend.requests.map(({ target }) => target)).size).toBe(backend.requests.length)
  })
})

describe('a process without file descriptors', () => {
  const limited = spawnSync('prlimit', ['--version']).status === 0

  it.skipIf(!limited)('turns clients away, does not spin, and serves again once it has some', async () => {
    const backend = await serveBackend()
    const child = await startLimited(configOf({ backends: { a: [backend.port, 'timeouts: { keepAlive: 0s }'] } }))
    const clients: RawClient[] = []
    let turnedAway = 0
    for (let i = 0; i < 200; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another, so that the limit is met and not the backlog
      const client = await connectTo(child.port)
      void client.closed.then(() => turnedAway++)
      clients.push(client)
    }
    await eventually(() => turnedAway > 50)
    await steady(() => turnedAway)
    const before = cpuTicks(child.process.pid!)
    await steady(() => turnedAway)
    // a loop that fails to accept over and over would burn all of the time that went by
    expect(cpuTicks(child.process.pid!) - before).toBeLessThan(6)
    // whoever is in has no descriptor left for its backend, and hears so
    const inside = clients.find(({ ended, socket }) => !ended && !socket.destroyed)!
    inside.send(get())
    expect(await inside.sees('\r\n\r\n')).toMatch(/^HTTP\/1\.1 (?:200|502) /)
    for (const client of clients) client.reset()
    await eventually(() => turnedAway === 200)
    for (let served = 0; served < 10;) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const answer = await askOnce(child, get()).catch(() => undefined)
      if (answer !== undefined && statusOf(answer) === 200) served++
    }
    expect(child.process.exitCode).toBeNull()
  })
})

describe('a drain', () => {
  it('lets what is under way end, and resolves with the last', async () => {
    const backend = await serveBackend(() => undefined)
    const proxy = await startProxy({ backends: { a: backend.port } })
    const clients = await Promise.all(Array.from({ length: 5 }, async () => (await open(proxy)).send(get())))
    await backend.received(5)
    let over = false
    const drained = proxy.listener.drain(600_000).finally(() => { over = true })
    for (const [i, { connection }] of backend.requests.entries()) {
      expect([over, leftOver(proxy)['inFlight']]).toEqual([false, 5 - i])
      connection.send(ok(`${i}`))
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await eventually(() => proxy.exchanges.length === i + 1)
    }
    await drained
    expect((await Promise.all(clients.map((client) => client.next()))).map(({ body }) => body).toSorted()).toEqual(['0', '1', '2', '3', '4'])
  })

  it('cuts what is not over in time: at every stage, and each is told of once', async () => {
    const backend = await serveBackend(({ target }) => target === '/begun' ? 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbegun' : undefined)
    const proxy = await startProxy({
      backends: { a: [backend.port, 'maxConnections: 3'] },
      chaos: 'limits: { percent: 100, active: 100 }, experiments: [{ name: slow, route: all, where: { headers: { x-slow: "1" } }, percent: 100, duration: 1h, faults: [{ kind: delay, fixed: 10m }] }]'
    })
    proxy.startChaos()
    const stages = [get('/begun'), get('/waiting'), 'POST /uploading HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nsome', get('/delayed', 'X-Slow: 1\r\n'), get('/queued')]
    const clients = []
    for (const [i, stage] of stages.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- the last must find all connections taken
      clients.push((await open(proxy)).send(stage))
      // oxlint-disable-next-line no-await-in-loop -- the last must find all connections taken
      await eventually(() => proxy.data.inFlight === i + 1)
      // oxlint-disable-next-line no-await-in-loop -- the last must find all connections taken
      await eventually(() => upstreamOf(proxy).pool.counts.connections === Math.min(i + 1, 3))
    }
    await clients[0]!.raw.sees('begun')
    await eventually(() => upstreamOf(proxy).pool.counts.waiting === 1)
    await proxy.listener.drain(50)
    const ends = await Promise.all(clients.map(({ raw }) => raw.closed))
    expect(ends).toHaveLength(5)
    expect(clients.map(({ raw }) => raw.text.includes('200 OK'))).toEqual([true, false, false, false, false])
    expect(proxy.exchanges.map(({ path, ending, code, status }) => [path, ending, code, status]).toSorted()).toEqual([
      ['/begun', 'broken', 'shutdown', 200], ['/delayed', 'broken', 'shutdown', 0], ['/queued', 'broken', 'shutdown', 0],
      ['/uploading', 'broken', 'shutdown', 0], ['/waiting', 'broken', 'shutdown', 0]
    ])
    expect([leftOver(proxy), upstreamOf(proxy).pool.counts.waiting]).toEqual([{ inFlight: 0, held: 0, tunnels: 0, places: 0 }, 0])
    await eventually(() => backend.open === 0)
  })
})

async function startLimited(yaml: string): Promise<{ readonly port: number, readonly process: ChildProcess }> {
  const script = fileURLToPath(new URL('support/limited-process.ts', import.meta.url))
  const child = spawn('prlimit', ['--nofile=64', process.execPath, script, yaml], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => { child.kill('SIGKILL') })
  const changed = new Signal()
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    changed.fire()
  })
  child.on('exit', () => changed.fire())
  await changed.until(() => text.includes('\n') || child.exitCode !== null)
  return { port: Number(text), process: child }
}

/** CPU time of a process in clock ticks, ten ms each. */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')
  return Number(fields[11]) + Number(fields[12])
}

