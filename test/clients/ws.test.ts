import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, type ClientOptions, type RawData, WebSocketServer } from 'ws'
import { ON_FREE_PORTS, until, Windtunnel } from '../support/windtunnel.ts'
import { Origin, sendJson } from './support/origin.ts'

/** A message that has come. */
interface Message {
  readonly data: Buffer
  readonly binary: boolean
}

const next = (socket: WebSocket): Promise<Message> => new Promise((resolve, reject) => {
  socket.once('message', (data: RawData, binary) => resolve({ data: data as Buffer, binary }))
  socket.once('close', (code) => reject(new Error(`closed with ${code}`)))
})
const opened = (socket: WebSocket): Promise<void> => new Promise((resolve, reject) => {
  socket.once('open', resolve)
  socket.once('error', reject)
})
const closed = (socket: WebSocket): Promise<{ readonly code: number, readonly reason: string }> => new Promise((resolve) => {
  socket.on('error', () => undefined)
  socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }))
})

const yaml = (model: string, more = ''): string => `${ON_FREE_PORTS}
${more}
backends:
  model: { url: "${model}" }
routes:
  - { name: all, backend: model }
`

describe('a WebSocket', () => {
  let origin: Origin
  let tunnel: Windtunnel
  /** The server's side of each socket, in the order of their upgrades. */
  const serverSide: { readonly socket: WebSocket, readonly request: IncomingMessage }[] = []
  beforeAll(async () => {
    origin = await Origin.start((_request, response) => sendJson(response, { error: 'not a WebSocket' }, 426))
    const server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: { threshold: 100 },
      maxPayload: 16 * 1024 * 1024,
      handleProtocols: (protocols) => protocols.has('v2.model') ? 'v2.model' : false
    })
    origin.server.on('upgrade', (request: IncomingMessage, socket, head: Buffer) => {
      if (request.headers.authorization === 'none') return void socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\nwww-authenticate: Bearer\r\ncontent-length: 20\r\n\r\n{"error":"no token"}')
      server.handleUpgrade(request, socket, head, (ours) => {
        serverSide.push({ socket: ours, request })
        ours.on('error', () => undefined)
        ours.on('message', (data, binary) => ours.send(data as Buffer, { binary }))
      })
    })
    tunnel = await Windtunnel.start(yaml(origin.url))
  })

  /** A socket that is open, and the server's side of it. */
  const open = async (options: ClientOptions & { readonly protocols?: string[], readonly path?: string, readonly to?: Windtunnel } = {}): Promise<{ client: WebSocket, server: WebSocket, request: IncomingMessage }> => {
    const { protocols = [], path = '/chat', to = tunnel, ...rest } = options
    const at = serverSide.length
    const client = new WebSocket(`ws://${to.address}${path}`, protocols, { perMessageDeflate: false, ...rest })
    onTestFinished(() => client.terminate())
    await opened(client)
    await until(() => serverSide.length > at)
    const { socket, request } = serverSide.at(at)!
    return { client, server: socket, request }
  }

  it('carries text and octets', async () => {
    const { client } = await open()
    client.send('grüße, 世界')
    expect(await next(client)).toEqual({ data: Buffer.from('grüße, 世界'), binary: false })
    const octets = randomBytes(1000)
    client.send(octets)
    expect(await next(client)).toEqual({ data: octets, binary: true })
    client.send('')
    expect(await next(client)).toEqual({ data: Buffer.alloc(0), binary: false })
  })

  it('carries a message of 5 MB there and back', async () => {
    const { client } = await open()
    const octets = randomBytes(5_000_000)
    client.send(octets)
    expect(Buffer.compare((await next(client)).data, octets)).toBe(0)
  })

  it('carries what the server says first', async () => {
    const { client, server } = await open()
    const first = next(client)
    server.send('hello')
    expect((await first).data.toString()).toBe('hello')
  })

  it('carries pings and pongs both ways', async () => {
    const { client, server } = await open()
    const pongs = [client, server].map((socket) => new Promise<string>((resolve) => { socket.once('pong', (data: Buffer) => resolve(data.toString())) }))
    client.ping('from the client')
    server.ping('from the server')
    expect(await Promise.all(pongs)).toEqual(['from the client', 'from the server'])
  })

  it('has the subprotocol that both agree on', async () => {
    const { client, request } = await open({ protocols: ['v9.model', 'v2.model'] })
    expect(client.protocol).toBe('v2.model')
    expect(request.headers['sec-websocket-protocol']).toBe('v9.model,v2.model')
  })

  it('has the extensions that both agree on, and compresses', async () => {
    const { client, request } = await open({ perMessageDeflate: { threshold: 0 } })
    expect(client.extensions).toContain('permessage-deflate')
    expect(request.headers['sec-websocket-extensions']).toContain('permessage-deflate')
    const words = 'the same words again and again. '.repeat(1000)
    client.send(words)
    expect((await next(client)).data.toString()).toBe(words)
  })

  it('reaches the server with path, query and headers as they were sent', async () => {
    const { request } = await open({ path: '/chat?visit=a%2Fb', headers: { 'x-user-id': '17', cookie: 'a=1' }, origin: 'http://page.example' })
    expect(request.url).toBe('/chat?visit=a%2Fb')
    expect(request.headers).toMatchObject({ 'x-user-id': '17', cookie: 'a=1', origin: 'http://page.example', host: tunnel.address, 'x-forwarded-for': '127.0.0.1', 'x-request-id': expect.any(String) })
  })

  it('is closed by the server with a code and a reason that reach the client', async () => {
    const { client, server } = await open()
    const end = closed(client)
    server.close(4001, 'model unloaded')
    expect(await end).toEqual({ code: 4001, reason: 'model unloaded' })
  })

  it('is closed by the client with a code and a reason that reach the server', async () => {
    const { client, server } = await open()
    const [clientEnd, end] = [closed(client), closed(server)]
    client.close(4002, 'enough')
    expect(await end).toEqual({ code: 4002, reason: 'enough' })
    expect(await clientEnd).toEqual({ code: 4002, reason: 'enough' })
  })

  it.each([
    ['client', 'server'],
    ['server', 'client']
  ] as const)('is gone at once when the %s breaks it off, for the %s too', async (from, to) => {
    const both = await open()
    const end = closed(both[to])
    both[from].terminate()
    expect((await end).code).toBe(1006)
  })

  it('that the server refuses is answered as the server answers', async () => {
    const client = new WebSocket(`ws://${tunnel.address}/chat`, { headers: { authorization: 'none' } })
    client.on('error', () => undefined)
    const response = await new Promise<IncomingMessage>((resolve) => { client.once('unexpected-response', (_request, answer: IncomingMessage) => resolve(answer)) })
    let body = ''
    for await (const chunk of response) body += String(chunk)
    expect([response.statusCode, response.headers['www-authenticate'], body]).toEqual([401, 'Bearer', '{"error":"no token"}'])
  })

  it('that was never asked for is an ordinary request', async () => {
    const response = await fetch(`${tunnel.url}/chat`)
    expect([response.status, await response.json()]).toEqual([426, { error: 'not a WebSocket' }])
  })

  it('is one of 200 at once, each with its own messages', async () => {
    const sockets = await Promise.all(Array.from({ length: 200 }, async (_, i) => {
      const client = new WebSocket(`ws://${tunnel.address}/many`)
      onTestFinished(() => client.terminate())
      await opened(client)
      const answer = next(client)
      client.send(`socket ${i}`)
      return (await answer).data.toString()
    }))
    expect(sockets).toEqual(sockets.map((_, i) => `socket ${i}`))
  })

  it('lives on when another config is put in force, even one without its backend', async () => {
    const { client } = await open()
    const other = await Origin.start((_request, response) => sendJson(response, { from: 'other' }))
    await tunnel.reload(yaml(other.url))
    expect(await (await fetch(tunnel.url)).json()).toEqual({ from: 'other' })
    const answer = next(client)
    client.send('still there?')
    expect((await answer).data.toString()).toBe('still there?')
    await tunnel.reload(yaml(origin.url))
  })

  it('leaves nothing behind', async () => {
    await tunnel.rests()
  })

  it('is closed when the grace of a drain is over; then the process ends', async () => {
    const drained = await Windtunnel.start(yaml(origin.url, 'shutdown: { grace: 200ms }'))
    const { client, server } = await open({ to: drained })
    const ends = Promise.all([closed(client), closed(server)])
    drained.signal('SIGTERM')
    expect((await ends).map(({ code }) => code)).toEqual([1006, 1006])
    expect(await drained.exited).toBe(0)
  })

  it('is served on in a drain, and does not hold it up once it has ended by itself', async () => {
    const drained = await Windtunnel.start(yaml(origin.url, 'shutdown: { grace: 10m }'))
    const { client } = await open({ to: drained })
    drained.signal('SIGTERM')
    await drained.logged('draining')
    const answer = next(client)
    client.send('one more')
    expect((await answer).data.toString()).toBe('one more')
    client.close()
    expect(await drained.exited).toBe(0)
  })
})
