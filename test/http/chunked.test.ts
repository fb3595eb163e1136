import { describe, expect, it } from 'vitest'
import { ChunkedDecoder } from '../../src/http/chunked.ts'
import * as problems from '../../src/http/problems.ts'
import { octets, splits } from './support/messages.ts'

interface Decoded { body: string, trailers: string, done: boolean, problem: string | undefined, used: number }

function decode(pieces: readonly Buffer[]): Decoded {
  const decoder = new ChunkedDecoder()
  let body = ''
  let used = 0
  for (const piece of pieces) {
    if (decoder.done || decoder.problem !== undefined) break
    used += decoder.feed(piece, 0)
    body += decoder.take()?.toString('latin1') ?? ''
  }
  return { body, trailers: decoder.trailers, done: decoder.done, problem: decoder.problem?.code, used }
}
const whole = (raw: string): Decoded => decode([Buffer.from(raw, 'latin1')])

const VALID: readonly (readonly [string, string, string])[] = [
  ['0\r\n\r\n', '', ''],
  ['5\r\nhello\r\n0\r\n\r\n', 'hello', ''],
  ['00005\r\nhello\r\n0000000000000\r\n\r\n', 'hello', ''],
  ['a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n', '01234567890123456789', ''],
  ['1\r\n\r\r\n1\r\n\n\r\n0\r\n\r\n', '\r\n', ''],
  ['5;x\r\nhello\r\n0;y=z\r\n\r\n', 'hello', ''],
  ['1;a;b=c;d="";e="x y\t;\r"'.replace('\r', '\\"') + '\r\nx\r\n0\r\n\r\n', 'x', ''],
  ['1;a="\xff\\\xff"\r\nx\r\n0\r\n\r\n', 'x', ''],
  ['1\r\nx\r\n0\r\nA: 1\r\n\r\n', 'x', 'A: 1\r\n'],
  ['1\r\nx\r\n0\r\nA: 1\r\nB:\r\nC: \xe9 \r\n\r\n', 'x', 'A: 1\r\nB:\r\nC: \xe9 \r\n']
]

describe('a chunked body', () => {
  it.each(VALID)('%j is decoded', (raw, body, trailers) => {
    expect(whole(raw)).toEqual({ body, trailers, done: true, problem: undefined, used: raw.length })
  })

  it.each(VALID)('%j is decoded the same however it is cut', (raw) => {
    const input = Buffer.from(raw, 'latin1')
    const expected = whole(raw)
    for (const pieces of splits(input)) expect(decode(pieces)).toEqual(expected)
    expect(decode(octets(input))).toEqual(expected)
  })

  it.each(VALID)('%j ends where it ends, whatever follows', (raw) => {
    const input = Buffer.from(`${raw}GET / HTTP/1.1\r\n\r\n`, 'latin1')
    expect(decode([input]).used).toBe(raw.length)
    for (const [first, second] of splits(input)) {
      const decoder = new ChunkedDecoder()
      const used = decoder.feed(first, 0)
      const more = decoder.done ? 0 : decoder.feed(second, 0)
      expect([decoder.done, used + more, decoder.problem]).toEqual([true, raw.length, undefined])
    }
  })

  it.each([
    '\r\n', ' 5\r\nhello\r\n', '5 \r\nhello\r\n', '5\t\r\nhello\r\n', '+5\r\nhello\r\n', '-5\r\nhello\r\n', '0x5\r\nhello\r\n', '5_0\r\n', 'g\r\n', '\xb2\r\n', '5h\r\n', '5\nhello', '5\rhello', '5\r\rhello',
    '5,\r\n', '5"\r\n', '5\0\r\n', '5;\r\n', '5; a\r\n', '5 ;a\r\n', '5;=b\r\n', '5;a=\r\n', '5;a =b\r\n', '5;a= b\r\n', '5;a="\r\n', '5;a="b"c\r\n', '5;a="\n"\r\n', '5;a="\\\n"\r\n', '5;a\n', '5;a\rb', '5;a=b\n', '5;a="b"\n', '5;;a\r\n',
    '5\r\nhello0\r\n', '5\r\nhello\n0\r\n\r\n', '5\r\nhello\rX', '5\r\nhelloX\r\n', '4\r\nhello\r\n0\r\n\r\n', '00000000000005\r\n', 'fffffffffffff0\r\n', 'ffffffffffffffffffff\r\n', '100000000000000005\r\n', '0;a="b\r\n', '0\n\n', '0\r0'
  ])('%j is refused, whole or octet by octet', (raw) => {
    expect(whole(raw).problem).toBe(problems.badChunk.code)
    expect(decode(octets(Buffer.from(raw, 'latin1'))).problem).toBe(problems.badChunk.code)
  })

  it.each([
    '0\r\nA : 1\r\n\r\n', '0\r\nA: 1\r\n B\r\n\r\n', '0\r\n A: 1\r\n\r\n', '0\r\nA: 1\n\r\n\r\n', '0\r\nA\r\n\r\n', '0\r\nA: \0\r\n\r\n', '0\r\nA: 1\r2\r\n\r\n', '0\r\n\nA: 1\r\n\r\n', '0\r\n\n', '0\r\nA: 1\n\n', '0\r\n\rA: 1\r\n\r\n',
    `0\r\n${'A: 1\r\n'.repeat(65)}\r\n`, `0\r\nA: ${'x'.repeat(16_384)}\r\n\r\n`, `0\r\n${'x'.repeat(17_000)}`
  ])('with the trailers %j is refused, whole or octet by octet', (raw) => {
    expect(whole(raw).problem).toBe(problems.badTrailer.code)
    expect(decode(octets(Buffer.from(raw, 'latin1'))).problem).toBe(problems.badTrailer.code)
  })

  it('may not spend more than 16 KiB on extensions, in one chunk or many', () => {
    expect(whole(`1;${'a'.repeat(16_384)}\r\nx\r\n0\r\n\r\n`).problem).toBeUndefined()
    expect(whole(`1;${'a'.repeat(16_385)}\r\nx\r\n0\r\n\r\n`).problem).toBe('bad_chunk')
    expect(whole('1;a=b\r\nx\r\n'.repeat(10_000)).problem).toBe('bad_chunk')
  })

  it('with a size of 52 bits is still counted exactly', () => {
    const decoder = new ChunkedDecoder()
    expect(decoder.feed(Buffer.from('fffffffffffff\r\nx'), 0)).toBe(16)
    expect([decoder.problem, decoder.done, decoder.take()?.toString()]).toEqual([undefined, false, 'x'])
  })

  it('is given in one piece per read, and nothing once it is taken', () => {
    const decoder = new ChunkedDecoder()
    decoder.feed(Buffer.from('1\r\na\r\n2\r\nbc\r\n'), 0)
    expect([decoder.take()?.toString(), decoder.take()]).toEqual(['abc', undefined])
  })

  it('is not copied when a read holds one chunk', () => {
    const decoder = new ChunkedDecoder()
    const input = Buffer.from('3\r\nabc\r\n')
    decoder.feed(input, 0)
    expect(decoder.take()?.buffer).toBe(input.buffer)
  })

  it('stops for good at a problem', () => {
    const decoder = new ChunkedDecoder()
    decoder.feed(Buffer.from('zzz'), 0)
    expect(decoder.feed(Buffer.from('0\r\n\r\n'), 0)).toBe(0)
    expect([decoder.done, decoder.problem]).toEqual([false, problems.badChunk])
  })
})
