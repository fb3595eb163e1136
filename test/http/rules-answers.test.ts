import { describe, expect, it } from 'vitest'
import { Exchange, openOutbound } from './support/exchange.ts'
import { serveInbound } from './support/inbound-server.ts'
import { TestPool } from './support/pool.ts'
import { connectTo } from './support/raw-client.ts'
import { onRequests, serveRaw } from './support/raw-server.ts'
import { eventually } from './support/signal.ts'

/* The rules of rules.test.ts that are about answers. */

/** What a server's `raw` is to whoever asked. */
async function answered(raw: string, options: { method?: string, fin?: boolean } = {}): Promise<Exchange & { readonly kept: boolean }> {
  const server = await serveRaw((connection) => onRequests(connection, () => {
    connection.send(raw)
    if (options.fin === true) connection.end()
  }))
  const kept = await openOutbound(server.port)
  const asked = await new Exchange().get(kept.outbound, options.method).ended()
  return Object.assign(asked, { kept: kept.reusable === 1 })
}

describe('R24 Expect', () => {
  it('R24 a server is read on after it has asked for the body', async () => {
    const asked = await answered('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx')
    expect([asked.interim, asked.status, asked.body]).toEqual([[100], 200, 'x'])
  })
})

describe('R31 101', () => {
  it('R31 is given to whoever asked as no ordinary answer, and can be refused', async () => {
    const server = await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.1 101 Switching\r\nContent-Length: 5\r\n\r\nhello') }))
    const kept = await openOutbound(server.port)
    const asked = new Exchange()
    asked.onResponse = (outbound, head) => {
      expect([head.status, head.framing]).toEqual([101, 'none'])
      outbound.fail('bad_response')
    }
    await asked.get(kept.outbound).ended()
    expect([asked.failure, asked.body, kept.gone]).toEqual(['bad_response', '', 1])
  })
})

describe('R32 the framing of an answer', () => {
  it.each(['x', '-1', '1, 1', '1\r\nContent-Length: 1', '1\r\nContent-Length: 2', '', '1 2', '0x1', '01'])('R32 Content-Length: %j is refused', async (value) => {
    expect(await answered(`HTTP/1.1 200 OK\r\nContent-Length: ${value}\r\n\r\nx`, { fin: true })).toMatchObject({ failure: 'bad_response', kept: false, status: 0 })
  })
  it('R32 chunks outrank a length, and the connection is not used again', async () => {
    expect(await answered('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')).toMatchObject({ failure: undefined, body: 'abc', kept: false })
  })
  it.each(['gzip', 'gzip, chunked', 'chunked, chunked', 'chunked\r\nTransfer-Encoding: chunked', 'identity'])('R32 Transfer-Encoding: %j is refused', async (value) => {
    expect(await answered(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${value}\r\n\r\n0\r\n\r\n`, { fin: true })).toMatchObject({ failure: 'bad_response', kept: false, status: 0 })
  })
})

describe('R33 white space before a colon', () => {
  it.each(['X : 1', 'Content-Length : 1', 'X\t: 1'])('R33 in an answer is refused: %j', async (line) => {
    expect(await answered(`HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: 1\r\n\r\nx`)).toMatchObject({ failure: 'bad_response', problem: 'bad_field_name', kept: false })
  })
})

describe('R34 folded lines', () => {
  it.each(['X: 1\r\n 2', 'Content-Length:\r\n 1', 'X: 1\r\n\t2'])('R34 in an answer are refused: %j', async (lines) => {
    expect(await answered(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\n`, { fin: true })).toMatchObject({ failure: 'bad_response', problem: 'folded_field', kept: false })
  })
})

describe('R35 octets behind an answer', () => {
  const extra = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'
  it.each(['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'])('R35 are dropped with the connection: %j', async (raw) => {
    expect(await answered(raw + extra)).toMatchObject({ failure: undefined, body: 'ok', kept: false })
  })
  it.each([0, 1, 5])('R35 that come %d ms later are never the answer to the next request', async (ms) => {
    const server = await serveRaw((connection) => onRequests(connection, () => {
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      setTimeout(() => { connection.send(extra) }, ms)
    }))
    const test = new TestPool(server.port)
    for (let i = 0; i < 3; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      expect((await new Exchange().ask(test.pool).ended()).body).toBe('ok')
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await eventually(() => test.pool.counts.connections === 0)
    }
  })
})

describe('R36 answers without a body', () => {
  it.each<[string, string, string]>([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n', 'Content-Length: 10\r\n'], ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'Transfer-Encoding: chunked\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n', 'Content-Length: 10\r\n'], ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n', 'Content-Length: 10\r\n'], ['GET', 'HTTP/1.1 304 Not Modified\r\n\r\n', '']
  ])('R36 to %s of %j are whole at once, and keep their lines', async (method, raw, lines) => {
    expect(await answered(raw, { method })).toMatchObject({ failure: undefined, body: '', lines, kept: true })
  })
})

describe('R37 truncated answers', () => {
  it.each(['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive!\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive!\r\n0\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Enc', ''])(
    'R37 %j and FIN are failures', async (raw) => {
      expect(await answered(raw, { fin: true })).toMatchObject({ failure: 'closed', trailers: undefined, kept: false })
    })
  it('R37 a client sees the cut: no last chunk, no more answers, the connection ends', async () => {
    const server = await serveInbound({ serve: ({ inbound }) => { inbound.respond('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', 'chunked', Buffer.from('five!')) } })
    const client = await connectTo(server.port)
    client.send('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.sees('five!')
    server.served[0]!.inbound.abort()
    await client.closed
    expect(client.text).toMatch(/5\r\nfive!\r\n$/)
    expect(server.seen).toHaveLength(1)
  })
})

describe('R38 answers that last until close', () => {
  it.each(['HTTP/1.0 200 OK\r\n\r\nall', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall'])('R38 %j end with FIN', async (raw) => {
    expect(await answered(raw, { fin: true })).toMatchObject({ failure: undefined, body: 'all', trailers: '', kept: false })
  })
  it('R38 do not end with a reset', async () => {
    const server = await serveRaw((connection) => onRequests(connection, () => { connection.send('HTTP/1.0 200 OK\r\n\r\npart') }))
    const kept = await openOutbound(server.port)
    const asked = new Exchange().get(kept.outbound)
    await asked.changed.until(() => asked.body === 'part')
    server.connections[0]!.reset()
    expect((await asked.ended()).failure).toBe('closed')
  })
  it('R38 are cut for a client by a reset, not by FIN', async () => {
    const server = await serveInbound({ serve: ({ inbound }) => { inbound.respond('HTTP/1.1 200 OK\r\n\r\n', 'close', Buffer.from('part')) } })
    const client = await connectTo(server.port)
    client.send('GET / HTTP/1.0\r\n\r\n')
    await client.sees('part')
    server.served[0]!.inbound.abort()
    expect(await client.closed).toBe('reset')
  })
})
