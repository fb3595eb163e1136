import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/core/answer.ts'
import { RecordReader, RecordWriter } from '../../src/core/records.ts'
import type { Trial } from '../../src/core/trial.ts'
import { CapturedAnswer } from '../../src/shadow/captured.ts'
import { readTrial, type TrialDraft, trialSize, writeTrial } from '../../src/shadow/trial.ts'
import { Random, runSeed } from '../http/support/random.ts'

// any octet may stand in a header's value, but for what ends it
const text = (random: Random, longest: number): string => {
  let out = ''
  for (let i = random.below(longest + 1); i > 0; i--) out += String.fromCharCode(random.below(256))
  return out
}

const octets = (random: Random, length: number): Buffer => {
  const piece = Buffer.allocUnsafeSlow(length)
  for (let at = 0; at < length; at++) piece[at] = random.below(256)
  return piece
}

function answer(random: Random): CapturedAnswer {
  const made = new CapturedAnswer(1 << 20, 1)
  made.status = 100 + random.below(900)
  made.contentType = text(random, random.once(10) ? 60_000 : 40)
  made.contentEncoding = text(random, 10)
  made.fields = Array.from({ length: 2 * random.pick([0, 1, 3, 300]) }, () => text(random, 30))
  made.firstByteMs = random.pick([-1, 0, 0.125, random.below(1e9) / 1e3])
  made.durationMs = random.pick([-1, 1e-9, Number.MAX_VALUE, random.below(1e9) / 1e3])
  for (let i = random.below(6); i > 0; i--) made.body(octets(random, random.pick([0, 1, 100, 70_000])), 0)
  made.marks = Array.from({ length: 2 * random.below(500) }, () => random.below(1e6) / 7)
  return made
}

const draft = (random: Random): TrialDraft => ({
  route: text(random, 100),
  mirror: text(random, 100),
  baselineBackend: text(random, 100),
  requestId: text(random, 128),
  path: text(random, 200),
  request: random.once(2) ? octets(random, random.below(5000)) : undefined,
  headers: Array.from({ length: random.below(4) }, () => text(random, 50)),
  probability: random.below(1000) / 1000,
  primary: answer(random),
  shadow: random.once(3) ? undefined : answer(random),
  baseline: random.once(2) ? answer(random) : undefined
})

const plain = ({ status, contentType, contentEncoding, fields, firstByteMs, durationMs, pieces, marks }: CapturedAnswer): unknown =>
  ({ status, contentType, contentEncoding, fields, firstByteMs, durationMs, marks, body: Buffer.concat(pieces).toString('latin1') })

const received = ({ fields, body, ...rest }: Answer): unknown => ({ ...rest, fields: fields.flat(), body: body.toString('latin1') })

const sentOf = ({ primary, shadow, baseline, request, ...rest }: TrialDraft): unknown =>
  ({ ...rest, request: request?.toString('latin1'), primary: plain(primary), shadow: shadow && plain(shadow), baseline: baseline && plain(baseline) })

const readOf = ({ primary, shadow, baseline, request, ...rest }: Trial): unknown =>
  ({ ...rest, request: request?.toString('latin1'), primary: received(primary), shadow: shadow && received(shadow), baseline: baseline && received(baseline) })

describe('trial records', () => {
  it('are read as they were written, one after another, whatever is in them', () => {
    const random = new Random(runSeed())
    for (let round = 0; round < 20; round++) {
      const sent = Array.from({ length: 1 + random.below(8) }, () => draft(random))
      const writer = new RecordWriter(1 + random.below(5000))
      for (const one of sent) writeTrial(writer, one)
      const { size } = writer
      const reader = new RecordReader(writer.release(), size)
      for (const one of sent) expect(readOf(readTrial(reader)), `seed ${random.seed} round ${round}`).toEqual(sentOf(one))
      expect(reader.done).toBe(true)
    }
  })

  it('take no more room than was asked for, with names and types of the usual length', () => {
    const [primary, shadow, baseline] = [new CapturedAnswer(1000, 1), new CapturedAnswer(1000, 1), new CapturedAnswer(1000, 1)]
    primary.body(Buffer.alloc(700), 0)
    for (const one of [primary, shadow, baseline]) one.contentType = 'application/json; charset=utf-8'
    const trial: TrialDraft = {
      route: 'r'.repeat(100), mirror: 'm'.repeat(100), baselineBackend: 'b'.repeat(100), requestId: 'i'.repeat(40), path: `/${'p'.repeat(60)}`,
      request: Buffer.alloc(100), headers: ['t'.repeat(20)], probability: 0.1, primary, shadow, baseline
    }
    const writer = new RecordWriter(1)
    writeTrial(writer, trial)
    expect(writer.size).toBeGreaterThan(800)
    expect(writer.size).toBeLessThanOrEqual(trialSize(trial))
  })
})
