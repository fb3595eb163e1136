import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeCertificate } from './support/certificate.ts'
import { Exchange } from './support/exchange.ts'
import { TestPool } from './support/pool.ts'
import { OK, onRequests, ready, serveRaw, silent } from './support/raw-server.ts'
import { eventually } from './support/signal.ts'

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}

describe('a server that cannot be reached', () => {
  it('is refused to everyone who asks', async () => {
    const test = new TestPool(await closedPort(), { maxConnections: 2 })
    const asked = Array.from({ length: 5 }, () => new Exchange().ask(test.pool))
    await Promise.all(asked.map((one) => one.ended()))
    expect(asked.map(({ failure }) => failure)).toEqual(asked.map(() => 'connect_refused'))
    expect(test.pool.counts).toEqual({ connections: 0, idle: 0, waiting: 0 })
  })

  it('whose name is not known is refused, and asked for again', async () => {
    const server = await ready()
    let lookUps = 0
    const test = new TestPool(server.port, { hostname: 'model', lookUp: () => ++lookUps === 1 ? Promise.reject(new Error('no such name')) : Promise.resolve(['127.0.0.1']) })
    expect((await new Exchange().ask(test.pool).ended()).failure).toBe('connect_refused')
    expect((await new Exchange().ask(test.pool).ended()).body).toBe('ok')
  })

  it('whose name is never found out about is given up in time', async () => {
    const test = new TestPool(1, { hostname: 'model', lookUp: () => new Promise(() => undefined) })
    const asked = new Exchange().ask(test.pool)
    test.time.ms += 1900
    await test.ticks()
    expect(asked.failure).toBeUndefined()
    test.time.ms += 200
    expect((await asked.ended()).failure).toBe('connect_timeout')
  })

  it('that speaks no TLS within its time is tried anew while there is time, then given up', async () => {
    const server = await silent()
    const test = new TestPool(server.port, { tls: { rejectUnauthorized: true }, connectTimeoutMs: 100 })
    const asked = new Exchange().ask(test.pool)
    await server.connected(2)
    expect(asked.failure).toBeUndefined()
    test.time.ms += 200
    expect((await asked.ended()).failure).toBe('connect_timeout')
    await eventually(() => server.connections.every(({ socket }) => socket.destroyed || socket.readableEnded))
  })

  it('is asked for anew by who came while an attempt was under way that fails', async () => {
    let accepts = false
    const server = await serveRaw((connection) => {
      if (accepts) onRequests(connection, () => { connection.send(OK) })
    })
    let answer: (addresses: readonly string[]) => void = () => undefined
    let lookUps = 0
    const test = new TestPool(server.port, { hostname: 'model', lookUp: () => new Promise((resolve, reject) => {
      if (lookUps++ === 0) answer = () => reject(new Error('no such name'))
      else resolve(['127.0.0.1'])
    }) })
    const early = new Exchange().ask(test.pool)
    test.pool.cancel(early)
    const late = new Exchange().ask(test.pool)
    accepts = true
    answer([])
    expect((await late.ended()).body).toBe('ok')
    expect(early.over).toBe(false)
  })

  it('over TLS whose certificate does not hold is refused, and one that holds is not', async () => {
    const certificate = makeCertificate('model.example')
    const sockets = new Set<Socket>()
    const server = createTlsServer(certificate, (socket) => {
      socket.on('data', () => socket.write(OK))
      socket.on('error', () => undefined)
    })
    server.on('connection', (socket) => sockets.add(socket))
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    onTestFinished(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
    const { port } = server.address() as AddressInfo
    const lookUp = (): Promise<string[]> => Promise.resolve(['127.0.0.1'])
    const askWith = async (tls: object, hostname = 'model.example'): Promise<Exchange> => new Exchange().ask(new TestPool(port, { hostname, lookUp, tls }).pool).ended()
    expect((await askWith({})).failure).toBe('connect_refused')
    expect((await askWith({ ca: certificate.cert, servername: 'other.example' })).failure).toBe('connect_refused')
    expect((await askWith({ ca: certificate.cert, servername: 'model.example' })).body).toBe('ok')
    expect((await askWith({ ca: certificate.cert }, '127.0.0.1')).body).toBe('ok')
    expect((await askWith({ rejectUnauthorized: false })).body).toBe('ok')
    expect((await askWith({ ca: certificate.cert, servername: '127.0.0.1' })).failure).toBe('connect_refused') // Node takes no address here
  })
})

// all of 127.0.0.0/8 is this machine on Linux alone
describe.runIf(process.platform === 'linux')('several addresses', () => {
  it('are tried one after another until one answers', async () => {
    const server = await ready()
    const test = new TestPool(server.port, { hostname: 'model', lookUp: () => Promise.resolve(['127.0.0.2', '127.0.0.3', '127.0.0.1']), idleMs: 0 })
    for (let i = 0; i < 6; i++) {
      // oxlint-disable-next-line no-await-in-loop -- each begins with another address
      const asked = await new Exchange().ask(test.pool).ended()
      expect([asked.body, asked.outbound?.address]).toEqual(['ok', '127.0.0.1'])
    }
  })

  it('are taken in turn', async () => {
    const first = await ready()
    await serveRaw((connection) => onRequests(connection, () => { connection.send(OK) }), '127.0.0.2', first.port)
    const test = new TestPool(first.port, { hostname: 'model', lookUp: () => Promise.resolve(['127.0.0.1', '127.0.0.2']) })
    const asked = Array.from({ length: 4 }, () => new Exchange().ask(test.pool))
    await Promise.all(asked.map((one) => one.ended()))
    expect(asked.map(({ outbound }) => outbound?.address).toSorted()).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.2', '127.0.0.2'])
  })

  it('share the time there is, so that one that says nothing does not use it up', async () => {
    const server = await silent()
    const certificate = makeCertificate('model.example')
    const good = createTlsServer(certificate, (socket) => socket.on('data', () => socket.write(OK)).on('error', () => undefined))
    const sockets = new Set<Socket>()
    good.on('connection', (socket) => sockets.add(socket))
    await new Promise<void>((resolve) => { good.listen(server.port, '127.0.0.2', resolve) })
    onTestFinished(() => {
      good.close()
      for (const socket of sockets) socket.destroy()
    })
    const test = new TestPool(server.port, {
      hostname: 'model.example', lookUp: () => Promise.resolve(['127.0.0.1', ...Array.from({ length: 79 }, () => '127.0.0.2')]), connectTimeoutMs: 40_000,
      tls: { ca: certificate.cert, servername: 'model.example' }
    })
    const asked = await new Exchange().ask(test.pool).ended() // its own time, on the test's clock, stands still
    expect([asked.body, asked.outbound?.address, server.connections.length]).toEqual(['ok', '127.0.0.2', 1])
  })

  it('that change are followed by new connections, and idle ones to the old are closed', async () => {
    const first = await ready()
    const second = await serveRaw((connection) => onRequests(connection, () => { connection.send(OK) }), '127.0.0.2', first.port)
    let addresses = ['127.0.0.1']
    const test = new TestPool(first.port, { hostname: 'model', lookUp: () => Promise.resolve(addresses), idleMs: 1_000_000 })
    await new Exchange().ask(test.pool).ended()
    await test.cooled(1)
    addresses = ['127.0.0.2']
    expect((await new Exchange().ask(test.pool).ended()).outbound?.address).toBe('127.0.0.1') // not old enough to ask again
    await test.cooled(1)
    test.time.ms += 5001
    await new Exchange().ask(test.pool).ended()
    expect(await first.connections[0]!.closed).toBe('fin')
    expect((await new Exchange().ask(test.pool).ended()).outbound?.address).toBe('127.0.0.2')
    expect(second.connections).toHaveLength(1)
  })

  it('that change are followed by connections that were in use meanwhile, even when somebody waits', async () => {
    const first = await silent()
    const second = await serveRaw((connection) => onRequests(connection, () => { connection.send(OK) }), '127.0.0.2', first.port)
    let addresses = ['127.0.0.1']
    const test = new TestPool(first.port, { hostname: 'model', lookUp: () => Promise.resolve(addresses), maxConnections: 1, connectTimeoutMs: 60_000 })
    const busy = new Exchange().ask(test.pool)
    await busy.changed.until(() => busy.outbound !== undefined)
    addresses = ['127.0.0.2']
    test.time.ms += 5001
    const waiting = new Exchange().ask(test.pool)
    await new Promise((resolve) => { setImmediate(resolve) })
    first.connections[0]!.send(OK)
    expect((await waiting.ended()).outbound?.address).toBe('127.0.0.2')
    expect([busy.body, second.connections.length]).toEqual(['ok', 1])
  })
})
