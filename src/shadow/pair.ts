import type { Answer } from '../core/answer.ts'
import type { RecordReader, RecordWriter } from '../core/records.ts'
import type { CapturedAnswer } from './captured.ts'

/** Whose answer stands beside the primary's. */
export type Leg = 'shadow' | 'baseline'

/** Two answers to one request. */
export interface Pair {
  readonly route: string
  /** Backend of the second answer. */
  readonly backend: string
  /** Shadow backend of the mirror both belong to. */
  readonly mirror: string
  readonly leg: Leg
  readonly requestId: string
  readonly primary: Answer
  readonly other: Answer
}

/** About how many octets `writePair` writes, bodies included. */
export const pairSize = (primary: CapturedAnswer, other: CapturedAnswer): number => primary.bytes + other.bytes + 512

/** Packs a pair, straight from the octets that were captured. */
export function writePair(writer: RecordWriter, names: Pick<Pair, 'route' | 'backend' | 'mirror' | 'leg'>, requestId: string,
  primary: CapturedAnswer, other: CapturedAnswer): void {
  writer.word(names.route)
  writer.word(names.backend)
  writer.word(names.mirror)
  writer.byte(names.leg === 'shadow' ? 0 : 1)
  writer.text(requestId)
  writeAnswer(writer, primary)
  writeAnswer(writer, other)
}

/** Reads what `writePair` wrote; bodies are views of the batch they came in. */
export function readPair(reader: RecordReader): Pair {
  return {
    route: reader.word(),
    backend: reader.word(),
    mirror: reader.word(),
    leg: reader.byte() === 0 ? 'shadow' : 'baseline',
    requestId: reader.text(),
    primary: readAnswer(reader),
    other: readAnswer(reader)
  }
}

function writeAnswer(writer: RecordWriter, answer: CapturedAnswer): void {
  writer.integer(answer.status)
  writer.word(answer.contentType)
  writer.word(answer.contentEncoding)
  writer.number(answer.firstByteMs)
  writer.number(answer.durationMs)
  writer.octets(answer.pieces, answer.bytes)
}

function readAnswer(reader: RecordReader): Answer {
  const status = reader.integer()
  const contentType = reader.word()
  const contentEncoding = reader.word()
  const firstByteMs = reader.number()
  const durationMs = reader.number()
  return { status, contentType, contentEncoding, body: reader.octets(), firstByteMs, durationMs }
}
