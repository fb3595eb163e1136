import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Inbound } from '../../src/http/inbound.ts'
import type { Outbound } from '../../src/http/outbound.ts'
import { tunnel } from '../../src/proxy/tunnel.ts'
import type { RawClient } from '../http/support/raw-client.ts'
import { onRequests, type RawServer, serveRaw } from '../http/support/raw-server.ts'
import { eventually, steady } from '../http/support/signal.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { ok } from './support/backend.ts'
import { Flood } from './support/flood.ts'
import { statusOf, valuesOf, without } from './support/message.ts'
import { type Client, exchange, get, leftOver, open, type Setup, startProxy, upstreamOf } from './support/proxy.ts'

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n'
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: y\r\n\r\n'
const MIB = 1024 * 1024

interface Joined {
  readonly proxy: TestDataPlane
  readonly client: Client
  /** The backend's end. */
  readonly server: RawClient
  readonly backend: RawServer
}

/** A request to switch that has reached its backend, which has said nothing yet. */
async function asked(setup: Partial<Setup> = {}, early = ''): Promise<Joined> {
  const backend = await serveRaw(() => undefined)
  const proxy = await startProxy({ backends: { a: backend.port }, ...setup })
  const client = (await open(proxy)).send(get('/chat', UPGRADE) + early)
  await backend.connected(1)
  const [server] = backend.connections
  await server!.sees('\r\n\r\n')
  return { proxy, client, server: server!, backend }
}

/** A tunnel. */
async function joined(setup: Partial<Setup> = {}): Promise<Joined> {
  const all = await asked(setup)
  all.server.send(SWITCH)
  await all.client.raw.sees('\r\n\r\n')
  return all
}
/** Two ends of one connection, the second accepted. */
async function pair(halfOpen = true): Promise<readonly [Socket, Socket]> {
  const server = createServer({ allowHalfOpen: halfOpen })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const accepted = once(server, 'connection')
  const far = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  const [near] = await accepted as [Socket]
  server.close()
  onTestFinished(() => {
    far.destroy()
    near.destroy()
  })
  return [far, near]
}

/** What has come through a tunnel. */
const tunnelled = ({ text }: RawClient): string => text.slice(text.indexOf('\r\n\r\n') + 4)

describe('a request to switch protocols', () => {
  it('offers a backend websocket and nothing else, and its answer reaches the client', async () => {
    const { client, server, proxy } = await joined()
    const [head] = server.text.split('\r\n\r\n')
    expect(head!.split('\r\n').slice(0, 1)).toEqual(['GET /chat HTTP/1.1'])
    const fields = head!.split('\r\n').slice(1).map((line) => line.split(': ') as [string, string])
    expect(without(fields, 'via', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-request-id')).toEqual([
      ['Host', 'a.example'], ['Sec-WebSocket-Key', 'x'], ['Sec-WebSocket-Version', '13'], ['connection', 'upgrade'], ['upgrade', 'websocket']
    ])
    const answer = await client.next()
    expect([answer.start, without(answer.fields, 'date', 'x-request-id')]).toEqual(['HTTP/1.1 101 Switching Protocols', [['Sec-WebSocket-Accept', 'y'], ['connection', 'upgrade'], ['upgrade', 'websocket']]])
    expect(await exchange(proxy)).toMatchObject({ ending: 'tunnel', status: 101, code: '' })
    expect([leftOver(proxy), upstreamOf(proxy).pool.counts]).toEqual([{ inFlight: 0, held: 0, tunnels: 1, places: 0 }, { connections: 0, idle: 0, waiting: 0 }])
  })

  it('that is refused is a request like any other, and so is the next', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, (number) => { connection.send(number === 0 ? 'HTTP/1.1 426 No\r\nUpgrade: other\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nno' : ok()) }))
    const client = await open(await startProxy({ backends: { a: backend.port } }))
    const refused = await client.ask(get('/chat', UPGRADE))
    expect([statusOf(refused), refused.body, valuesOf(refused.fields, 'connection')]).toEqual([426, 'no', []])
    expect(statusOf(await client.ask(get()))).toBe(200)
  })

  it('over a connection that closed while it lay idle is sent once more', async () => {
    const backend = await serveRaw((connection, index) => onRequests(connection, (number) => {
      if (number === 0 && index === 0) connection.send(ok())
      else if (index === 0) connection.reset()
      else connection.send(SWITCH)
    }))
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await open(proxy)
    await client.ask(get())
    await eventually(() => upstreamOf(proxy).pool.counts.idle === 1)
    client.send(get('/chat', UPGRADE))
    expect(statusOf(await client.next())).toBe(101)
    client.send('hello')
    await backend.connections[1]!.sees('hello')
  })

  it('of a client that leaves before the switch leaves nothing', async () => {
    const { client, server, proxy } = await asked()
    client.raw.reset()
    await server.closed
    expect([(await exchange(proxy)).ending, leftOver(proxy)]).toEqual(['client_gone', { inFlight: 0, held: 0, tunnels: 0, places: 0 }])
  })
})

describe('a tunnel', () => {
  it.each([0, 100, 5000, 300_000])('passes on %i octets that were sent before the switch, from either side', async (size) => {
    const early = 'e'.repeat(size)
    const { client, server } = await asked({}, early)
    server.send(`${SWITCH}${'f'.repeat(size)}`)
    server.send('more')
    client.send('less')
    await server.sees('less')
    await client.raw.sees('more')
    expect(tunnelled(server) === `${early}less`).toBe(true)
    expect(tunnelled(client.raw) === `${'f'.repeat(size)}more`).toBe(true)
  })

  it('passes on any octets both ways at once, and nothing but them', async () => {
    const { client, server } = await joined()
    const octets = Buffer.from(Array.from({ length: 256 * 64 }, (_, i) => i % 256))
    for (let i = 0; i < 64; i++) {
      client.send(octets.subarray(0, 1 + i * 256))
      server.send(octets.subarray(0, 2 + i * 255))
    }
    client.raw.end()
    server.end()
    await Promise.all([client.raw.closed, server.closed])
    const sent = (length: (i: number) => number): string => Array.from({ length: 64 }, (_, i) => octets.subarray(0, length(i)).toString('latin1')).join('')
    expect(tunnelled(server) === sent((i) => 1 + i * 256)).toBe(true)
    expect(tunnelled(client.raw) === sent((i) => 2 + i * 255)).toBe(true)
  })

  it.each(['client', 'server'] as const)('holds the other side up when the %s does not read', async (who) => {
    const { client, server, proxy } = await joined()
    const [slow, fast] = who === 'client' ? [client.raw, server] : [server, client.raw]
    slow.keep = false
    slow.socket.pause()
    const before = slow.socket.bytesRead
    const flood = new Flood(fast.socket, 96 * MIB)
    expect(await steady(() => flood.sent)).toBeLessThan(24 * MIB)
    slow.socket.resume()
    await eventually(() => slow.socket.bytesRead - before >= 96 * MIB)
    expect(leftOver(proxy)['tunnels']).toBe(1)
  })

  it.each(['client', 'server'] as const)('passes on all that came before the FIN of the side opposite a slow %s', async (who) => {
    const { client, server, proxy } = await joined()
    const [slow, fast] = who === 'client' ? [client.raw, server] : [server, client.raw]
    slow.keep = false
    const before = slow.socket.bytesRead
    slow.socket.pause()
    fast.socket.write(Buffer.alloc(16 * MIB, 'x'))
    fast.socket.end()
    await steady(() => fast.socket.bytesWritten - fast.socket.writableLength)
    slow.socket.resume()
    await slow.closed
    expect(slow.socket.bytesRead - before).toBe(16 * MIB)
    await eventually(() => proxy.data.tunnels.size === 0)
  })

  it('holds the last octets for a client that does not read yet, when the backend is gone already', async () => {
    const [[client, ours], [server, theirs]] = [await pair(), await pair(false)]
    const data = { tunnels: new Set<() => void>() }
    const side = (socket: Socket): { socket: Socket, detach: () => undefined } => ({ socket, detach: () => undefined })
    tunnel(side(ours) as unknown as Inbound, side(theirs) as unknown as Outbound, data) // sockets are all it takes of them
    let sent = 0
    while (ours.writableLength === 0) {
      server.write(Buffer.alloc(16_000, 'x'))
      sent += 16_000
      // oxlint-disable-next-line no-await-in-loop -- piece by piece until the way is full, and not one more
      await eventually(() => theirs.bytesRead === sent)
    }
    server.end()
    await eventually(() => theirs.destroyed)
    expect(ours.destroyed).toBe(false)
    client.resume()
    await once(client, 'end')
    expect(client.bytesRead).toBe(sent)
    client.end()
    await eventually(() => data.tunnels.size === 0)
  })

  it('passes on all that came before a FIN even when the other side goes on sending', async () => {
    const { client, server } = await joined()
    client.raw.keep = false
    client.raw.socket.pause()
    const before = client.raw.socket.bytesRead
    server.socket.write(Buffer.alloc(16 * MIB, 'x'))
    server.socket.end()
    await steady(() => server.socket.bytesWritten - server.socket.writableLength)
    client.raw.socket.resume()
    while (client.raw.socket.bytesRead - before < 15 * MIB) {
      client.send('still here')
      // oxlint-disable-next-line no-await-in-loop -- a turn for each
      await new Promise((resolve) => { setImmediate(resolve) })
    }
    await eventually(() => client.raw.socket.bytesRead - before >= 16 * MIB)
  })

  it('lets a side that has ended be sent to', async () => {
    const { client, server, proxy } = await joined()
    server.socket.removeAllListeners('end') // by itself it would end as well
    const ended = once(server.socket, 'end')
    client.send('last').raw.end()
    await ended
    expect([tunnelled(server), proxy.data.tunnels.size]).toEqual(['last', 1])
    server.send('an answer')
    await client.raw.sees('an answer')
    server.end()
    expect(await client.raw.closed).toBe('fin')
    await eventually(() => proxy.data.tunnels.size === 0)
  })

  it.each(['client', 'server'] as const)('ends for both when the %s resets', async (who) => {
    const { client, server, proxy } = await joined()
    if (who === 'client') client.raw.reset()
    else server.reset()
    await (who === 'client' ? server : client.raw).closed
    await eventually(() => proxy.data.tunnels.size === 0)
  })

  it('tells the backend of a FIN that came before the switch', async () => {
    const { client, server } = await asked({ listen: 'halfClose: answer' }, 'early')
    client.raw.end()
    await eventually(() => client.raw.socket.writableFinished)
    await steady(() => server.text.length)
    server.send(`${SWITCH}hello`)
    await client.raw.sees('hello')
    expect(await server.closed).toBe('fin')
    expect(tunnelled(server)).toBe('early')
  })

  it('leaves nothing behind, two hundred times over', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, () => { connection.send(SWITCH) }))
    const proxy = await startProxy({ backends: { a: backend.port } })
    for (let round = 0; round < 4; round++) {
      // oxlint-disable-next-line no-await-in-loop -- fifty at a time
      const clients = await Promise.all(Array.from({ length: 50 }, async () => (await open(proxy)).send(get('/', UPGRADE))))
      // oxlint-disable-next-line no-await-in-loop -- fifty at a time
      await Promise.all(clients.map((client) => client.next()))
      expect(proxy.data.tunnels.size).toBe(50)
      clients.forEach(({ raw }, i) => {
        if (i % 2 === 0) raw.reset()
        else raw.end()
      })
      // oxlint-disable-next-line no-await-in-loop -- fifty at a time
      await eventually(() => proxy.data.tunnels.size === 0)
    }
    await eventually(() => backend.connections.every(({ socket }) => socket.destroyed))
    expect(proxy.exchanges.map(({ ending }) => ending)).toEqual(Array.from({ length: 200 }, () => 'tunnel'))
  })
})

describe('a drain', () => {
  it('waits for tunnels, and no longer than for the last', async () => {
    const { client, proxy } = await joined()
    let over = false
    const drained = proxy.listener.drain(600_000).finally(() => { over = true })
    await steady(() => 0)
    expect(over).toBe(false)
    client.raw.reset()
    await drained
  })

  it('waits for a request that becomes a tunnel meanwhile', async () => {
    const { client, server, proxy } = await asked()
    let over = false
    const drained = proxy.listener.drain(600_000).finally(() => { over = true })
    server.send(SWITCH)
    expect(statusOf(await client.next())).toBe(101)
    client.send('hello')
    await server.sees('hello')
    server.send('world')
    await client.raw.sees('world')
    expect(over).toBe(false)
    server.reset()
    await drained
  })

  it('cuts tunnels that last longer than it does', async () => {
    const { client, server, proxy } = await joined()
    await proxy.listener.drain(20)
    await Promise.all([client.raw.closed, server.closed])
    expect(proxy.data.tunnels.size).toBe(0)
  })
})
