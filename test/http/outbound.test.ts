import { describe, expect, it } from 'vitest'
import { Exchange, type Kept, openOutbound, TIMEOUTS } from './support/exchange.ts'
import { type ResponseCase, VALID_RESPONSES } from './support/messages.ts'
import type { RawClient } from './support/raw-client.ts'
import { onRequests, type RawServer, serveRaw } from './support/raw-server.ts'
import { eventually, steady } from './support/signal.ts'

/** An exchange with a server that does `answer` on the first request of each connection. */
async function exchange(answer: (connection: RawClient) => void, method = 'GET'): Promise<{ asked: Exchange, kept: Kept, server: RawServer }> {
  const server = await serveRaw((connection) => onRequests(connection, (number) => { if (number === 0) answer(connection) }))
  const kept = await openOutbound(server.port)
  return { asked: new Exchange().get(kept.outbound, method), kept, server }
}
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

describe('an answer', () => {
  it.each(VALID_RESPONSES)('with $name is taken', async ({ raw, method, fin, status, body, trailers, interim, reusable }: ResponseCase) => {
    const { asked, kept } = await exchange((connection) => {
      connection.send(raw)
      if (fin === true) connection.end()
    }, method)
    await asked.ended()
    expect([asked.failure, asked.status, asked.body, asked.trailers, asked.interim]).toEqual([undefined, status, body, trailers ?? '', interim ?? []])
    expect([kept.reusable, kept.gone, kept.outbound.gone]).toEqual(reusable ? [1, 0, false] : [0, 1, true])
  })

  it.each<[string, string]>([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['chunks without the last line', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n'],
    ['trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\nA: 1\r\n'],
    ['a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['nothing', '']
  ])('that ends within %s is a failure, by FIN or by reset', async (_what, raw) => {
    for (const how of ['fin', 'reset'] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const { asked, kept, server } = await exchange((connection) => { connection.send(raw) })
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await eventually(() => kept.outbound.socket.bytesRead === raw.length && server.connections[0]!.text !== '')
      if (how === 'fin') server.connections[0]!.end()
      else server.connections[0]!.reset()
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await asked.ended()
      expect([asked.failure, asked.trailers, kept.reusable, kept.gone, kept.outbound.answered]).toEqual(['closed', undefined, 0, 1, raw !== ''])
    }
  })

  it('until close that ends by a reset is a failure', async () => {
    const { asked, server } = await exchange((connection) => { connection.send('HTTP/1.1 200 OK\r\n\r\npart') })
    await asked.changed.until(() => asked.body === 'part')
    server.connections[0]!.reset()
    await asked.ended()
    expect(asked.failure).toBe('closed')
  })

  it.each([
    'garbage\r\n\r\n', 'HTTP/2.0 200 OK\r\n\r\n', '220 mail.example ESMTP\r\n', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', '\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'H\0', 'HTTP/1.1 200 OK\r\nA: 1\nB: 2\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA : 1\r\n\r\n', 'HTTP/1.1 200 OK\r\nA: 1\r\n b\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: foo\r\n\r\n', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(17_000)}`, `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`,
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n'
  ])('of %j is refused at once', async (raw) => {
    const { asked, kept } = await exchange((connection) => { connection.send(raw) })
    await asked.ended()
    expect([asked.failure, asked.problem === undefined, kept.gone]).toEqual(['bad_response', false, 1])
  })

  it('comes with every octet before it is told that all of a read is here', async () => {
    const { asked } = await exchange((connection) => { connection.send(OK) })
    await asked.ended()
    await eventually(() => asked.flushes > 0)
    expect(asked.flushes).toBe(1)
  })

  it('with a storm of interim answers is given up', async () => {
    const { asked } = await exchange((connection) => { connection.send('HTTP/1.1 102 Processing\r\n\r\n'.repeat(20_000)) })
    await asked.ended()
    expect([asked.failure, asked.interim.length]).toEqual(['bad_response', 32])
  })

  it('of 101 gives the socket away with what came behind it', async () => {
    const { asked, kept, server } = await exchange((connection) => { connection.send('HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\nearly') })
    let early: string | undefined
    asked.onResponse = (outbound) => { early = outbound.detach()?.toString() }
    await eventually(() => early !== undefined)
    expect([early, asked.over, kept.gone, kept.outbound.gone]).toEqual(['early', false, 1, true])
    kept.outbound.socket.write('tunnel')
    await server.connections[0]!.sees('tunnel')
    kept.time.ms += 1_000_000
    await kept.ticks()
    expect(kept.outbound.socket.destroyed).toBe(false)
    kept.outbound.socket.destroy()
  })

  it('of 101 that nobody takes is a failure', async () => {
    const { asked, kept } = await exchange((connection) => { connection.send('HTTP/1.1 101 Switching\r\n\r\n') })
    await asked.ended()
    expect([asked.status, asked.failure, kept.gone]).toEqual([101, 'bad_response', 1])
  })

  it('of 101 that nobody asked for can be refused by whoever asked', async () => {
    const { asked, kept } = await exchange((connection) => { connection.send('HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n') })
    asked.onResponse = (outbound) => outbound.fail('bad_response')
    await asked.ended()
    expect([asked.failure, kept.gone]).toEqual(['bad_response', 1])
  })

  it('before the request is whole ends the connection', async () => {
    const server = await serveRaw((connection) => onRequests(connection, () => { connection.send(OK) }))
    const kept = await openOutbound(server.port)
    const asked = new Exchange()
    kept.outbound.send(asked, 'POST', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n', 'raw', Buffer.from('some'), false, TIMEOUTS)
    await asked.ended()
    expect([asked.body, kept.reusable, kept.gone]).toEqual(['ok', 0, 1])
    expect(kept.outbound.write(Buffer.from('more'))).toBe(true)
    kept.outbound.finish()
  })
})

describe('octets that nobody asked for', () => {
  const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned'

  it('with the answer end the connection, and the answer is whole', async () => {
    const { asked, kept } = await exchange((connection) => { connection.send(OK + poison) })
    await asked.ended()
    expect([asked.body, asked.failure, kept.reusable, kept.gone]).toEqual(['ok', undefined, 0, 1])
  })

  it.each(['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'])('with %j end the connection', async (raw) => {
    const { asked, kept } = await exchange((connection) => { connection.send(`${raw}hello`) })
    await asked.ended()
    expect([asked.failure, kept.reusable, kept.gone]).toEqual([undefined, 0, 1])
  })

  it('after the answer end the connection', async () => {
    const { asked, kept, server } = await exchange((connection) => { connection.send(OK) })
    await asked.ended()
    expect(kept.reusable).toBe(1)
    server.connections[0]!.send(poison)
    await eventually(() => kept.gone === 1)
    expect(kept.outbound.gone).toBe(true)
  })

  it('before any request end the connection', async () => {
    const server = await serveRaw((connection) => { connection.send(poison) })
    const kept = await openOutbound(server.port)
    await eventually(() => kept.gone === 1)
  })

  it.each(['fin', 'reset'] as const)('or a %s while it is idle end it without a word', async (how) => {
    const { asked, kept, server } = await exchange((connection) => { connection.send(OK) })
    await asked.ended()
    if (how === 'fin') server.connections[0]!.end()
    else server.connections[0]!.reset()
    await eventually(() => kept.gone === 1)
    expect(asked.failure).toBeUndefined()
  })
})

describe('a kept connection', () => {
  it('carries one exchange after another', async () => {
    const server = await serveRaw((connection) => onRequests(connection, (number) => { connection.send(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${number}`) }))
    const kept = await openOutbound(server.port)
    for (let i = 0; i < 5; i++) {
      expect(kept.outbound.reused).toBe(i > 0)
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const asked = await new Exchange().get(kept.outbound).ended()
      expect(asked.body).toBe(String(i))
    }
    expect([kept.reusable, server.connections.length]).toEqual([5, 1])
  })

  it('says that it was used before and nothing was answered when it was closed under a request', async () => {
    const server = await serveRaw((connection) => onRequests(connection, (number) => {
      if (number === 0) connection.send(OK)
      else connection.reset()
    }))
    const kept = await openOutbound(server.port)
    await new Exchange().get(kept.outbound).ended()
    const second = await new Exchange().get(kept.outbound).ended()
    expect([second.failure, kept.outbound.reused, kept.outbound.answered]).toEqual(['closed', true, false])
  })

  it('is destroyed without a word to whoever asked', async () => {
    const { asked, kept, server } = await exchange(() => undefined)
    await eventually(() => server.connections.length === 1)
    kept.outbound.destroy()
    kept.outbound.destroy()
    await server.connections[0]!.closed
    expect([asked.over, kept.gone]).toEqual([false, 1])
  })

  it('sends a body as it comes, framed, and says when to wait', async () => {
    const server = await serveRaw((connection) => { connection.keep = false })
    const kept = await openOutbound(server.port)
    const asked = new Exchange()
    kept.outbound.send(asked, 'POST', 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n', 'chunked', undefined, false, TIMEOUTS)
    server.connections[0]!.socket.pause()
    let flowing = true
    for (let i = 0; flowing && i < 64; i++) flowing = kept.outbound.write(Buffer.alloc(1_000_000))
    expect(flowing).toBe(false)
    server.connections[0]!.socket.resume()
    await asked.changed.until(() => asked.drains > 0)
    server.connections[0]!.keep = true
    kept.outbound.finish('T: 1\r\n')
    await server.connections[0]!.sees('0\r\nT: 1\r\n\r\n')
  })

  it('is read again for the next answer when it was paused at the end of one', async () => {
    const server = await serveRaw((connection) => onRequests(connection, () => { connection.send(OK) }))
    const kept = await openOutbound(server.port)
    const first = new Exchange()
    first.onResponseBody = () => kept.outbound.pauseReading(true)
    await first.get(kept.outbound).ended()
    expect((await new Exchange().get(kept.outbound).ended()).body).toBe('ok')
  })

  it('is not read while reading is paused', async () => {
    const size = 64 * 1024 * 1024
    const { asked, kept } = await exchange((connection) => { connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`).send(Buffer.alloc(size)) })
    let bytes = 0
    asked.onResponseBody = (chunk) => { bytes += chunk.length }
    await asked.changed.until(() => asked.status === 200)
    kept.outbound.pauseReading(true)
    await steady(() => bytes)
    expect(kept.outbound.socket.bytesRead).toBeLessThan(2 * 1024 * 1024)
    kept.time.ms += 1_000_000 // nothing is asked of the server, so nothing is late
    await kept.ticks()
    kept.outbound.pauseReading(false)
    await asked.ended()
    expect([bytes, kept.reusable]).toEqual([size, 1])
  })
})

describe('a server that stands still', () => {
  it.each<[string, string, number, string]>([
    ['before its answer', '', 30_000, 'first_byte_timeout'],
    ['after an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n', 30_000, 'first_byte_timeout'],
    ['in a head', 'HTTP/1.1 200', 60_000, 'idle_timeout'],
    ['in a body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe', 60_000, 'idle_timeout'],
    ['in a body until close', 'HTTP/1.1 200 OK\r\n\r\nhe', 60_000, 'idle_timeout']
  ])('%s is given up in its time and not before', async (_where, raw, ms, failure) => {
    const { asked, kept, server } = await exchange((connection) => { connection.send(raw) })
    await eventually(() => server.connections[0]?.text.endsWith('\r\n\r\n') === true && kept.outbound.socket.bytesRead === raw.length)
    kept.time.ms += ms - 1
    await kept.ticks()
    expect(asked.over).toBe(false)
    kept.time.ms += 100
    await asked.ended()
    expect([asked.failure, kept.gone]).toEqual([failure, 1])
    expect(await server.connections[0]!.closed).toBe('fin')
  })

  it('has time anew with every octet it sends', async () => {
    const { asked, kept, server } = await exchange((connection) => { connection.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n') })
    await asked.changed.until(() => asked.status === 200)
    for (const octet of 'hello') {
      kept.time.ms += 59_000
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await kept.ticks()
      const length = asked.body.length + 1
      server.connections[0]!.send(octet)
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await asked.changed.until(() => asked.body.length === length)
    }
    await asked.ended()
    expect(asked.body).toBe('hello')
  })

  it.each<[string, string]>([['', 'before it answers'], ['HTTP/1.1 100 Continue\r\n\r\n', 'after 100'], ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe', 'in its answer']])('is not late while it is still being sent the request (%#: %s)', async (raw) => {
    const { asked, kept, server } = await exchange((connection) => { connection.send(raw) })
    await eventually(() => server.connections[0]?.text.endsWith('\r\n\r\n') === true && kept.outbound.socket.bytesRead === raw.length)
    for (let i = 0; i < 10; i++) {
      kept.time.ms += 29_000
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await kept.ticks()
      expect(asked.failure).toBeUndefined()
      kept.outbound.extend(30_000)
    }
    kept.time.ms += 60_100
    await asked.ended()
    expect(asked.failure).toMatch(/timeout$/)
  })

  it('idle is closed when it is too old', async () => {
    const { asked, kept } = await exchange((connection) => { connection.send(OK) })
    await asked.ended()
    kept.time.ms += 10_000_000
    await kept.ticks()
    expect(kept.gone).toBe(0) // whoever keeps it sets the deadline
    kept.outbound.deadlineMs = kept.time.ms
    await kept.ticks()
    expect(kept.gone).toBe(1)
  })
})
