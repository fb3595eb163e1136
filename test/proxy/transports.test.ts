import { EventEmitter } from 'node:events'
import type { Server, Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectTo } from '../http/support/raw-client.ts'
import { onRequests, serveRaw } from '../http/support/raw-server.ts'
import { eventually, steady } from '../http/support/signal.ts'
import { Transports } from '../../src/proxy/transports.ts'
import { Flood } from './support/flood.ts'
import { LETTERS } from './support/octets.ts'
import { configOf, exchange, type Setup, startProxy, upstreamOf } from './support/proxy.ts'
import { connectTls, listenTls, serveTls } from './support/tls.ts'
import { startDataPlane, type TestDataPlane } from '../support/data-plane.ts'

const MIB = 1024 * 1024
const UPGRADE = 'Host: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
const tunnelled = ({ text }: { readonly text: string }): string => text.slice(text.indexOf('\r\n\r\n') + 4)
const secure = (setup: Setup): Promise<TestDataPlane> => startProxy({ ...setup, listen: listenTls })

describe('a client that speaks TLS', () => {
  it('sees a reset where an answer that lasts until close is cut, and no other client does', async () => {
    const backend = await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.1 200 OK\r\n\r\npart') }))
    const proxy = await secure({ backends: { a: backend.port } })
    const [cut, other] = [await connectTls(proxy.port), await connectTls(proxy.port)]
    for (const [i, client] of [cut, other].entries()) {
      client.send('GET / HTTP/1.0\r\n\r\n')
      // oxlint-disable-next-line no-await-in-loop -- the first connection is the first client's
      await client.sees('part')
      expect(backend.connections).toHaveLength(i + 1)
    }
    backend.connections[0]!.reset()
    expect(await cut.closed).toBe('reset')
    backend.connections[1]!.send('s').end()
    expect([await other.closed, other.text.endsWith('parts')]).toEqual(['fin', true])
    expect(await exchange(proxy)).toMatchObject({ ending: 'broken', code: 'closed' }) // and not that the client has gone
  })

  it('that reads slowly holds its backend up', async () => {
    let flood: Flood | undefined
    const backend = await serveRaw((connection) => onRequests(connection, () => {
      flood = new Flood(connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * MIB}\r\n\r\n`).socket, 64 * MIB)
    }))
    const proxy = await secure({ backends: { a: backend.port } })
    const client = await connectTls(proxy.port)
    client.keep = false
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    client.socket.pause()
    await eventually(() => flood !== undefined)
    expect(await steady(() => flood!.sent)).toBeLessThan(24 * MIB)
    client.socket.resume()
    expect(await exchange(proxy)).toMatchObject({ ending: 'answered', responseBytes: 64 * MIB })
  })

  it('that sends several requests in one record has them answered in order', async () => {
    const backend = await serveRaw((connection) => {
      let number = 0
      connection.socket.on('data', () => {
        for (; connection.text.split('\r\n\r\n').length - 1 > number; number++) {
          const path = /^GET (\S+)/.exec(connection.text.split('\r\n\r\n')[number]!)![1]!
          connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`)
        }
      })
    })
    const proxy = await secure({ backends: { a: backend.port } })
    const client = await connectTls(proxy.port)
    const paths = Array.from({ length: 100 }, (_, i) => `/number-${i}.`)
    client.send(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''))
    await client.sees('/number-99.')
    expect(client.text.match(/\/number-\d+\./g)).toEqual(paths)
  })
})

describe('a tunnel through TLS', () => {
  it.each([[true, false], [false, true], [true, true]])('passes on what is sent before the switch and after it, and ends: client %s, backend %s', async (client, backend) => {
    const server = await (backend ? serveTls(() => undefined) : serveRaw(() => undefined))
    const plain = configOf({ backends: { a: [server.port, backend ? 'tls: { verify: false }' : ''] }, ...(client ? { listen: listenTls } : {}) })
    const proxy = await startDataPlane(backend ? plain.replace('http://', 'https://') : plain)
    onTestFinished(() => proxy.close())
    const near = await (client ? connectTls(proxy.port) : connectTo(proxy.port))
    near.send(`GET /chat HTTP/1.1\r\n${UPGRADE}${LETTERS.slice(0, 100_000)}`)
    await server.changed.until(() => server.connections.length === 1)
    const [far] = server.connections
    await far!.sees('\r\n\r\n')
    far!.send(SWITCH + LETTERS.slice(0, 300_000))
    near.send(LETTERS.slice(100_000))
    far!.send(LETTERS.slice(300_000))
    await eventually(() => tunnelled(near).length >= LETTERS.length && tunnelled(far!).length >= LETTERS.length)
    expect([tunnelled(near) === LETTERS, tunnelled(far!) === LETTERS]).toEqual([true, true])
    far!.end()
    expect(await near.closed).toBe('fin')
    await eventually(() => proxy.data.tunnels.size === 0)
    expect(upstreamOf(proxy).pool.counts.connections).toBe(0)
  })
})

describe('transports', () => {
  const socketOf = (remotePort: number, localAddress: string): Socket =>
    Object.assign(new EventEmitter(), { remoteAddress: '192.0.2.1', remotePort, localAddress }) as unknown as Socket // all that is read of it

  it('are told apart where a client uses one port of its own towards two addresses of ours', () => {
    const server = new EventEmitter()
    const transports = new Transports(server as Server)
    const [first, second] = [socketOf(5000, '192.0.2.8'), socketOf(5000, '192.0.2.9')]
    for (const socket of [first, second]) server.emit('connection', socket)
    expect([transports.under(socketOf(5000, '192.0.2.8')) === first, transports.under(socketOf(5000, '192.0.2.9')) === second]).toEqual([true, true])
  })

  it('are forgotten when they close, but not for a port that is used anew', () => {
    const server = new EventEmitter()
    const transports = new Transports(server as Server)
    const [first, second, top] = [socketOf(5000, '192.0.2.8'), socketOf(5000, '192.0.2.8'), socketOf(5000, '192.0.2.8')]
    for (const socket of [first, second]) server.emit('connection', socket)
    first.emit('close')
    expect(transports.under(top)).toBe(second)
    second.emit('close')
    expect(transports.under(top)).toBe(top)
  })
})
