/*
 * Judges trials for some seconds, as the analyst does: out of batches that a data-plane thread has packed. Prints what that took
 * as JSON. Arguments: the folder of the program, octets of an answer, seconds, "pairs" or "trials" (with a baseline).
 */
import { join } from 'node:path'
import type { createJudge as CreateJudge } from '../../src/compare/judge.ts'
import type { RecordReader as Reader, RecordWriter as Writer } from '../../src/core/records.ts'
import type { CapturedAnswer as Captured } from '../../src/shadow/captured.ts'
import type { readTrial as ReadTrial, writeTrial as WriteTrial } from '../../src/shadow/trial.ts'

const [folder = '', octets = '300', seconds = '1', what = 'pairs'] = process.argv.slice(2)
const extension = folder.endsWith('src') ? 'ts' : 'js'
const load = async <Module>(file: string): Promise<Module> => await import(join(folder, `${file}.${extension}`)) as Module
const { createJudge } = await load<{ createJudge: typeof CreateJudge }>('compare/judge')
const { RecordReader, RecordWriter } = await load<{ RecordReader: typeof Reader, RecordWriter: typeof Writer }>('core/records')
const { CapturedAnswer } = await load<{ CapturedAnswer: typeof Captured }>('shadow/captured')
const { readTrial, writeTrial } = await load<{ readTrial: typeof ReadTrial, writeTrial: typeof WriteTrial }>('shadow/trial')

const BATCH = 64
const BATCHES = 8

/** An answer of about so many octets; one in ten has another label, none the same id. */
function answer(number: number, isOther: boolean, leg: string): Captured {
  const size = Number(octets)
  const instances = Math.max(1, Math.round((size - 80) / 105))
  const predictions = Array.from({ length: instances }, (_, i) => ({
    label: isOther && number % 10 === 0 && i === 0 ? 'dog' : 'cat', score: 0.8731 + i / 997, scores: { cat: 0.8731, dog: 0.1029, cow: 0.024 }, rooms: i % 9
  }))
  const body = Buffer.from(JSON.stringify({ id: `made-${number}-${leg}`, model: 'house', predictions }))
  const captured = new CapturedAnswer(1 << 24, 1)
  captured.status = 200
  captured.contentType = 'application/json'
  captured.firstByteMs = 4 + number % 7
  captured.durationMs = 5 + number % 11
  captured.body(body, 0)
  return captured
}

function pack(batch: number): { memory: ArrayBuffer, size: number } {
  const writer = new RecordWriter(1 << 20)
  for (let i = 0; i < BATCH; i++) {
    const number = batch * BATCH + i
    writeTrial(writer, {
      route: 'house', mirror: 'next', baselineBackend: what === 'trials' ? 'stable' : '', requestId: `request-${number}`, path: '/v1/models/house:predict', request: undefined, headers: [], probability: 1,
      primary: answer(number, false, 'primary'), shadow: answer(number, true, 'shadow'), baseline: what === 'trials' ? answer(number, false, 'baseline') : undefined
    })
  }
  const { size } = writer
  return { memory: writer.release(), size }
}

const batches = Array.from({ length: BATCHES }, (_, i) => pack(i))
const judge = createJudge({
  ignore: ['/id'], fields: [{ at: '/predictions/*/label', as: 'label' }, { at: '/predictions/*/score', as: 'number', rel: 1e-6 }],
  margin: 0.01, measureMargin: 0.05, confidence: 0.95
})

function judgeFor(ms: number): { trials: number, wallMs: number, cpuMs: number } {
  const startedMs = performance.now()
  const cpu = process.cpuUsage()
  let trials = 0
  for (let i = 0; performance.now() - startedMs < ms; i++) {
    const { memory, size } = batches[i % BATCHES]!
    const reader = new RecordReader(memory, size)
    while (!reader.done) {
      judge.add(readTrial(reader), performance.now())
      trials++
    }
  }
  const { user, system } = process.cpuUsage(cpu)
  return { trials, wallMs: performance.now() - startedMs, cpuMs: (user + system) / 1000 }
}

judgeFor(1000) // until it is compiled
const { trials, wallMs, cpuMs } = judgeFor(Number(seconds) * 1000)
const startedMs = performance.now()
judge.report()
process.stdout.write(`${JSON.stringify({ trials, wallMs, cpuMs, reportMs: performance.now() - startedMs, answerBytes: answer(0, false, '').bytes, rssBytes: process.memoryUsage().rss })}\n`)
