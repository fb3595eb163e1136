import { describe, expect, it } from 'vitest'
import { HOP_BY_HOP } from '../../src/http/request-head.ts'
import * as problems from '../../src/http/problems.ts'
import { ResponseHead } from '../../src/http/response-head.ts'

const LIMITS = { maxHeadBytes: 16_384, maxFields: 100 }

function parse(raw: string, method = 'GET', head = new ResponseHead()): ResponseHead | string {
  const input = Buffer.from(raw, 'latin1')
  return head.parse(input, input.length, method, LIMITS)?.code ?? head
}
function valid(raw: string, method?: string, head?: ResponseHead): ResponseHead {
  const parsed = parse(raw, method, head)
  if (typeof parsed === 'string') throw new Error(`refused: ${parsed}`)
  return parsed
}
const ok = (lines: string, start = 'HTTP/1.1 200 OK'): string => `${start}\r\n${lines}\r\n`

describe('a status line', () => {
  it.each([
    ['HTTP/1.1 200 OK', 200, 1], ['HTTP/1.1 200 ', 200, 1], ['HTTP/1.1 200', 200, 1], ['HTTP/1.0 404 Not Found', 404, 0], ['HTTP/1.7 200 OK', 200, 1],
    ['HTTP/1.1 599 x', 599, 1], ['HTTP/1.1 999 x', 999, 1], ['HTTP/1.1 100 Continue', 100, 1], ['HTTP/1.1 200 caf\xe9\t!', 200, 1]
  ])('%j is read', (line, status, minor) => {
    const head = valid(ok('', line))
    expect([head.status, head.minor]).toEqual([status, minor])
  })

  it.each([
    '', 'HTTP/1.1', 'HTTP/1.1 ', 'HTTP/1.1 20', 'HTTP/1.1 2000', 'HTTP/1.1 099 x', 'HTTP/1.1 2x0 OK', 'HTTP/1.1 -20 OK', 'HTTP/1.1  200 OK', 'HTTP/1.1\t200 OK', 'HTTP/1.1 200\tOK', 'HTTP/1.1 200OK',
    'HTTP/2.0 200 OK', 'HTTP/0.9 200 OK', 'HTTP/1.10 200 OK', 'HTTP/1. 200 OK', 'HTTP/1.x 200 OK', 'http/1.1 200 OK', ' HTTP/1.1 200 OK', 'HTTP/1.1 200 O\0K', 'HTTP/1.1 200 O\rK', 'ICY 200 OK', 'GET / HTTP/1.1'
  ])('%j is refused', (line) => expect(parse(ok('', line))).toBe(problems.badStartLine.code))
})

describe('the framing of an answer', () => {
  it.each([
    ['GET', 200, '', 'close', 0, false],
    ['GET', 200, 'Content-Length: 5\r\n', 'length', 5, true],
    ['GET', 200, 'Content-Length: 0\r\n', 'length', 0, true],
    ['GET', 200, 'Transfer-Encoding: Chunked\r\n', 'chunked', 0, true],
    ['GET', 200, 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', 'chunked', 0, false],
    ['HEAD', 200, 'Content-Length: 5\r\n', 'none', 0, true],
    ['HEAD', 200, 'Transfer-Encoding: chunked\r\n', 'none', 0, true],
    ['HEAD', 200, '', 'none', 0, true],
    ['GET', 204, 'Content-Length: 5\r\n', 'none', 0, true],
    ['GET', 204, 'Transfer-Encoding: chunked\r\n', 'none', 0, true],
    ['GET', 304, 'Content-Length: 5\r\n', 'none', 0, true],
    ['GET', 100, '', 'none', 0, true],
    ['GET', 103, 'Content-Length: 5\r\n', 'none', 0, true],
    ['GET', 101, '', 'none', 0, true],
    ['GET', 205, 'Content-Length: 0\r\n', 'length', 0, true]
  ])('to %s with %d and %j is %s', (method, status, lines, framing, length, keepAlive) => {
    const head = valid(ok(lines, `HTTP/1.1 ${status} x`), method)
    expect([head.framing, head.contentLength, head.keepAlive]).toEqual([framing, length, keepAlive])
  })

  it.each([
    ['Content-Length: x\r\n', problems.badContentLength],
    ['Content-Length: 1, 1\r\n', problems.badContentLength],
    ['Content-Length: 1\r\nContent-Length: 1\r\n', problems.badContentLength],
    ['Content-Length: -1\r\n', problems.badContentLength],
    ['Transfer-Encoding: gzip, chunked\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: foo\r\n', problems.badTransferEncoding],
    ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', problems.badTransferEncoding]
  ])('by %j is refused', (lines, problem) => expect(parse(ok(lines))).toBe(problem.code))

  it('by chunks is refused in HTTP/1.0', () => {
    expect(parse(ok('Transfer-Encoding: chunked\r\n', 'HTTP/1.0 200 OK'))).toBe(problems.badTransferEncoding.code)
  })

  it('is refused even where there is no body, when a length is no number', () => {
    expect(parse(ok('Content-Length: x\r\n'), 'HEAD')).toBe(problems.badContentLength.code)
  })
})

describe('field lines of an answer', () => {
  it.each([
    ['folded', 'A: 1\r\n 2\r\n', problems.foldedField], ['with a space before the colon', 'A : 1\r\n', problems.badFieldName], ['ended by LF', 'A: 1\nB: 2\r\n', problems.bareLineEnd],
    ['with a NUL', 'A: \0\r\n', problems.badFieldValue], ['too many', 'A: 1\r\n'.repeat(101), problems.headTooLarge]
  ])('%s are refused', (_how, lines, problem) => expect(parse(ok(lines))).toBe(problem.code))
})

describe('what a server says of the connection', () => {
  it.each([
    ['HTTP/1.1 200 OK', '', true, -1],
    ['HTTP/1.1 200 OK', 'Connection: close\r\n', false, -1],
    ['HTTP/1.1 200 OK', 'Connection: Keep-Alive\r\n', true, -1],
    ['HTTP/1.1 200 OK', 'Connection: keep-alive, Close\r\n', false, -1],
    ['HTTP/1.0 200 OK', '', false, -1],
    ['HTTP/1.0 200 OK', 'Connection: keep-alive\r\n', true, -1],
    ['HTTP/1.0 200 OK', 'Connection: x, keep-alive\r\n', true, -1],
    ['HTTP/1.1 200 OK', 'Keep-Alive: timeout=5\r\n', true, 5],
    ['HTTP/1.1 200 OK', 'Keep-Alive: max=100, Timeout=7\r\n', true, 7],
    ['HTTP/1.1 200 OK', 'Keep-Alive: timeout=5,max=3\r\n', true, 5],
    ['HTTP/1.1 200 OK', 'Keep-Alive: xtimeout=5\r\n', true, -1],
    ['HTTP/1.1 200 OK', 'Keep-Alive: timeout=-5\r\n', true, -1]
  ])('with %s and %j is understood', (start, lines, keepAlive, seconds) => {
    const head = valid(ok(`Content-Length: 0\r\n${lines}`, start))
    expect([head.keepAlive, head.keepAliveS]).toEqual([keepAlive, seconds])
  })

  it('is forgotten with the next answer', () => {
    const head = new ResponseHead()
    valid(ok('Connection: close\r\nKeep-Alive: timeout=5\r\nContent-Length: 5\r\n'), 'GET', head)
    valid(ok('Transfer-Encoding: chunked\r\n'), 'GET', head)
    expect([head.keepAlive, head.keepAliveS, head.framing, head.contentLength]).toEqual([true, -1, 'chunked', 0])
  })

  it('names fields that are for this hop alone', () => {
    const head = valid(ok('Connection: X-Hop, content-length\r\nX-Hop: 1\r\nContent-Length: 0\r\nKeep-Alive: x\r\nX: 1\r\n'))
    expect(head.lines(HOP_BY_HOP)).toBe('Content-Length: 0\r\nX: 1\r\n')
  })
})
