import { describe, expect, it } from 'vitest'
import { serveInbound, whenSeen } from './support/inbound-server.ts'
import { connectTo, statuses } from './support/raw-client.ts'
import { steady } from './support/signal.ts'

const get = (target: string, lines = '', version = 'HTTP/1.1'): string => `GET ${target} ${version}\r\nHost: a\r\n${lines}\r\n`
const chunked = (target: string, rest = ''): string => `POST ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${rest}`
/** Requests that wait until the test answers them. */
const wait = (): void => undefined

describe('a request body', () => {
  it('is handed over as it comes', async () => {
    const server = await serveInbound({ begin: wait })
    const client = await connectTo(server.port)
    client.send(chunked('/', '3\r\nabc\r\n'))
    const served = await whenSeen(server, 1)
    expect([served.inbound.body?.toString(), served.inbound.bodyDone]).toEqual(['abc', false])
    await client.sendApart(['3\r\nde', 'f', '\r\n0\r\n', 'T: 1\r\n', '\r\n'])
    await client.sees('\r\n\r\nabcdef')
    expect([served.seen.body, served.seen.trailers]).toEqual(['abcdef', 'T: 1\r\n'])
  })

  it('of tiny chunks costs no more calls than reads', async () => {
    const server = await serveInbound()
    const client = await connectTo(server.port)
    client.send(chunked('/', `${'1\r\nx\r\n'.repeat(50_000)}0\r\n\r\n`))
    await client.sees('x'.repeat(50_000))
    expect(server.served[0]!.pieces.length).toBeLessThan(200)
  })

  it('is not read on while it is paused', async () => {
    const size = 32 * 1024 * 1024
    const server = await serveInbound({ begin: ({ inbound }) => inbound.pauseBody(true) })
    const client = await connectTo(server.port)
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`).send(Buffer.alloc(size))
    const { inbound, pieces } = await whenSeen(server, 1)
    expect(await steady(() => inbound.socket.bytesRead)).toBeLessThan(1024 * 1024)
    expect(pieces.length).toBeLessThanOrEqual(1)
    server.time.ms += 1_000_000 // nothing is asked of the client, so nothing is late
    await server.ticks()
    inbound.pauseBody(false)
    await client.sees('HTTP/1.1 200')
    expect(server.seen[0]!.body).toHaveLength(size)
  })

  it('that breaks the rules is refused before anyone sees it, if it is here with the head', async () => {
    const server = await serveInbound()
    const client = await connectTo(server.port)
    client.send(chunked('/', 'x\r\n'))
    expect(await client.closed).toBe('fin')
    expect([statuses(client.text), server.seen, server.refused]).toEqual([[400], [], ['bad_chunk']])
  })

  it('that breaks the rules later is told to its server, and to its client with 400', async () => {
    const server = await serveInbound({ begin: wait })
    const client = await connectTo(server.port)
    client.send(chunked('/', '1\r\nx\r\n'))
    const served = await whenSeen(server, 1)
    client.send('oops')
    expect(await client.closed).toBe('fin')
    expect([served.seen.gone, served.seen.whole, statuses(client.text)]).toEqual(['bad_chunk', false, [400]])
    served.answer('too late')
    await server.empty()
  })

  it('that breaks the rules while the answer is on the wire cuts the answer', async () => {
    const server = await serveInbound({ begin: ({ inbound }) => { inbound.respond('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', 'chunked', Buffer.from('begun')) } })
    const client = await connectTo(server.port)
    client.send(chunked('/', '1\r\nx\r\n'))
    await client.sees('begun')
    client.send('oops')
    await client.closed
    expect(client.text).toMatch(/begun\r\n$/)
    expect(server.seen[0]!.gone).toBe('bad_chunk')
  })

  it('may be answered before it is whole, and then ends the connection', async () => {
    const server = await serveInbound({ begin: (served) => served.answer('enough', 413) })
    const client = await connectTo(server.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome')
    await client.sees('enough')
    expect(client.text).toContain('connection: close')
    client.send(get('/smuggled'))
    expect(await client.closed).toBe('fin')
    expect(server.seen).toHaveLength(1)
  })

  it('behind Expect: 100-continue is asked for with an interim answer', async () => {
    const server = await serveInbound({ begin: ({ inbound }) => inbound.interim('HTTP/1.1 100 Continue\r\n\r\n') })
    const client = await connectTo(server.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n')
    await client.sees('100 Continue')
    client.send('ok')
    await client.sees('\r\n\r\nok')
  })
})
