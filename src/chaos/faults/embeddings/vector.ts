import type { z } from 'zod'
import { targetField, compileTarget } from '../../answers/target.ts'
import { isList } from '../../answers/lists.ts'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { numberText, stringAt, stringText } from '../../answers/scalars.ts'
import { editsOf, type Edits } from '../../parts/edits.ts'
import type { Blow, Fault } from '../../fault.ts'
import type { Edit, Span } from '../../../core/json-edit.ts'

/** Which embeddings, in the fields of every fault of this family. */
export const atEmbedding: z.ZodType<string | undefined> = targetField.optional().describe('where the embeddings are, `embedding` when left out: arrays of numbers, or base64 of float32 with the low octet first')

/** A vector, or the reason why there is none. */
export type Moved = Float64Array | string

/** A fault that makes of each embedding at `at` another one of at most as many dimensions. */
export function movingEach(at: string | undefined, move: (vector: Float64Array, blow: Blow) => Moved): Fault {
  const target = compileTarget(at ?? 'embedding')
  return () => (blow) => ({ do: 'degrade', degrade: (answer) => editsOf(answer, target.find(answer), (span) => moved(answer, span, (vector) => move(vector, blow))) })
}

function moved(answer: ModelAnswer, span: Span, move: (vector: Float64Array) => Moved): Edits {
  if (!isList(answer, span)) return movedBase64(answer, span, move)
  const was = numbersIn(answer.textOf(span))
  if (was === undefined || !isVector(was)) return 'wrong_type'
  const now = move(was)
  if (typeof now === 'string') return now
  return now.every(Number.isFinite) ? editsOfNumbers(numberSpans(answer.text, span), was, now) : 'not_finite'
}

/** Vectors are long, so they are read by the reader that is there for JSON rather than number by number. */
function numbersIn(list: string): Float64Array | undefined {
  try {
    const read: unknown = JSON.parse(list)
    return Array.isArray(read) && read.every((number) => typeof number === 'number') ? new Float64Array(read) : undefined
  } catch {
    return undefined
  }
}

/** Where the numbers stand in an array that is known to hold nothing else: whatever is not a bracket, comma or space. */
function numberSpans(text: string, list: Span): readonly Span[] {
  const spans: Span[] = []
  let start = 0
  for (let at = list.start + 1; at < list.end; at++) {
    const code = text.charCodeAt(at)
    const isOfNumber = code > SPACE && code !== COMMA && code !== CLOSING_BRACKET
    if (isOfNumber && start === 0) start = at
    if (isOfNumber || start === 0) continue
    spans.push({ start, end: at })
    start = 0
  }
  return spans
}

/** Of those numbers alone that are others now, so that the rest keep their spelling; those past the end are cut off with the commas before them. */
function editsOfNumbers(elements: readonly Span[], was: Float64Array, now: Float64Array): readonly Edit[] {
  const edits: Edit[] = []
  const last = elements.at(-1)
  let end = last?.start ?? 0
  for (const [i, element] of elements.entries()) {
    const number = now[i]
    if (number === undefined) break
    end = element.end
    if (number !== was[i]) edits.push({ start: element.start, end, text: numberText(number) })
  }
  if (last !== undefined && now.length < was.length) edits.push({ start: end, end: last.end, text: '' })
  return edits
}

function movedBase64(answer: ModelAnswer, span: Span, move: (vector: Float64Array) => Moved): Edits {
  const text = stringAt(answer, span)
  const was = text === undefined ? undefined : floatsOf(text)
  if (was === undefined || !isVector(was)) return 'wrong_type'
  const now = move(was)
  if (typeof now === 'string') return now
  const octets = Buffer.alloc(4 * now.length)
  now.forEach((number, i) => octets.writeFloatLE(number, 4 * i))
  // what a double holds may be too large for a float32
  return now.every((number) => Number.isFinite(Math.fround(number))) ? [{ ...span, text: stringText(octets.toString('base64')) }] : 'not_finite'
}

function floatsOf(text: string): Float64Array | undefined {
  const octets = Buffer.from(text, 'base64')
  // decoding leaves out what is no base64
  if (octets.length % 4 !== 0 || octets.toString('base64') !== text) return undefined
  return Float64Array.from({ length: octets.length / 4 }, (_, i) => octets.readFloatLE(4 * i))
}

const isVector = (numbers: Float64Array): boolean => numbers.length > 0 && numbers.every(Number.isFinite)

/** Sum of products, dimension by dimension. */
export const dot = (one: Float64Array, other: Float64Array): number => one.reduce((sum, number, i) => sum + number * (other[i] ?? 0), 0)

/** Euclidean length; that of very large or small numbers too. */
export function lengthOf(vector: Float64Array): number {
  const largest = vector.reduce((most, number) => Math.max(most, Math.abs(number)), 0)
  return largest === 0 ? 0 : largest * Math.sqrt(vector.reduce((sum, number) => sum + (number / largest) ** 2, 0))
}

const SPACE = 0x20
const COMMA = 0x2c
const CLOSING_BRACKET = 0x5d
