import { describe, expect, it } from 'vitest'
import { RecordReader, RecordWriter } from '../../src/core/records.ts'
import { CapturedAnswer } from '../../src/shadow/captured.ts'
import { type Leg, pairSize, readPair, writePair } from '../../src/shadow/pair.ts'
import { Random, runSeed } from '../http/support/random.ts'

interface Sent {
  readonly names: { readonly route: string, readonly backend: string, readonly mirror: string, readonly leg: Leg }
  readonly requestId: string
  readonly primary: CapturedAnswer
  readonly other: CapturedAnswer
}

// any octet may stand in a header's value, but for what ends it
const text = (random: Random, longest: number): string => {
  let out = ''
  for (let i = random.below(longest + 1); i > 0; i--) out += String.fromCharCode(random.below(256))
  return out
}

function answer(random: Random): CapturedAnswer {
  const made = new CapturedAnswer(1 << 20, 1)
  made.status = 100 + random.below(900)
  made.contentType = text(random, random.once(10) ? 60_000 : 40)
  made.contentEncoding = text(random, 10)
  made.firstByteMs = random.pick([-1, 0, 0.125, random.below(1e9) / 1e3])
  made.durationMs = random.pick([-1, 1e-9, Number.MAX_VALUE, random.below(1e9) / 1e3])
  for (let i = random.below(6); i > 0; i--) {
    const piece = Buffer.allocUnsafeSlow(random.pick([0, 1, 100, 70_000]))
    for (let at = 0; at < piece.length; at++) piece[at] = random.below(256)
    made.body(piece)
  }
  return made
}

function pair(random: Random): Sent {
  const names = { route: text(random, 100), backend: text(random, 100), mirror: text(random, 100), leg: random.pick(['shadow', 'baseline'] as const) }
  return { names, requestId: text(random, 128), primary: answer(random), other: answer(random) }
}

const plain = ({ status, contentType, contentEncoding, firstByteMs, durationMs, pieces }: CapturedAnswer): unknown =>
  ({ status, contentType, contentEncoding, firstByteMs, durationMs, body: Buffer.concat(pieces).toString('latin1') })

const received = ({ status, contentType, contentEncoding, firstByteMs, durationMs, body }: ReturnType<typeof readPair>['primary']): unknown =>
  ({ status, contentType, contentEncoding, firstByteMs, durationMs, body: body.toString('latin1') })

describe('pair records', () => {
  it('are read as they were written, one after another, whatever their text and bodies hold', () => {
    const random = new Random(runSeed())
    for (let round = 0; round < 20; round++) {
      const sent = Array.from({ length: 1 + random.below(8) }, () => pair(random))
      const writer = new RecordWriter(1 + random.below(5000))
      for (const { names, requestId, primary, other } of sent) writePair(writer, names, requestId, primary, other)
      const { size } = writer
      const reader = new RecordReader(writer.release(), size)
      for (const { names, requestId, primary, other } of sent) {
        const read = readPair(reader)
        const label = `seed ${random.seed} round ${round}`
        expect({ route: read.route, backend: read.backend, mirror: read.mirror, leg: read.leg, requestId: read.requestId }, label).toEqual({ ...names, requestId })
        expect(received(read.primary), label).toEqual(plain(primary))
        expect(received(read.other), label).toEqual(plain(other))
      }
      expect(reader.done).toBe(true)
    }
  })

  it('take no more room than was asked for, with names and types of the usual length', () => {
    const primary = new CapturedAnswer(1000, 1)
    const other = new CapturedAnswer(1000, 1)
    primary.body(Buffer.alloc(700))
    other.contentType = 'application/json; charset=utf-8'
    const writer = new RecordWriter(1)
    writePair(writer, { route: 'r'.repeat(100), backend: 'b'.repeat(100), mirror: 'm'.repeat(100), leg: 'shadow' }, 'i'.repeat(40), primary, other)
    expect(writer.size).toBeGreaterThan(700)
    expect(writer.size).toBeLessThanOrEqual(pairSize(primary, other))
  })
})
