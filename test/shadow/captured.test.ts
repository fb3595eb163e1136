import { describe, expect, it } from 'vitest'
import { ResponseHead } from '../../src/http/response-head.ts'
import { CapturedAnswer } from '../../src/shadow/captured.ts'
import { Random, runSeed } from '../http/support/random.ts'

// as a socket reads it: a piece of memory of its own
const read = (octets: Buffer): Buffer => {
  const memory = Buffer.allocUnsafeSlow(octets.length)
  octets.copy(memory)
  return memory
}

const memoryOf = (pieces: readonly Buffer[]): number => [...new Set(pieces.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0)

describe('a captured answer', () => {
  it('holds the octets it was told, however they were cut into reads', () => {
    const random = new Random(runSeed())
    for (let round = 0; round < 50; round++) {
      const pieces = Array.from({ length: random.below(400) }, () => read(Buffer.alloc(random.pick([0, 1, 2, 30, 500, 5000]), random.below(256))))
      const whole = Buffer.concat(pieces)
      const answer = new CapturedAnswer(whole.length, 1)
      for (const piece of pieces) answer.body(piece, 0)
      const label = `seed ${random.seed} round ${round}`
      expect(Buffer.concat(answer.pieces).equals(whole), label).toBe(true)
      expect(answer.bytes, label).toBe(whole.length)
      expect(answer.oversize, label).toBe(false)
    }
  })

  it('is kept by reference as long as it comes in few reads', () => {
    const answer = new CapturedAnswer(1_000_000, 1)
    const pieces = Array.from({ length: 5 }, () => read(Buffer.alloc(10_000)))
    for (const piece of pieces) answer.body(piece, 0)
    expect(answer.pieces.every((piece, i) => piece === pieces[i])).toBe(true)
  })

  it('is kept in few pieces when it comes octet by octet', () => {
    const answer = new CapturedAnswer(1_000_000, 1)
    for (let i = 0; i < 100_000; i++) answer.body(read(Buffer.from([i & 255])), 0)
    expect(answer.pieces.length).toBeLessThanOrEqual(100_000 / 32 + 32)
    expect(answer.bytes).toBe(100_000)
    expect(Buffer.concat(answer.pieces)[99_999]).toBe(99_999 & 255)
  })

  it('does not keep a long head alive for the sake of a short body', () => {
    const answer = new CapturedAnswer(1_000_000, 1)
    const reads = Array.from({ length: 20 }, () => read(Buffer.alloc(65_536)))
    for (const octets of reads) answer.body(octets.subarray(65_500), 0)
    expect(memoryOf(answer.pieces)).toBeLessThan(20 * 36 + 65_536)
    expect(answer.pieces.some(({ buffer }) => reads.some((octets) => octets.buffer === buffer))).toBe(false)
  })

  it('lets go of everything once it is larger than is taken, and keeps nothing more', () => {
    const answer = new CapturedAnswer(1000, 1)
    answer.body(read(Buffer.alloc(1000)), 0)
    expect([answer.bytes, answer.oversize]).toEqual([1000, false])
    for (let i = 0; i < 10; i++) answer.body(read(Buffer.alloc(100)), 0)
    expect([answer.pieces, answer.bytes, answer.oversize]).toEqual([[], 0, true])
  })

  it('lets go of its body when the last of its users has, and keeps nothing more', () => {
    const answer = new CapturedAnswer(1000, 2)
    answer.body(read(Buffer.alloc(10)), 0)
    answer.release()
    answer.body(read(Buffer.alloc(10)), 0)
    expect(answer.bytes).toBe(20)
    answer.release()
    answer.body(read(Buffer.alloc(10)), 0)
    expect([answer.pieces, answer.bytes, answer.oversize]).toEqual([[], 0, false])
  })

  it.each([
    ['both', 'content-type: application/json; charset=utf-8\r\ncontent-encoding: gzip\r\n', 'application/json; charset=utf-8', 'gzip'],
    ['neither', '', '', ''],
    ['repeated', 'Content-Type: a/b\r\nCONTENT-ENCODING: gzip\r\ncontent-encoding: br\r\n', 'a/b', 'gzip, br']
  ])('knows status and type of an answer with %s', (_name, lines, type, encoding) => {
    const head = new ResponseHead()
    const raw = Buffer.from(`HTTP/1.1 418 x\r\n${lines}content-length: 0\r\n\r\n`)
    expect(head.parse(raw, raw.length, 'GET', { maxHeadBytes: 1000, maxFields: 10 })).toBeUndefined()
    const answer = new CapturedAnswer(0, 1)
    answer.head(head)
    expect([answer.status, answer.contentType, answer.contentEncoding]).toEqual([418, type, encoding])
  })
})
