import { describe, expect, it } from 'vitest'
import { forwardedHead, HOP_BY_HOP } from '../../src/http/request-head.ts'
import { forwardableTrailers } from '../../src/http/trailers.ts'
import { type Seen, serveInbound } from './support/inbound-server.ts'
import { ask, connectTo, statuses } from './support/raw-client.ts'
import { eventually } from './support/signal.ts'

/*
 * What RFC 9110 and 9112 ask of an intermediary, rule by rule, as far as it is the wire's affair: over real sockets, and
 * what is forwarded of it. The rules of the proxy itself are tested with the proxy.
 */

const request = (lines: string, body = '', start = 'POST / HTTP/1.1'): string => `${start}\r\nHost: a\r\n${lines}\r\n${body}`

/** Sends `raw` with a good request behind it; both must be refused: the first is answered, nothing is served, the connection ends. */
async function refused(raw: string, status: number): Promise<void> {
  const server = await serveInbound()
  const { text, end } = await ask(server.port, `${raw}GET /behind HTTP/1.1\r\nHost: a\r\n\r\n`)
  expect([statuses(text), end, server.seen, server.refused.length]).toEqual([[status], 'fin', [], 1])
  expect(text).toContain('\r\nconnection: close\r\n')
}

/** Sends `raw`; what was served of it. */
async function served(raw: string): Promise<readonly Seen[]> {
  const server = await serveInbound()
  const { text } = await ask(server.port, raw)
  expect([statuses(text), server.refused]).toEqual([server.seen.map(() => 200), []])
  return server.seen
}

describe('R1 Host', () => {
  it.each(['', 'Host:\r\n', 'Host: \t \r\n', 'Host: a\r\nHost: a\r\n', 'Host: a\r\nHOST: b\r\n', 'Host: a, b\r\n', 'Host: a b\r\n', 'Host: a/b\r\n', 'Host: u@h\r\n', 'Host: a?b\r\n', 'Host: a#b\r\n', 'Host: a:b\r\n', 'Host: [::1\r\n', 'Host: ::1\r\n', 'Host: caf\xe9\r\n', 'Host: \\\r\n', 'Host: a:99999999\r\n'])(
    'R1 %j is refused with 400', (lines) => refused(`GET / HTTP/1.1\r\n${lines}\r\n`, 400))
  it.each(['a', 'a:8080', '[::1]:1', '127.0.0.1', 'a.b-c_d.e', 'a:'])('R1 %s is taken', async (host) => {
    expect((await served(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`))[0]!.authority).toBe(host)
  })
})

describe('R2 the absolute form', () => {
  it('R2 outranks Host, and is forwarded in origin form with its own', async () => {
    const sent: string[] = []
    const server = await serveInbound({ begin: (one) => {
      sent.push(forwardedHead(one.inbound.head, HOP_BY_HOP, undefined, { host: undefined, defaultHost: 'x' }, ''))
      one.answer()
    } })
    await ask(server.port, 'GET http://target.example:81/p?q HTTP/1.1\r\nX: 1\r\nHost: other.example\r\n\r\n')
    expect(sent).toEqual(['GET /p?q HTTP/1.1\r\nhost: target.example:81\r\nX: 1\r\n\r\n'])
  })
  it('R2 does not free from the need of Host', () => refused('GET http://b/ HTTP/1.1\r\n\r\n', 400))
})

describe('R3 the asterisk form', () => {
  it.each(['GET', 'POST', 'HEAD', 'DELETE'])('R3 is refused with %s', (method) => refused(request('', '', `${method} * HTTP/1.1`), 400))
  it('R3 is taken with OPTIONS', async () => expect((await served(request('', '', 'OPTIONS * HTTP/1.1')))[0]!.target).toBe('*'))
})

describe('R4 CONNECT', () => {
  it.each(['/', '*', 'http://a:1/', 'a', 'a:', 'a:b', 'u@a:1', 'a:1/x'])('R4 to %s is refused', (target) => refused(request('', '', `CONNECT ${target} HTTP/1.1`), 400))
  it('R4 to a host and port reaches the handler, which refuses it', async () => expect((await served(request('', '', 'CONNECT a:443 HTTP/1.1')))[0]!.method).toBe('CONNECT'))
  it.each(['Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n'])('R4 with a body is refused: %j', (lines) => refused(request(lines, '0\r\n\r\n', 'CONNECT a:443 HTTP/1.1'), 400))
  it('R4 is the only method the authority form is for', () => refused(request('', '', 'GET a:443 HTTP/1.1'), 400))
})

describe('R5 line endings', () => {
  it.each(['\r\n', '\r\n\r\n'])('R5 %j before a request is ignored', async (before) => expect(await served(`${before}${request('', '', 'GET / HTTP/1.1')}`)).toHaveLength(1))
  it.each(['\n', '\r', '\r\r\n', ' \r\n', '\t'])('R5 %j before a request is refused', (before) => refused(`${before}${request('', '', 'GET / HTTP/1.1')}`, 400))
  it.each([
    'GET / HTTP/1.1\nHost: a\n\n', 'GET / HTTP/1.1\r\nHost: a\n\r\n', 'GET / HTTP/1.1\nHost: a\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n', 'GET / HTTP/1.1\rHost: a\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\n\n', 'GET / HTTP/1.1\r\nHost: a\n\n'
  ])('R5 a bare CR or LF is refused: %j', (raw) => refused(raw, 400))
  it.each(['GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n', 'GET / HTTP/1.1\r\n\tX: 1\r\nHost: a\r\n\r\n', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'])('R5 white space after the start line is refused: %j', (raw) => refused(raw, 400))
})

describe('R6 versions', () => {
  it.each<[string, number]>([
    ['GET /', 400], ['GET / HTTP/0.9', 505], ['GET / HTTP/2.0', 505], ['GET / HTTP/3.0', 505], ['GET / HTTP/1.2', 505], ['GET / HTTP/9.9', 505], ['GET / HTTP/1.1.1', 400], ['GET / HTTP/11', 400], ['GET / HTTP/1.', 400], ['GET / http/1.1', 400],
    ['GET / HTTPS/1.1', 400], ['GET / HTTP/ 1.1', 400], ['GET / HTTP 1.1', 400], ['GET / HTTP/1,1', 400], ['GET / HTTP/+1.1', 400], ['PRI * HTTP/2.0', 505]
  ])('R6 %j is refused with %d', (line, status) => refused(request('', '', line), status))
})

describe('R7 names', () => {
  it.each(['X : 1', 'X\t: 1', 'Host : b', 'Content-Length : 5', 'Transfer-Encoding : chunked', ': 1', 'X Y: 1', 'X\0: 1', 'X\x7f: 1', 'X\xe9: 1', 'X"Y: 1', 'X/Y: 1', 'X@Y: 1', 'X{Y: 1', 'X,Y: 1', 'X;Y: 1', 'X[0]: 1', '(X): 1', 'no colon'])(
    'R7 %j is refused', (line) => refused(request(`${line}\r\n`), 400))
})

describe('R8 folded lines', () => {
  it.each(['X: 1\r\n 2\r\n', 'X: 1\r\n\t2\r\n', 'X:\r\n 1\r\n', 'Content-Length:\r\n 5\r\n', 'Transfer-Encoding:\r\n chunked\r\n', 'X: 1\r\n \r\n'])('R8 %j is refused', (lines) => refused(request(lines), 400))
})

describe('R9 values', () => {
  it.each([0, 1, 8, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x1b, 0x1f, 0x7f])('R9 octet %d in a value is refused', (octet) => refused(request(`X: a${String.fromCharCode(octet)}b\r\n`), 400))
  it('R9 tabs, spaces and obs-text are taken', async () => expect((await served(request('X: a\tb c\x80\xff\r\n')))[0]!.lines).toContain('X: a\tb c\x80\xff\r\n'))
})

describe('R10 both lengths', () => {
  it.each(['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', 'Content-Length: 0\r\nTransfer-Encoding: chunked\r\n', 'Transfer-Encoding: identity\r\nContent-Length: 5\r\n', 'content-length: 5\r\nX: 1\r\nTRANSFER-ENCODING: chunked\r\n'])(
    'R10 %j is refused', (lines) => refused(request(lines, '0\r\n\r\n'), 400))
})

describe('R11 Content-Length', () => {
  it.each(['5\r\nContent-Length: 6', '5\r\nContent-Length: 5', '5, 5', '5,6', '-5', '+5', '5 5', '0x5', '5.0', '5e0', '', '05', 'five', '5;', '"5"', '\xb9', '99999999999999999999', '18446744073709551616'])(
    'R11 %j is refused', (value) => refused(request(`Content-Length: ${value}\r\n`, 'hello'), 400))
})

describe('R12 Transfer-Encoding', () => {
  it.each<[string, number]>([
    ['gzip', 501], ['identity', 501], ['gzip, chunked', 501], ['chunked, chunked', 501], ['xchunked', 501], ['chunked-x', 501], ['x-chunked', 501], ['chunked, identity', 400], ['chunked, gzip', 400], ['"chunked"', 400], ['chunked;a=b', 400],
    ['chunked,', 400], ['', 400], [',', 400], [', chunked', 501], ['chunked\r\nTransfer-Encoding: chunked', 400], ['chunked\r\nTransfer-Encoding: gzip', 400], ['gzip\r\nTransfer-Encoding: chunked', 400], ['c hunked', 400], ['\xa0chunked', 501], ['chunked\xa0', 400], ['chunked\t', 400], ['chunked \t', 400]
  ])('R12 %j is refused with %d', (value, status) => refused(request(`Transfer-Encoding: ${value}\r\n`, '0\r\n\r\n'), status))
  it.each(['chunked', 'Chunked', 'CHUNKED', ' \tchunked '])('R12 %j is taken', async (value) => {
    expect((await served(request(`Transfer-Encoding:${value}\r\n`, '1\r\nx\r\n0\r\n\r\n')))[0]).toMatchObject({ body: 'x', framing: 'chunked', whole: true })
  })
})

describe('R13 Transfer-Encoding in HTTP/1.0', () => {
  it('R13 is refused', () => refused(request('Transfer-Encoding: chunked\r\n', '0\r\n\r\n', 'POST / HTTP/1.0'), 400))
  it('R13 is refused also when the connection is to be kept', () => refused(request('Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n', 'POST / HTTP/1.0'), 400))
})

describe('R14 chunks', () => {
  it.each([
    '+1\r\nx\r\n', '-1\r\nx\r\n', '0x1\r\nx\r\n', '1_0\r\n', ' 1\r\nx\r\n', '1 \r\nx\r\n', '1\t\r\nx\r\n', '\r\nx\r\n', 'g\r\n', '1\nx\n', '1\r\nx\n0\r\n\r\n', '1\r\nxx\r\n', '1\r\nx0\r\n\r\n', '1\rx\r\n', '1\r\r\nx\r\n', 'ffffffffffffffff\r\n',
    '100000000000000000000001\r\nx\r\n', '00000000000000000001\r\nx\r\n', '\xb9\r\nx\r\n', '1\0\r\nx\r\n', '0\n\n', '0\r\n\n', '0\r\n\r\r\n'
  ])('R14 %j is refused', (body) => refused(request('Transfer-Encoding: chunked\r\n', body), 400))
})

describe('R15 chunk extensions', () => {
  it('R15 are read over and not kept', async () => {
    expect((await served(request('Transfer-Encoding: chunked\r\n', '1;a;b=c;d="e\\"f"\r\nx\r\n0;z\r\n\r\n')))[0]!.body).toBe('x')
  })
  it.each(['1;\r\nx\r\n', '1; a\r\nx\r\n', '1;a=\r\nx\r\n', '1;a="b\r\nx\r\n', '1;a\nx\r\n', '1;a=b\nGET /\r\n', '1;\0\r\nx\r\n', '1;=\r\nx\r\n', `1;${'a'.repeat(20_000)}\r\nx\r\n`])('R15 %j is refused', (body) => refused(request('Transfer-Encoding: chunked\r\n', body), 400))
})

describe('R16 trailers', () => {
  const body = '1\r\nx\r\n0\r\nHost: evil\r\nContent-Length: 5\r\nAuthorization: x\r\nTransfer-Encoding: chunked\r\nX-Sum: 1\r\n\r\n'
  it('R16 are no headers, and only those that cannot pass for one are forwarded', async () => {
    const [one] = await served(request('Transfer-Encoding: chunked\r\n', body))
    expect([one!.authority, one!.lines]).toEqual(['a', 'Host: a\r\nTransfer-Encoding: chunked\r\n'])
    expect(forwardableTrailers(one!.trailers)).toBe('X-Sum: 1\r\n')
  })
  it.each(['0\r\nX : 1\r\n\r\n', '0\r\nX: 1\r\n 2\r\n\r\n', '0\r\nX: 1\n\r\n', '0\r\nX\r\n\r\n', '0\r\nX: \0\r\n\r\n', `0\r\n${'X: 1\r\n'.repeat(100)}\r\n`])('R16 %j is refused', (rest) => refused(request('Transfer-Encoding: chunked\r\n', rest), 400))
})

describe('R24 Expect', () => {
  it.each<[string, string, boolean]>([['HTTP/1.1', '100-continue', true], ['HTTP/1.1', '100-Continue', true], ['HTTP/1.1', 'something', false], ['HTTP/1.0', '100-continue', false]])('R24 in %s of %s is a wait for 100: %s', async (version, value, waits) => {
    const waiting: boolean[] = []
    const server = await serveInbound({ begin: (one) => {
      waiting.push(one.inbound.head.expectsContinue)
      one.answer()
    } })
    await ask(server.port, request(`Expect: ${value}\r\nContent-Length: 1\r\n`, 'x', `POST / ${version}`))
    expect(waiting).toEqual([waits])
  })
  it('R24 a client can be told to go on, and then be answered', async () => {
    const server = await serveInbound({ begin: ({ inbound }) => inbound.interim('HTTP/1.1 100 Continue\r\n\r\n') })
    const client = await connectTo(server.port)
    client.send(request('Expect: 100-continue\r\nContent-Length: 2\r\n'))
    await client.sees('100 Continue\r\n\r\n')
    client.send('go')
    await client.sees('200 Fine')
    expect(client.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/)
  })
  it('R24 a final answer before the body ends the connection, for the body may come or not', async () => {
    const server = await serveInbound({ begin: (one) => one.answer('', 417) })
    const client = await connectTo(server.port)
    client.send(request('Expect: 100-continue\r\nContent-Length: 2\r\n'))
    expect(await client.closed).toBe('fin')
    expect([statuses(client.text), server.seen.length]).toEqual([[417], 1])
  })
})

describe('R27 pipelining', () => {
  it('R27 answers come in the order of the requests, also when a later one is malformed', async () => {
    const server = await serveInbound({ begin: (one) => { setTimeout(() => one.answer(one.seen.target), one.seen.target === '/1' ? 30 : 0) } })
    const client = await connectTo(server.port)
    client.send('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.closed
    const { text } = client
    expect(statuses(text)).toEqual([200, 200, 400])
    expect(text.indexOf('/1')).toBeLessThan(text.indexOf('/2'))
    expect(server.seen.map(({ target }) => target)).toEqual(['/1', '/2'])
  })
})

describe('R28 truncated requests', () => {
  it.each(['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfive!', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive!\r\n', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive!\r\n0\r\n'])(
    'R28 %j and FIN is never a whole one', async (raw) => {
      const server = await serveInbound()
      await ask(server.port, raw)
      expect(server.seen).toMatchObject([{ whole: false, gone: 'truncated_request' }])
    })
  it('R28 a reset in the body is never a whole one', async () => {
    const server = await serveInbound()
    const client = await connectTo(server.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfive!')
    await server.changed.until(() => server.seen.length === 1)
    client.reset()
    await server.empty()
    expect(server.seen).toMatchObject([{ whole: false, gone: '' }])
  })
})

describe('R29 Upgrade', () => {
  it('R29 is seen in HTTP/1.1 with Connection alone', async () => {
    const found: string[] = []
    const server = await serveInbound({ begin: (one) => {
      found.push(one.inbound.head.upgrade)
      one.answer()
    } })
    await ask(server.port, request('Connection: Upgrade\r\nUpgrade: websocket\r\n', '', 'GET / HTTP/1.1'))
    await ask(server.port, request('Upgrade: websocket\r\n', '', 'GET / HTTP/1.1'))
    await ask(server.port, request('Connection: Upgrade\r\nUpgrade: websocket\r\n', '', 'GET / HTTP/1.0'))
    expect(found).toEqual(['websocket', '', ''])
  })
  it.each(['Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n'])('R29 with a body is refused: %j', (lines) => refused(request(`Connection: Upgrade\r\nUpgrade: websocket\r\n${lines}`, '0\r\n\r\n'), 400))
  it('R29 octets behind it are the next request when it is not granted', async () => {
    const seen = await served(`${request('Connection: Upgrade\r\nUpgrade: websocket\r\n', '', 'GET /1 HTTP/1.1')}${request('', '', 'GET /2 HTTP/1.1')}`)
    expect(seen.map(({ target }) => target)).toEqual(['/1', '/2'])
  })
  it('R29 octets behind it wait for the switch, and then go with the socket', async () => {
    const server = await serveInbound({ serve: () => undefined })
    const client = await connectTo(server.port)
    client.send(`${request('Connection: Upgrade\r\nUpgrade: websocket\r\n', '', 'GET / HTTP/1.1')}early`)
    await server.changed.until(() => server.served.length === 1)
    const { inbound } = server.served[0]!
    client.send(' and late')
    await eventually(() => inbound.socket.bytesRead > 80 && inbound.socket.bytesRead === client.socket.bytesWritten)
    expect(inbound.detach()?.toString()).toBe('early and late')
  })
})
