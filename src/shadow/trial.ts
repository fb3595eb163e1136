import type { Answer } from '../core/answer.ts'
import type { RecordReader, RecordWriter } from '../core/records.ts'
import type { Trial } from '../core/trial.ts'
import type { CapturedAnswer } from './captured.ts'

/** Whose answer stands beside the primary's. */
export type Leg = 'shadow' | 'baseline'

/** Trial records in a handover begin with this octet. */
export const TRIAL_RECORD = 1

/** What a data-plane thread knows of a trial. */
export interface TrialDraft extends Pick<Trial, 'route' | 'mirror' | 'baselineBackend' | 'requestId' | 'path' | 'request' | 'headers' | 'probability'> {
  readonly primary: CapturedAnswer
  readonly shadow: CapturedAnswer | undefined
  readonly baseline: CapturedAnswer | undefined
}

const REQUEST = 1
const SHADOW = 2
const BASELINE = 4

/** About how many octets `writeTrial` writes, bodies included. */
export const trialSize = ({ request, primary, shadow, baseline }: TrialDraft): number =>
  (request?.length ?? 0) + primary.bytes + (shadow?.bytes ?? 0) + (baseline?.bytes ?? 0) + 768

/** Packs a trial, straight from the octets that were captured. */
export function writeTrial(writer: RecordWriter, trial: TrialDraft): void {
  const { request, headers, primary, shadow, baseline } = trial
  writer.byte((request === undefined ? 0 : REQUEST) | (shadow === undefined ? 0 : SHADOW) | (baseline === undefined ? 0 : BASELINE))
  writer.word(trial.route)
  writer.word(trial.mirror)
  writer.word(trial.baselineBackend)
  writer.text(trial.requestId)
  writer.text(trial.path)
  writer.number(trial.probability)
  writer.byte(headers.length)
  for (const value of headers) writer.text(value)
  if (request !== undefined) writer.octets([request], request.length)
  writeAnswer(writer, primary)
  if (shadow !== undefined) writeAnswer(writer, shadow)
  if (baseline !== undefined) writeAnswer(writer, baseline)
}

/** Reads what `writeTrial` wrote; bodies are views of the batch they came in. */
export function readTrial(reader: RecordReader): Trial {
  const has = reader.byte()
  return {
    route: reader.word(),
    mirror: reader.word(),
    baselineBackend: reader.word(),
    requestId: reader.text(),
    path: reader.text(),
    probability: reader.number(),
    headers: listOf(reader.byte(), () => reader.text()),
    request: (has & REQUEST) === 0 ? undefined : reader.octets(),
    primary: readAnswer(reader),
    shadow: (has & SHADOW) === 0 ? undefined : readAnswer(reader),
    baseline: (has & BASELINE) === 0 ? undefined : readAnswer(reader)
  }
}

function writeAnswer(writer: RecordWriter, answer: CapturedAnswer): void {
  const { fields, marks } = answer
  writer.integer(answer.status)
  writer.word(answer.contentType)
  writer.word(answer.contentEncoding)
  writer.integer(fields.length)
  for (const text of fields) writer.text(text)
  writer.number(answer.firstByteMs)
  writer.number(answer.durationMs)
  writer.integer(marks.length)
  for (const number of marks) writer.number(number)
  writer.octets(answer.pieces, answer.bytes)
}

function readAnswer(reader: RecordReader): Answer {
  const status = reader.integer()
  const contentType = reader.word()
  const contentEncoding = reader.word()
  const texts = listOf(reader.integer(), () => reader.text())
  const fields = texts.length === 0 ? NO_FIELDS : texts.flatMap((name, i) => i % 2 === 0 ? [[name, texts[i + 1] ?? ''] as const] : [])
  const firstByteMs = reader.number()
  const durationMs = reader.number()
  const marks = listOf(reader.integer(), () => reader.number())
  return { status, contentType, contentEncoding, fields, body: reader.octets(), firstByteMs, durationMs, marks }
}

function listOf<T>(length: number, read: () => T): readonly T[] {
  if (length === 0) return NOTHING
  const list: T[] = []
  for (let i = 0; i < length; i++) list.push(read())
  return list
}

const NOTHING: readonly never[] = Object.freeze([])
const NO_FIELDS: Answer['fields'] = NOTHING
