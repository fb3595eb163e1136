import { describe, expect, it } from 'vitest'
import { Exchange } from './support/exchange.ts'
import { TestPool } from './support/pool.ts'
import type { RawClient } from './support/raw-client.ts'
import { OK, onRequests, ready, serveRaw } from './support/raw-server.ts'
import { eventually } from './support/signal.ts'

describe('octets that come after an answer', () => {
  const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'
  const later = (ms: number, send: () => void): void => void setTimeout(send, ms)

  it.each<[string, (connection: RawClient) => void]>([
    ['with it', (connection) => { connection.send(OK + poison) }],
    ['right after it', (connection) => {
      connection.send(OK)
      connection.send(poison)
    }],
    ['in the next turn', (connection) => {
      connection.send(OK)
      setImmediate(() => { connection.send(poison) })
    }],
    ['a few ms after it', (connection) => {
      connection.send(OK)
      later(3, () => { connection.send(poison) })
    }]
  ])('%s are never the next answer, when it is asked for later', async (_when, answer) => {
    let served = 0
    const server = await serveRaw((connection) => onRequests(connection, () => {
      served++
      answer(connection)
    }))
    const test = new TestPool(server.port, { maxConnections: 1 })
    for (let i = 1; i <= 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const asked = await new Exchange().ask(test.pool).ended()
      expect([asked.body, served]).toEqual(['ok', i])
      // oxlint-disable-next-line no-await-in-loop -- the octets come while the connection is idle
      await eventually(() => test.pool.counts.connections === 0)
    }
    expect(server.connections).toHaveLength(5)
  })

  it.each<[string, (connection: RawClient) => void]>([
    ['with it', (connection) => { connection.send(OK + poison) }],
    ['right after it', (connection) => {
      connection.send(OK)
      connection.send(poison)
    }]
  ])('%s are never the next answer, when somebody waits for the connection', async (_when, answer) => {
    const server = await serveRaw((connection) => onRequests(connection, () => answer(connection)))
    const test = new TestPool(server.port, { maxConnections: 1 })
    const asked = Array.from({ length: 20 }, () => new Exchange().ask(test.pool))
    await Promise.all(asked.map((one) => one.ended()))
    expect(asked.map(({ body }) => body)).toEqual(asked.map(() => 'ok'))
  })
})

describe('octets that are there when the next request is sent', () => {
  it('have been read before that', async () => {
    const server = await ready()
    const test = new TestPool(server.port, { maxConnections: 1 })
    const [first, second] = [new Exchange(), new Exchange()]
    const ended = first.onResponseEnd.bind(first)
    first.onResponseEnd = (trailers) => {
      ended(trailers)
      server.connections[0]!.send(`HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`)
    }
    first.ask(test.pool)
    second.ask(test.pool)
    await second.ended()
    expect([second.body, second.reused, server.connections.length]).toEqual(['ok', false, 2])
  })
})

describe('an unused connection', () => {
  it('is closed after the time it is kept', async () => {
    const server = await ready()
    const test = new TestPool(server.port)
    await new Exchange().ask(test.pool).ended()
    await test.cooled(1)
    test.time.ms += 3900
    await test.ticks()
    expect(test.pool.counts.idle).toBe(1)
    test.time.ms += 200
    await eventually(() => test.pool.counts.connections === 0)
    expect(await server.connections[0]!.closed).toBe('fin')
  })

  it.each<[string, number, boolean]>([['timeout=3', 1900, true], ['timeout=3', 2100, false], ['timeout=60', 3900, true], ['timeout=60', 4100, false]])('of a server that says %s is still there after %d ms: %s', async (said, ms, there) => {
    const server = await serveRaw((connection) => onRequests(connection, () => { connection.send(OK.replace('Content', `Keep-Alive: ${said}\r\nContent`)) }))
    const test = new TestPool(server.port)
    await new Exchange().ask(test.pool).ended()
    await test.cooled(1)
    test.time.ms += ms
    await test.ticks()
    expect(test.pool.counts.connections).toBe(there ? 1 : 0)
  })

  it.each(['timeout=1', 'timeout=0', 'timeout=1, max=100'])('of a server that says %s is never used again, not even by who waits', async (said) => {
    const server = await serveRaw((connection) => onRequests(connection, () => { connection.send(OK.replace('Content', `Keep-Alive: ${said}\r\nContent`)) }))
    const test = new TestPool(server.port, { maxConnections: 1 })
    const asked = Array.from({ length: 3 }, () => new Exchange().ask(test.pool))
    await Promise.all(asked.map((one) => one.ended()))
    await eventually(() => test.pool.counts.connections === 0)
    expect([asked.map(({ body, reused }) => [body, reused]), server.connections.length]).toEqual([asked.map(() => ['ok', false]), 3])
  })

  it('is not kept at all where that is asked for, and everyone is served', async () => {
    const server = await ready()
    const test = new TestPool(server.port, { maxConnections: 2, idleMs: 0 })
    const asked = Array.from({ length: 6 }, () => new Exchange().ask(test.pool))
    await Promise.all(asked.map((one) => one.ended()))
    await eventually(() => test.pool.counts.connections === 0)
    expect([asked.map(({ body }) => body), server.connections.length]).toEqual([asked.map(() => 'ok'), 6])
  })

  it('that its server has closed is not handed out', async () => {
    const server = await ready()
    const test = new TestPool(server.port)
    await new Exchange().ask(test.pool).ended()
    await test.cooled(1)
    server.connections[0]!.end()
    await eventually(() => test.pool.counts.connections === 0)
    expect((await new Exchange().ask(test.pool).ended()).reused).toBe(false)
  })

  it('is passed over by who needs a new one', async () => {
    const server = await ready()
    const test = new TestPool(server.port)
    await new Exchange().ask(test.pool).ended()
    await test.cooled(1)
    const asked = await new Exchange().ask(test.pool, { fresh: true }).ended()
    expect([asked.reused, server.connections.length]).toEqual([false, 2])
  })

  it('makes room for who needs a new one when there is no other', async () => {
    const server = await ready()
    const test = new TestPool(server.port, { maxConnections: 1 })
    await new Exchange().ask(test.pool).ended()
    await test.cooled(1)
    const asked = await new Exchange().ask(test.pool, { fresh: true }).ended()
    expect([asked.body, asked.reused, server.connections.length]).toEqual(['ok', false, 2])
  })
})
