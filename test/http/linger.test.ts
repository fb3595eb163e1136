import { connect as connectTls } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeCertificate } from './support/certificate.ts'
import { type InboundServer, serveInbound } from './support/inbound-server.ts'
import { connectTo, RawClient } from './support/raw-client.ts'
import { eventually, steady } from './support/signal.ts'

const upload = (bytes: number): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`
const refuseUploads = (tls?: { key: string, cert: string }): Promise<InboundServer> =>
  serveInbound({ begin: (served) => served.answer('too large', 413), ...(tls && { tls }) })

describe('a client that uploads on after its last answer', () => {
  it('still gets the answer when it reads only after it has sent all', async () => {
    const size = 8 * 1024 * 1024
    const server = await refuseUploads()
    const client = await connectTo(server.port)
    client.socket.pause()
    client.send(upload(size))
    await new Promise<void>((resolve) => { client.socket.write(Buffer.alloc(size), () => resolve()) })
    client.socket.resume()
    expect(await client.closed).toBe('fin')
    expect(client.text).toMatch(/^HTTP\/1\.1 413[^]*too large$/)
    await server.empty()
  })

  it('still gets the answer over TLS', async () => {
    const size = 8 * 1024 * 1024
    const certificate = makeCertificate('model.example')
    const server = await refuseUploads(certificate)
    const socket = connectTls({ port: server.port, host: '127.0.0.1', ca: certificate.cert, servername: 'model.example' })
    onTestFinished(() => { socket.destroy() })
    const client = new RawClient(socket)
    await new Promise<void>((resolve) => { socket.once('secureConnect', () => resolve()) })
    client.send(upload(size)).send(Buffer.alloc(size))
    expect(await client.closed).toBe('fin')
    expect(client.text).toMatch(/^HTTP\/1\.1 413[^]*too large$/)
    await server.empty()
  })

  it('is read no further than there is reason for, and let go in time', async () => {
    const server = await refuseUploads()
    const client = await connectTo(server.port)
    client.send(upload(256 * 1024 * 1024))
    await client.sees('too large')
    const [inbound] = server.open
    client.send(Buffer.alloc(128 * 1024 * 1024))
    expect(await steady(() => inbound!.socket.bytesRead)).toBeLessThan(24 * 1024 * 1024)
    server.time.ms += 5100
    await server.empty()
    await client.closed
  })

  it('is let go at once when it sends FIN', async () => {
    const server = await refuseUploads()
    const client = await connectTo(server.port)
    client.send(upload(1000))
    await client.sees('too large')
    client.end()
    await server.empty()
  })

  it('and keeps the connection open is let go in time, and not before', async () => {
    const server = await refuseUploads()
    const client = await connectTo(server.port)
    client.socket.removeAllListeners('end') // as one that does not notice FIN
    client.send(upload(1000))
    await client.sees('too large')
    server.time.ms += 4900
    await server.ticks()
    expect(server.open.size).toBe(1)
    client.send('x')
    server.time.ms += 200
    await server.empty()
  })
})

describe('an answer over TLS that lasts until close', () => {
  it('is cut by a reset, which no client takes for its end', async () => {
    const certificate = makeCertificate('model.example')
    const server = await serveInbound({ tls: certificate, serve: ({ inbound }) => { inbound.respond('HTTP/1.1 200 OK\r\n\r\n', 'close', Buffer.from('part')) } })
    const client = new RawClient(connectTls({ port: server.port, host: '127.0.0.1', ca: certificate.cert, servername: 'model.example' }))
    onTestFinished(() => { client.socket.destroy() })
    client.send('GET / HTTP/1.0\r\n\r\n')
    await client.sees('part')
    server.served[0]!.inbound.abort()
    expect(await client.closed).toBe('reset')
    await server.empty()
  })
})

describe('a client that takes nothing of its last answer', () => {
  it('is let go after the idle time', async () => {
    const server = await serveInbound({ serve: (served) => {
      served.inbound.retire()
      served.answer('x'.repeat(32_000_000))
    } })
    const client = await connectTo(server.port)
    client.socket.pause()
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await eventually(() => server.seen.length === 1)
    server.time.ms += 59_000
    await server.ticks()
    expect(server.open.size).toBe(1)
    server.time.ms += 2000
    await server.empty()
  })

  it('is not given time without end by a server that shuts down', async () => {
    const server = await serveInbound({ serve: (served) => {
      served.inbound.retire()
      served.answer('x'.repeat(32_000_000))
    } })
    const client = await connectTo(server.port)
    client.socket.pause()
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await eventually(() => server.seen.length === 1)
    for (const inbound of server.open) inbound.abort()
    await server.empty()
    client.socket.resume()
    await client.closed
    expect(client.text.length).toBeLessThan(32_000_000)
  })
})
