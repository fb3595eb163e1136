import { describe, expect, it, vi } from 'vitest'
import { CONNECTION, HOST, NOMINATED } from '../../src/http/field-id.ts'
import * as problems from '../../src/http/problems.ts'
import { forwardedHead, HOP_BY_HOP, listOf, nominated, parseLength, RequestHead } from '../../src/http/request-head.ts'

const LIMITS = { maxHeadBytes: 16_384, maxFields: 100 }

function parse(raw: string, head = new RequestHead()): RequestHead | string {
  const input = Buffer.from(raw, 'latin1')
  return head.parse(input, 0, input.length, LIMITS)?.code ?? head
}
function valid(raw: string, head?: RequestHead): RequestHead {
  const parsed = parse(raw, head)
  if (typeof parsed === 'string') throw new Error(`refused: ${parsed}`)
  return parsed
}
const get = (lines: string, version = 'HTTP/1.1'): string => `GET / ${version}\r\nHost: a\r\n${lines}\r\n`

describe('a request line', () => {
  it.each([
    ['GET / HTTP/1.1', 'GET', '/', '/'],
    ['POST /a/b?c=d?e HTTP/1.1', 'POST', '/a/b?c=d?e', '/a/b'],
    ['GET /? HTTP/1.1', 'GET', '/?', '/'],
    ['GET //x HTTP/1.1', 'GET', '//x', '//x'],
    ['OPTIONS * HTTP/1.1', 'OPTIONS', '*', '*'],
    ['GET /"<>\\^`{|}~[] HTTP/1.0', 'GET', '/"<>\\^`{|}~[]', '/"<>\\^`{|}~[]'],
    ['GET http://b HTTP/1.1', 'GET', '/', '/'],
    ['GET HTTPS://b:1/x?y HTTP/1.1', 'GET', '/x?y', '/x'],
    ['GET http://b?y=/ HTTP/1.1', 'GET', '/?y=/', '/'],
    ['OPTIONS http://b HTTP/1.1', 'OPTIONS', '*', '*'],
    ['OPTIONS http://b/ HTTP/1.1', 'OPTIONS', '/', '/'],
    ['CONNECT b:443 HTTP/1.1', 'CONNECT', 'b:443', 'b:443'],
    ['M-SEARCH /x HTTP/1.1', 'M-SEARCH', '/x', '/x']
  ])('%s is taken apart', (line, method, target, path) => {
    const head = valid(`${line}\r\nHost: a\r\n\r\n`)
    expect([head.method, head.target, head.path]).toEqual([method, target, path])
  })

  it.each([
    ['no version', 'GET /', problems.badStartLine],
    ['HTTP/0.9', 'GET / HTTP/0.9', problems.badVersion],
    ['HTTP/1.2', 'GET / HTTP/1.2', problems.badVersion],
    ['HTTP/2.0', 'GET / HTTP/2.0', problems.badVersion],
    ['HTTP/1.10', 'GET / HTTP/1.10', problems.badStartLine],
    ['HTTP/1', 'GET / HTTP/1', problems.badStartLine],
    ['HTTP/1.x', 'GET / HTTP/1.x', problems.badStartLine],
    ['a small http', 'GET / http/1.1', problems.badStartLine],
    ['ICE/1.0', 'GET / ICE/1.0', problems.badStartLine],
    ['a version after it', 'GET / HTTP/1.1 HTTP/1.1', problems.badStartLine],
    ['a space after it', 'GET / HTTP/1.1 ', problems.badStartLine],
    ['two spaces before the target', 'GET  / HTTP/1.1', problems.badStartLine],
    ['two spaces after the target', 'GET /  HTTP/1.1', problems.badStartLine],
    ['a tab', 'GET\t/\tHTTP/1.1', problems.badStartLine],
    ['a space in the target', 'GET /a b HTTP/1.1', problems.badStartLine],
    ['a fragment', 'GET /a#b HTTP/1.1', problems.badStartLine],
    ['obs-text in the target', 'GET /\xe9 HTTP/1.1', problems.badStartLine],
    ['NUL in the target', 'GET /\0 HTTP/1.1', problems.badStartLine],
    ['DEL in the target', 'GET /\x7f HTTP/1.1', problems.badStartLine],
    ['CR in the target', 'GET /\r HTTP/1.1', problems.badStartLine],
    ['LF in the target', 'GET /\n HTTP/1.1', problems.badStartLine],
    ['no target', 'GET HTTP/1.1', problems.badStartLine],
    ['no method', ' / HTTP/1.1', problems.badStartLine],
    ['nothing', '', problems.badStartLine],
    ['a small method', 'get / HTTP/1.1', problems.badMethod],
    ['an unknown method', 'FETCH / HTTP/1.1', problems.badMethod],
    ['PRI', 'PRI * HTTP/2.0', problems.badVersion],
    ['a method with a control', 'G\x0bT / HTTP/1.1', problems.badStartLine],
    ['* with GET', 'GET * HTTP/1.1', problems.badTarget],
    ['no slash', 'GET a HTTP/1.1', problems.badTarget],
    ['another scheme', 'GET ftp://a/ HTTP/1.1', problems.badTarget],
    ['no authority', 'GET http:///x HTTP/1.1', problems.badTarget],
    ['user info', 'GET http://u:p@b/ HTTP/1.1', problems.badTarget],
    ['an authority with a backslash', 'GET http://a\\b/ HTTP/1.1', problems.badTarget],
    ['the authority form with GET', 'GET b:443 HTTP/1.1', problems.badTarget],
    ['CONNECT without a port', 'CONNECT b HTTP/1.1', problems.badTarget],
    ['CONNECT to a path', 'CONNECT / HTTP/1.1', problems.badTarget],
    ['CONNECT to a URL', 'CONNECT http://b:1/ HTTP/1.1', problems.badTarget]
  ])('with %s is refused', (_what, line, problem) => {
    expect(parse(`${line}\r\nHost: a\r\n\r\n`)).toBe(problem.code)
  })
})

describe('the framing of a request', () => {
  it.each([
    ['nothing', '', 'none', 0],
    ['a length', 'Content-Length: 12\r\n', 'length', 12],
    ['a length of nothing', 'Content-Length: 0\r\n', 'length', 0],
    ['the longest length', 'Content-Length: 999999999999999\r\n', 'length', 999_999_999_999_999],
    ['a length in white space', 'content-length: \t 7 \t\r\n', 'length', 7],
    ['chunks', 'Transfer-Encoding: chunked\r\n', 'chunked', 0],
    ['chunks in capitals', 'transfer-encoding: CHUNKED\r\n', 'chunked', 0]
  ])('by %s is known', (_what, lines, framing, length) => {
    const head = valid(get(lines))
    expect([head.framing, head.contentLength]).toEqual([framing, length])
  })

  it.each([
    'Content-Length: \r\n', 'Content-Length: -1\r\n', 'Content-Length: +1\r\n', 'Content-Length: 1 2\r\n', 'Content-Length: 1,1\r\n', 'Content-Length: 1, 1\r\n',
    'Content-Length: 0x1\r\n', 'Content-Length: 1e2\r\n', 'Content-Length: 1.0\r\n', 'Content-Length: 007\r\n', 'Content-Length: 00\r\n', 'Content-Length: 1_000\r\n',
    'Content-Length: \xb2\r\n', 'Content-Length: \xa01\r\n', 'Content-Length: "1"\r\n', 'Content-Length: 1000000000000000\r\n', 'Content-Length: 18446744073709551617\r\n',
    'Content-Length: 1\r\nContent-Length: 1\r\n', 'Content-Length: 1\r\nContent-Length: 2\r\n', 'Content-Length: 1\r\ncontent-length: 1\r\n'
  ])('%j is no length', (lines) => expect(parse(get(lines))).toBe(problems.badContentLength.code))

  it.each([
    ['Transfer-Encoding: gzip, chunked\r\n', problems.unknownTransferEncoding],
    ['Transfer-Encoding: gzip\r\n', problems.unknownTransferEncoding],
    ['Transfer-Encoding: identity\r\n', problems.unknownTransferEncoding],
    ['Transfer-Encoding: xchunked\r\n', problems.unknownTransferEncoding],
    ['Transfer-Encoding: chunked, chunked\r\n', problems.unknownTransferEncoding],
    ['Transfer-Encoding: chunked, gzip\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: chunked,\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: "chunked"\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: chunked;q=1\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: chunked\xa0\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: \xa0chunked\r\n', problems.unknownTransferEncoding],
    ['Transfer-Encoding:\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: chunked\t\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: chunked \t \r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: \x0bchunked\r\n', problems.badFieldValue],
    ['Content-Length: 1\r\nTransfer-Encoding: chunked\r\n', problems.ambiguousLength],
    ['Transfer-Encoding: chunked\r\nContent-Length: 0\r\n', problems.ambiguousLength],
    ['Transfer-Encoding: gzip\r\nContent-Length: 0\r\n', problems.ambiguousLength]
  ])('%j is refused', (lines, problem) => expect(parse(get(lines))).toBe(problem.code))

  it.each(['Content-Length: 0\r\n', 'Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n'])('%j is refused for CONNECT', (lines) => {
    expect(parse(`CONNECT a:1 HTTP/1.1\r\nHost: a\r\n${lines}\r\n`)).toBe(problems.connectWithBody.code)
  })

  it('by chunks is refused in HTTP/1.0', () => {
    expect(parse(get('Transfer-Encoding: chunked\r\n', 'HTTP/1.0'))).toBe(problems.badTransferEncoding.code)
  })
})

describe('who a request is for', () => {
  it.each([
    ['the Host field', 'GET / HTTP/1.1\r\nHost: A.example:8\r\n\r\n', 'A.example:8'],
    ['an absolute target before Host', 'GET http://b:1/ HTTP/1.1\r\nHost: a\r\n\r\n', 'b:1'],
    ['nobody, in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', ''],
    ['an absolute target in HTTP/1.0', 'GET http://b/ HTTP/1.0\r\n\r\n', 'b']
  ])('is said by %s', (_what, raw, authority) => expect(valid(raw).authority).toBe(authority))

  it('is not remembered from the request before', () => {
    const head = new RequestHead()
    valid('GET http://first/ HTTP/1.1\r\nHost: a\r\n\r\n', head)
    expect(valid('GET / HTTP/1.0\r\n\r\n', head).authority).toBe('')
    valid('GET / HTTP/1.1\r\nHost: a\r\n\r\n', head)
    expect(parse('GET / HTTP/1.1\r\nHost: a/\r\n\r\n', head)).toBe('bad_host')
    expect(valid('GET / HTTP/1.1\r\nHost: a\r\n\r\n', head).absoluteForm).toBe(false)
  })

  it.each([
    'GET / HTTP/1.1\r\n\r\n', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n',
    'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n', 'GET / HTTP/1.0\r\nHost: a/b\r\n\r\n', 'GET http://b/ HTTP/1.1\r\n\r\n', 'GET http://b/ HTTP/1.1\r\nHost: u@h\r\n\r\n'
  ])('is refused in %j', (raw) => expect(parse(raw)).toBe(problems.badHost.code))
})

describe('what is said of the connection', () => {
  it.each([
    ['HTTP/1.1', '', true],
    ['HTTP/1.1', 'Connection: close\r\n', false],
    ['HTTP/1.1', 'Connection: CLOSE\r\n', false],
    ['HTTP/1.1', 'Connection: keep-alive, close\r\n', false],
    ['HTTP/1.1', 'Connection: close\r\nConnection: keep-alive\r\n', false],
    ['HTTP/1.1', 'Connection: x,,close ,\t\r\n', false],
    ['HTTP/1.1', 'Connection: closed\r\n', true],
    ['HTTP/1.0', '', false],
    ['HTTP/1.0', 'Connection: Keep-Alive\r\n', true],
    ['HTTP/1.0', 'Connection: foo, keep-alive\r\n', true],
    ['HTTP/1.0', 'Connection: keep-alive, close\r\n', false]
  ])('in %s by %j keeps it: %s', (version, lines, keeps) => expect(valid(get(lines, version)).keepAlive).toBe(keeps))

  it('names fields that are for this hop alone, but not those the hop stands on', () => {
    const head = valid(get('Connection: X-A, host, content-type, Content-Length\r\nX-A: 1\r\nContent-Type: t\r\nContent-Length: 0\r\nx-a: 2\r\nX-B: 3\r\n'))
    expect(head.lines((1 << CONNECTION) | (1 << NOMINATED))).toBe('Host: a\r\nContent-Length: 0\r\nX-B: 3\r\n')
  })

  it('does not take obs-text for a blank', () => {
    const head = valid(get('Connection: x,\xa0close\r\n'))
    expect(head.keepAlive).toBe(true)
  })

  it('is held against each field once, however many names it lists', () => {
    const name = vi.spyOn(RequestHead.prototype, 'name')
    valid(get(`Connection: ${'b,'.repeat(7000)}\r\n${'a:\r\n'.repeat(90)}`))
    expect(name.mock.calls.length).toBeLessThanOrEqual(92)
    name.mockRestore()
  })

  it.each([
    ['HTTP/1.1', 'Connection: Upgrade\r\nUpgrade: WebSocket\r\n', 'websocket'],
    ['HTTP/1.1', 'Connection: keep-alive, upgrade\r\nUpgrade: h2c, x/1\r\n', 'h2c, x/1'],
    ['HTTP/1.1', 'Upgrade: websocket\r\n', ''],
    ['HTTP/1.1', 'Connection: Upgrade\r\n', ''],
    ['HTTP/1.0', 'Connection: Upgrade\r\nUpgrade: websocket\r\n', ''],
    ['HTTP/1.1', 'Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n', 'websocket']
  ])('in %s by %j asks to switch to %j', (version, lines, upgrade) => expect(valid(get(lines, version)).upgrade).toBe(upgrade))

  it.each(['Content-Length: 1\r\n', 'Transfer-Encoding: chunked\r\n'])('may not switch protocols with a body: %j', (lines) => {
    expect(parse(get(`Connection: Upgrade\r\nUpgrade: websocket\r\n${lines}`))).toBe(problems.upgradeWithBody.code)
  })

  it('ignores a wish for h2c where there is a body, as clients in wide use have it', () => {
    const head = valid(get('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAE\r\nContent-Length: 1\r\n'))
    expect([head.upgrade, head.framing, head.lines(HOP_BY_HOP)]).toEqual(['', 'length', 'Host: a\r\nContent-Length: 1\r\n'])
  })

  it.each([
    ['TE: trailers\r\n', true], ['TE: gzip, Trailers;q=0.5\r\n', true], ['TE: gzip\r\n', false], ['TE: trailersx\r\n', false], ['', false]
  ])('by %j takes trailers: %s', (lines, takes) => expect(valid(get(lines)).takesTrailers).toBe(takes))

  it.each([
    ['HTTP/1.1', 'Expect: 100-Continue\r\n', true], ['HTTP/1.1', 'Expect: 200-ok\r\n', false], ['HTTP/1.1', 'Expect: 100-continue, x\r\n', false], ['HTTP/1.0', 'Expect: 100-continue\r\n', false]
  ])('in %s by %j waits for 100: %s', (version, lines, expects) => expect(valid(get(lines, version)).expectsContinue).toBe(expects))

  it('is forgotten with the next request', () => {
    const head = new RequestHead()
    valid(get('Connection: close, upgrade\r\nUpgrade: websocket\r\nTE: trailers\r\nExpect: 100-continue\r\n'), head)
    valid(get(''), head)
    expect([head.keepAlive, head.upgrade, head.takesTrailers, head.expectsContinue]).toEqual([true, '', false, false])
  })
})

describe('a forwarded head', () => {
  const rule = { host: undefined, defaultHost: 'default' }

  it.each([
    ['as it came', 'GET /a?b HTTP/1.1\r\nHost: A\r\nX: 1\r\n\r\n', rule, 'GET /a?b HTTP/1.1\r\nHost: A\r\nX: 1\r\nnew: 1\r\n\r\n'],
    ['in origin form, with the Host of the target', 'GET http://b/x?y HTTP/1.1\r\nX: 1\r\nHost: a\r\n\r\n', rule, 'GET /x?y HTTP/1.1\r\nhost: b\r\nX: 1\r\nnew: 1\r\n\r\n'],
    ['as HTTP/1.1, with a Host', 'GET / HTTP/1.0\r\nX: 1\r\n\r\n', rule, 'GET / HTTP/1.1\r\nhost: default\r\nX: 1\r\nnew: 1\r\n\r\n'],
    ['as HTTP/1.1, with its own Host', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n', rule, 'GET / HTTP/1.1\r\nhost: a\r\nnew: 1\r\n\r\n'],
    ['with another Host', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { ...rule, host: 'c' }, 'GET / HTTP/1.1\r\nhost: c\r\nnew: 1\r\n\r\n'],
    ['to everyone', 'OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n', rule, 'OPTIONS * HTTP/1.1\r\nhost: b\r\nnew: 1\r\n\r\n']
  ])('is sent %s', (_how, raw, host, sent) => {
    expect(forwardedHead(valid(raw), HOP_BY_HOP, undefined, host, 'new: 1\r\n')).toBe(sent)
  })

  it('loses what is named', () => {
    const head = valid('GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nConnection: b\r\nB: 2\r\nKeep-Alive: x\r\n\r\n')
    expect(forwardedHead(head, HOP_BY_HOP, new Set(['a']), rule, '')).toBe('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(forwardedHead(head, HOP_BY_HOP | (1 << HOST), undefined, rule, '')).toBe('GET / HTTP/1.1\r\nA: 1\r\n\r\n')
  })
})

describe('a list', () => {
  it.each([['', []], [',', []], ['a', ['a']], [' a ,\tb,, c d ', ['a', 'b', 'c d']], ['\xa0a', ['\xa0a']]])('%j has its elements', (text, items) => expect(listOf(text)).toEqual(items))

  it('of nominated fields lacks what may not be named away', () => {
    expect(nominated(['a', 'close', 'b', 'a'], new Set(['close']))).toEqual(new Set(['a', 'b']))
  })
})

describe('parseLength', () => {
  it.each([['0', 0], ['10', 10], ['999999999999999', 999_999_999_999_999], ['', -1], ['01', -1], ['1000000000000000', -1], ['1 ', -1], ['a', -1], ['/', -1], [':', -1]])('reads %j as %d', (text, length) => {
    expect(parseLength(text)).toBe(length)
  })
})
