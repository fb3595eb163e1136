import { describe, expect, it, onTestFinished } from 'vitest'
import type { Outbound } from '../../src/http/outbound.ts'
import { Exchange } from './support/exchange.ts'
import { TestPool } from './support/pool.ts'
import { OK, onRequests, ready, serveRaw, silent } from './support/raw-server.ts'
import { eventually, steady } from './support/signal.ts'

describe('a pool', () => {
  it('uses a connection again, the last used first', async () => {
    const server = await ready()
    const test = new TestPool(server.port)
    const both = [new Exchange().ask(test.pool), new Exchange().ask(test.pool)]
    for (const asked of both) {
      // oxlint-disable-next-line no-await-in-loop -- both have been asked
      await asked.ended()
    }
    await test.cooled(2)
    for (let i = 0; i < 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const asked = await new Exchange().ask(test.pool).ended()
      expect([asked.body, asked.reused]).toEqual(['ok', true])
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await test.cooled(2)
    }
    expect(server.connections).toHaveLength(2)
  })

  it('makes no more connections than it may, and serves who waits in order', async () => {
    const server = await ready()
    const test = new TestPool(server.port, { maxConnections: 2 })
    const order: number[] = []
    const asked = Array.from({ length: 20 }, (_, i) => new Exchange((outbound) => {
      order.push(i)
      asked[i]!.get(outbound)
    }))
    for (const one of asked) one.ask(test.pool)
    expect(test.pool.counts).toEqual({ connections: 0, idle: 0, waiting: 20 })
    await Promise.all(asked.map((one) => one.ended()))
    expect([server.connections.length, order]).toEqual([2, asked.map((_, i) => i)])
  })

  it('lets so many wait and refuses the next at once', async () => {
    const server = await silent()
    const test = new TestPool(server.port, { maxConnections: 2, maxWaiting: 3 })
    const asked = Array.from({ length: 6 }, () => new Exchange().ask(test.pool))
    expect(asked.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined, undefined, undefined, 'pool_full'])
    await eventually(() => test.pool.counts.connections === 2)
    expect(test.pool.counts).toEqual({ connections: 2, idle: 0, waiting: 3 })
    expect(new Exchange().ask(test.pool).failure).toBe('pool_full')
  })

  it('serves as many as it has connections for when nobody may wait', async () => {
    const server = await ready()
    const test = new TestPool(server.port, { maxConnections: 2, maxWaiting: 0 })
    const asked = Array.from({ length: 3 }, () => new Exchange().ask(test.pool))
    expect(asked[2]!.failure).toBe('pool_full')
    await Promise.all(asked.map((one) => one.ended()))
    expect(asked.map(({ body }) => body)).toEqual(['ok', 'ok', ''])
    await test.cooled(2)
    expect((await new Exchange().ask(test.pool).ended()).body).toBe('ok')
  })

  it('lets nobody wait longer than its time for a connection to become free', async () => {
    const server = await silent()
    const test = new TestPool(server.port, { maxConnections: 1 })
    const first = new Exchange().ask(test.pool)
    await first.changed.until(() => first.outbound !== undefined)
    const [short, long] = [new Exchange().ask(test.pool, { connectTimeoutMs: 500 }), new Exchange().ask(test.pool)]
    test.time.ms += 499
    await test.ticks()
    expect([short.failure, long.failure]).toEqual([undefined, undefined])
    test.time.ms += 100
    await short.ended()
    expect([short.failure, long.failure]).toEqual(['pool_timeout', undefined])
    test.time.ms += 2000
    await long.ended()
    expect([long.failure, test.pool.counts.waiting]).toEqual(['pool_timeout', 0])
  })

  it('gives up a connection that becomes free to who waits for a new one, when there is no room for another', async () => {
    const server = await serveRaw((connection, index) => onRequests(connection, () => { if (index > 0) connection.send(OK) }))
    const test = new TestPool(server.port, { maxConnections: 1 })
    const first = new Exchange().ask(test.pool)
    await eventually(() => server.connections[0]?.text.endsWith('\r\n\r\n') === true)
    const fresh = new Exchange().ask(test.pool, { fresh: true })
    server.connections[0]!.send(OK)
    await Promise.all([first.ended(), fresh.ended()])
    expect([fresh.body, fresh.reused, server.connections.length]).toEqual(['ok', false, 2])
  })

  it('gives a connection that becomes free to who came before one who waits for a new one', async () => {
    const server = await serveRaw((connection, index) => onRequests(connection, (number) => { if (index + number > 0) connection.send(OK) }))
    const test = new TestPool(server.port, { maxConnections: 1 })
    const first = new Exchange().ask(test.pool)
    await eventually(() => server.connections[0]?.text.endsWith('\r\n\r\n') === true)
    const [any, fresh] = [new Exchange().ask(test.pool), new Exchange().ask(test.pool, { fresh: true })]
    server.connections[0]!.send(OK)
    await Promise.all([first.ended(), fresh.ended(), any.ended()])
    expect([fresh.reused, any.reused, server.connections.length]).toEqual([false, true, 2])
  })

  it('is as patient with the first who asks as with any other, however long nobody has', async () => {
    const server = await ready()
    const test = new TestPool(server.port, { idleMs: 0 })
    await new Exchange().ask(test.pool).ended()
    await eventually(() => test.pool.counts.connections === 0)
    test.time.ms += 3_600_000 // nobody waits, so no tick is kept meanwhile
    const asked = new Exchange().ask(test.pool)
    await test.ticks()
    await asked.ended()
    expect(asked.body).toBe('ok')
  })

  it('gives a connection that becomes free to no one who has left', async () => {
    const server = await serveRaw(() => undefined)
    const test = new TestPool(server.port, { maxConnections: 1 })
    const [first, gone, stays] = [new Exchange().ask(test.pool), new Exchange(), new Exchange()]
    await first.changed.until(() => first.outbound !== undefined)
    gone.ask(test.pool)
    stays.ask(test.pool)
    test.pool.cancel(gone)
    test.pool.cancel(gone)
    server.connections[0]!.send(OK)
    await stays.changed.until(() => stays.outbound !== undefined)
    expect([gone.outbound, gone.failure, test.pool.counts.waiting]).toEqual([undefined, undefined, 0])
  })

  it('keeps a connection for later whose waiter has left', async () => {
    const server = await ready()
    const test = new TestPool(server.port)
    const gone = new Exchange().ask(test.pool)
    // oxlint-disable-next-line no-await-in-loop -- the attempt begins within these, and no socket can be connected
    for (let i = 0; i < 20; i++) await Promise.resolve()
    test.pool.cancel(gone)
    await test.cooled(1)
    expect((await new Exchange().ask(test.pool).ended()).reused).toBe(false)
    expect([gone.over, server.connections.length]).toEqual([false, 1])
  })

  it('makes no connection for who has left before it is tried', async () => {
    const server = await ready()
    const test = new TestPool(server.port)
    const gone = new Exchange().ask(test.pool)
    test.pool.cancel(gone)
    expect(await steady(() => server.connections.length)).toBe(0)
    expect((await new Exchange().ask(test.pool).ended()).body).toBe('ok')
  })

  it('has every place back after waiters have come and gone, and connections failed', async () => {
    const server = await serveRaw((connection, index) => {
      if (index % 3 === 0) connection.reset()
      else onRequests(connection, () => { connection.send(OK) })
    })
    const test = new TestPool(server.port, { maxConnections: 4, maxWaiting: 8 })
    for (let round = 0; round < 60; round++) {
      const asked = Array.from({ length: 10 }, () => new Exchange().ask(test.pool))
      for (let i = round % 4; i < asked.length; i += 3) if (asked[i]!.outbound === undefined && !asked[i]!.over) test.pool.cancel(asked[i]!)
      // oxlint-disable-next-line no-await-in-loop -- one round after another is the point
      await eventually(() => test.pool.counts.waiting === 0 && asked.every((one) => one.over || one.outbound === undefined))
      expect(test.pool.counts.connections).toBeLessThanOrEqual(4)
    }
    await eventually(() => test.pool.counts.idle === test.pool.counts.connections)
    const last = Array.from({ length: 4 }, () => new Exchange().ask(test.pool))
    await eventually(() => last.every(({ over }) => over))
    expect(test.pool.counts.connections).toBeLessThanOrEqual(4)
    expect(test.pool.counts.waiting).toBe(0)
  })
})

describe('a pool that is closed', () => {
  it('refuses who waits and who comes, closes what is idle and lets exchanges end', async () => {
    const server = await silent()
    const test = new TestPool(server.port, { maxConnections: 2 })
    const [first, second] = [new Exchange().ask(test.pool), new Exchange().ask(test.pool)]
    await eventually(() => test.pool.counts.connections === 2)
    await eventually(() => server.connections.length === 2 && server.connections.every(({ text }) => text !== ''))
    server.connections[1]!.send(OK)
    await eventually(() => test.pool.counts.idle === 1)
    const busy = first.over ? second : first
    const [waits, others] = [new Exchange().ask(test.pool, { fresh: true }), new Exchange().ask(test.pool)]
    test.pool.close()
    expect([waits.failure, others.failure]).toEqual(['pool_closed', 'pool_closed'])
    expect(new Exchange().ask(test.pool).failure).toBe('pool_closed')
    expect(busy.over).toBe(false)
    server.connections[0]!.send(OK)
    await busy.ended()
    expect(busy.body).toBe('ok')
    await eventually(() => test.pool.counts.connections === 0)
  })

  it('gives up attempts that are under way', async () => {
    const server = await silent()
    const test = new TestPool(server.port, { tls: {} })
    const asked = new Exchange().ask(test.pool)
    await server.connected(1)
    test.pool.close()
    expect(asked.failure).toBe('pool_closed')
    await server.connections[0]!.closed
    expect(test.pool.counts).toEqual({ connections: 0, idle: 0, waiting: 0 })
  })
})

describe('a pool that is retired', () => {
  it('keeps nothing, but serves who still asks', async () => {
    const server = await ready()
    const test = new TestPool(server.port, { maxConnections: 1 })
    await new Exchange().ask(test.pool).ended()
    await test.cooled(1)
    test.pool.retire()
    expect(test.pool.counts).toEqual({ connections: 0, idle: 0, waiting: 0 })
    const asked = Array.from({ length: 3 }, () => new Exchange().ask(test.pool))
    await Promise.all(asked.map((one) => one.ended()))
    expect(asked.map(({ body }) => body)).toEqual(['ok', 'ok', 'ok'])
    await eventually(() => test.pool.counts.connections === 0)
  })
})

describe('a waiter that throws', () => {
  it('takes no place from others', async () => {
    const server = await ready()
    const test = new TestPool(server.port, { maxConnections: 1 })
    const thrown: unknown[] = []
    const listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', (reason) => thrown.push(reason))
    onTestFinished(() => {
      process.removeAllListeners('unhandledRejection')
      for (const listener of listeners) process.on('unhandledRejection', listener)
    })
    let kept: Outbound | undefined
    new Exchange((outbound) => {
      kept = outbound
      throw new Error('a mistake')
    }).ask(test.pool)
    await eventually(() => thrown.length === 1)
    expect(test.pool.counts.connections).toBe(1)
    kept!.destroy()
    expect((await new Exchange().ask(test.pool).ended()).body).toBe('ok')
  })
})
