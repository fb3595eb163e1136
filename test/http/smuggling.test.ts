import { describe, expect, it } from 'vitest'
import { serveInbound } from './support/inbound-server.ts'
import { ask, connectTo, statuses } from './support/raw-client.ts'
import { eventually } from './support/signal.ts'

/*
 * Requests made to be read in two ways by two servers in a row, as published over the years (CL.TE, TE.CL, TE.TE, and what
 * came after). Each hides `GET /smuggled` where one of the readings finds a second request.
 */

const HIDDEN = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
const CHUNKED_HIDDEN = `0\r\n\r\n${HIDDEN}`
const post = (lines: string, body: string = CHUNKED_HIDDEN, start = 'POST / HTTP/1.1'): string => `${start}\r\nHost: a\r\n${lines}\r\n\r\n${body}`
const te = (value: string): string => post(`Content-Length: ${CHUNKED_HIDDEN.length}\r\nTransfer-Encoding: ${value}`)
const onlyTe = (line: string): string => post(line)
const chunks = (body: string): string => post('Transfer-Encoding: chunked', body)
const hex = (text: string): string => text.length.toString(16)

const ATTACKS: Readonly<Record<string, readonly string[]>> = {
  'CL.TE': [
    post(`Content-Length: ${CHUNKED_HIDDEN.length}\r\nTransfer-Encoding: chunked`),
    post(`Transfer-Encoding: chunked\r\nContent-Length: ${CHUNKED_HIDDEN.length}`),
    post(`Content-Length: 6\r\nTransfer-Encoding: chunked`, `0\r\n\r\nG${HIDDEN}`),
    post(`Content-Length: ${CHUNKED_HIDDEN.length}\r\nTransfer-Encoding: chunked`, CHUNKED_HIDDEN, 'GET / HTTP/1.1')
  ],
  'TE.CL': [
    post('Content-Length: 4\r\nTransfer-Encoding: chunked', `${hex(HIDDEN)}\r\n${HIDDEN}\r\n0\r\n\r\n`),
    post('Content-Length: 3\r\nTransfer-Encoding: chunked', `8\r\nSMUGGLED\r\n${CHUNKED_HIDDEN}`),
    post('Transfer-Encoding: chunked\r\nContent-Length: 0', CHUNKED_HIDDEN)
  ],
  'TE.TE': [
    te('xchunked'), te('chunked\r\nTransfer-Encoding: x'), te('x\r\nTransfer-Encoding: chunked'), te('chunked\r\nTransfer-encoding: cow'), te('\tchunked'), te(' chunked'), te('chunked '), te('"chunked"'), te("'chunked'"), te('chunk'),
    te('\x0bchunked'), te('\x0cchunked'), te('chunked\x0b'), te('chunked\0'), te('\0chunked'), te('\xa0chunked'), te('chunked\xa0'), te('\x85chunked'), te('\x7fchunked'), te('chunked;x'), te('chunked,'), te(',chunked'), te('identity, chunked'),
    te('chunked, identity'), te('identity'), te('gzip, chunked'), te('chunked, chunked'), te('c\\hunked'), te('CHUNKED'), te('chun\r\n ked'), te('\r\n chunked'), te('\r\n\tchunked'), te('\nchunked'), te('x\nTransfer-Encoding: chunked')
  ],
  'a disguised Transfer-Encoding alone': [
    onlyTe('Transfer-Encoding : chunked'), onlyTe('Transfer-Encoding\t: chunked'), onlyTe('Transfer-Encoding\x0b: chunked'), onlyTe('Transfer-Encoding\0: chunked'), onlyTe(' Transfer-Encoding: chunked'), onlyTe('\tTransfer-Encoding: chunked'),
    onlyTe('X: y\rTransfer-Encoding: chunked'), onlyTe('X: y\nTransfer-Encoding: chunked'), onlyTe('X: y\r\n Transfer-Encoding: chunked'), onlyTe('Transfer-Encoding\r\n : chunked'), onlyTe('Transfer-Encoding\r\n: chunked'),
    onlyTe('Transfer-Encoding:\x0bchunked'), onlyTe('Transfer-Encoding: \x0bchunked'), onlyTe('Transfer-Encoding: chunked\x0c'), onlyTe('Transfer-Encoding: chunked\0'), onlyTe('Transfer-Encoding: \x01chunked'), onlyTe('Transfer-Encoding: xchunked'), onlyTe('Transfer-Encoding: chunked\t'), onlyTe('Transfer-Encoding: chunked \t '),
    onlyTe('Transfer-Encoding: chunked, identity'), onlyTe('Transfer-Encoding: gzip, chunked'), onlyTe('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity'), onlyTe('Transfer-Encoding chunked'), onlyTe('Transfer-Encoding: "chunked"'),
    onlyTe('Transfer\xadEncoding: chunked'), onlyTe('(Transfer-Encoding): chunked'), onlyTe('Transfer-Encoding:\r\n chunked'), onlyTe(': chunked\r\nTransfer-Encoding: chunked')
  ],
  'two lengths': [
    post(`Content-Length: 0\r\nContent-Length: ${HIDDEN.length}`, HIDDEN), post(`Content-Length: ${HIDDEN.length}\r\nContent-Length: 0`, HIDDEN), post(`Content-Length: 0, ${HIDDEN.length}`, HIDDEN), post('Content-Length: 0\r\nContent-Length: 0', HIDDEN),
    post(`Content-Length: 0\r\nContent-Length : ${HIDDEN.length}`, HIDDEN), post(`Content-Length: 0\r\n Content-Length: ${HIDDEN.length}`, HIDDEN), post(`Content-Length: 0\nContent-Length: ${HIDDEN.length}`, HIDDEN)
  ],
  'a length that is not plain': [
    ...['+0', '-0', '0x0', '00', '0 0', '0\x0b', '\x0b0', '0,', ',0', '0;', '0.0', '0e0', '"0"', '\xb20', '', ' ', '0\0', '_0', '0_0', 'zero', '\r\n 0', '-1', '0\r', '18446744073709551616', '4294967296000000000'].map((value) => post(`Content-Length: ${value}`, HIDDEN)),
    post('Content-Length\0: 0', HIDDEN), post('Content-Length : 0', HIDDEN), post('Content-Length\t: 0', HIDDEN), post('Content-Length\r\n: 0', HIDDEN), post('\0Content-Length: 0', HIDDEN)
  ],
  'chunk sizes': [
    ...['0x0', '+0', '-0', ' 0', '0 ', '0\t', '0\x0b', '0\0', '0_0', '', '0g', '0,', '00000000000000000000', '10000000000000000', 'ffffffffffffffff', '\xa00'].map((size) => chunks(`${size}\r\n\r\n${HIDDEN}`)),
    chunks(`2\r\nxx0\r\n\r\n${HIDDEN}`), chunks(`1\r\nxx\r\n0\r\n\r\n${HIDDEN}`), chunks(`5\r\nx\r\n0\r\n\r\n${HIDDEN}`), chunks(`1\r\nx\n0\r\n\r\n${HIDDEN}`), chunks(`1\r\nx\r0\r\n\r\n${HIDDEN}`), chunks(`1\nx\r\n0\r\n\r\n${HIDDEN}`), chunks(`0\n\r\n${HIDDEN}`),
    chunks(`0\r\n\n${HIDDEN}`), chunks(`0\r${HIDDEN}`), chunks(`0\r\r\n\r\n${HIDDEN}`), chunks(`0\n\n${HIDDEN}`)
  ],
  'chunk extensions': [
    chunks(`0;\nxx\r\n\r\n${HIDDEN}`), chunks(`1;\nx\r\n${CHUNKED_HIDDEN}`), chunks(`1;a\nx\r\n${CHUNKED_HIDDEN}`), chunks(`1;a\rx\r\n${CHUNKED_HIDDEN}`), chunks(`1;a=b\nx\r\n${CHUNKED_HIDDEN}`), chunks(`1;a="\r\nx\r\n0\r\n\r\n${HIDDEN}`), chunks(`1;a="\n"\r\nx\r\n${CHUNKED_HIDDEN}`),
    chunks(`1;\r\nx\r\n${CHUNKED_HIDDEN}`), chunks(`1 ;a\r\nx\r\n${CHUNKED_HIDDEN}`), chunks(`1; a\r\nx\r\n${CHUNKED_HIDDEN}`), chunks(`1;\0\r\nx\r\n${CHUNKED_HIDDEN}`), chunks(`1;a=\x0b\r\nx\r\n${CHUNKED_HIDDEN}`), chunks(`1 a\r\nx\r\n${CHUNKED_HIDDEN}`)
  ],
  trailers: [
    chunks(`0\r\nX : 1\r\n\r\n${HIDDEN}`), chunks(`0\r\n X: 1\r\n\r\n${HIDDEN}`), chunks(`0\r\nX: 1\r\n 2\r\n\r\n${HIDDEN}`), chunks(`0\r\nX: 1\n\r\n${HIDDEN}`), chunks(`0\r\nX: 1\r\r\n\r\n${HIDDEN}`), chunks(`0\r\nX\r\n\r\n${HIDDEN}`), chunks(`0\r\n: 1\r\n\r\n${HIDDEN}`), chunks(`0\r\nX: \0\r\n\r\n${HIDDEN}`)
  ],
  'line endings': [
    `POST / HTTP/1.1\nHost: a\nContent-Length: 0\n\n${HIDDEN}`, `POST / HTTP/1.1\r\nHost: a\r\nX: y\n\n${HIDDEN}`, `POST / HTTP/1.1\r\nHost: a\r\nX: y\n\r\n${HIDDEN}`, `POST / HTTP/1.1\r\nHost: a\r\nX: y\r\r\n\r\n${HIDDEN}`, `POST / HTTP/1.1\r\nHost: a\r\nX: y\r\n\n${HIDDEN}`,
    `POST / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost: a\r\nX: y\0\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost: a\r\n\r \n${HIDDEN}`, `GET / HTTP/1.1\r\rHost: a\r\r${HIDDEN}`
  ],
  'start lines': [
    `GET / HTTP/1.1\x0b\r\nHost: a\r\n\r\n${HIDDEN}`, `GET /\x20HTTP/1.1\x20HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`, `GET\x0b/ HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`, `GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1 \r\nHost: a\r\n\r\n${HIDDEN}`,
    `GET / HTTP/1.1\r\n\tHost: a\r\n\r\n${HIDDEN}`, `GET / HTTP/0.9\r\nHost: a\r\n\r\n${HIDDEN}`, `GET /\r\nHost: a\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1x\r\nHost: a\r\n\r\n${HIDDEN}`, `GET / HTTP/01.1\r\nHost: a\r\n\r\n${HIDDEN}`, `GET https://a@b/ HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`,
    `GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`, `GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`, `\0GET / HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`, `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`
  ],
  names: [
    `GET / HTTP/1.1\r\nHost: a\r\nX\0Y: z\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost: a\r\nX\x7fY: z\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost: a\r\n\xefX: z\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost: a\r\nFoo\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost: a\r\n: z\r\n\r\n${HIDDEN}`,
    `GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost: a\r\nX{}: z\r\n\r\n${HIDDEN}`
  ],
  hosts: [
    `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost: a\r\n Host: b\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost: a, b\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost: a\x0bb\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\nHost : a\r\n\r\n${HIDDEN}`,
    `GET / HTTP/1.1\r\nHost: a@b\r\n\r\n${HIDDEN}`, `GET / HTTP/1.1\r\n\r\n${HIDDEN}`, `GET http://b/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${HIDDEN}`, `GET http://b#@a/ HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`
  ],
  'old versions': [
    post('Transfer-Encoding: chunked', CHUNKED_HIDDEN, 'POST / HTTP/1.0'), post('Connection: keep-alive\r\nTransfer-Encoding: chunked', CHUNKED_HIDDEN, 'POST / HTTP/1.0'), post('Content-Length: 5\r\nTransfer-Encoding: chunked', CHUNKED_HIDDEN, 'POST / HTTP/1.0')
  ],
  upgrades: [
    post('Connection: Upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked'), post(`Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${HIDDEN.length}`, HIDDEN), post('Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\nTransfer-Encoding: chunked')
  ]
}

// what looks odd and is valid: one reading only, which is ours too
const HARMLESS: readonly (readonly [string, string])[] = [
  ['white space around chunked', post('Transfer-Encoding: \t chunked  ', '5\r\nhello\r\n0\r\n\r\n')],
  ['a body that looks like a request', post(`Content-Length: ${HIDDEN.length}`, HIDDEN)],
  ['a chunk that looks like a request', chunks(`${hex(HIDDEN)}\r\n${HIDDEN}\r\n0\r\n\r\n`)],
  ['a chunk that looks like the end', chunks('a\r\n\r\n0\r\n\r\nGET\r\n0\r\n\r\n')],
  ['a quoted extension with a semicolon', chunks('1;a="0\\";\tb"\r\nx\r\n0\r\n\r\n')],
  ['trailers that would frame', chunks('1\r\nx\r\n0\r\nContent-Length: 100\r\nTransfer-Encoding: x\r\n\r\n')],
  ['a Connection field that names the length', post('Connection: Content-Length\r\nContent-Length: 5', 'hello')]
]

describe.each(Object.entries(ATTACKS))('%s', (_kind, attacks) => {
  it.each(attacks)('is refused, and nothing is smuggled: %j', async (raw) => {
    const server = await serveInbound()
    const { text, end } = await ask(server.port, raw)
    expect(statuses(text)).toHaveLength(1)
    expect([Math.floor(statuses(text)[0]! / 100) > 3, end]).toEqual([true, 'fin'])
    expect(server.seen.filter(({ whole, target }) => whole || target !== '/')).toEqual([])
    await server.empty()
  })

  it('is refused however it is cut', async () => {
    const server = await serveInbound({ begin: () => undefined })
    for (const raw of attacks) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const client = await connectTo(server.port)
      const middle = raw.indexOf('\r\n') + 2
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await client.sendApart([raw.slice(0, middle), raw.slice(middle, -HIDDEN.length), raw.slice(-HIDDEN.length)])
      client.end()
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await client.closed
    }
    await eventually(() => server.open.size === 0)
    expect(server.seen.filter(({ whole, target }) => whole || target !== '/')).toEqual([])
  })
})

describe('what is only odd', () => {
  it.each(HARMLESS)('is one request: %s', async (_what, raw) => {
    const server = await serveInbound()
    const { text } = await ask(server.port, raw)
    expect([statuses(text), server.seen.length, server.seen[0]!.whole]).toEqual([[200], 1, true])
  })
})
