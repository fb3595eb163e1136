import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import type { Answer } from '../core/answer.ts'
import { findSpans, replaceSpans } from '../core/json-edit.ts'
import { type Pointer, parsePointer } from '../core/json-pointer.ts'
import type { Trial } from '../core/trial.ts'
import { decodeBody } from '../core/content-coding.ts'
import { JSON_LENGTH } from './read/read-answer.ts'
import { isEventStream, isLineStream, mediaTypeOf } from '../core/media-type.ts'

const VERSION = 1

/** JSON text that takes the place of what must not be kept. */
const REDACTED = '"[redacted]"'

const body = z.union([z.strictObject({ text: z.string() }), z.strictObject({ base64: z.base64() })])
const answer = z.strictObject({
  status: z.number(), contentType: z.string(), contentEncoding: z.string(), fields: z.array(z.tuple([z.string(), z.string()])), body,
  firstByteMs: z.number(), durationMs: z.number(), marks: z.array(z.number())
})
const line = z.strictObject({
  version: z.literal(VERSION), route: z.string(), mirror: z.string(), baselineBackend: z.string(), requestId: z.string(), path: z.string(), probability: z.number(), headers: z.array(z.string()),
  request: body.optional(), primary: answer, shadow: answer.optional(), baseline: answer.optional()
})

/**
 * A trial as one line of JSON, without the line's end. Octets that are text are written as text, others as base64.
 * @param redact pointers (`*` is any key or index) to what is replaced in request and answers
 * @returns undefined when there is something to redact and the body is none in which it could be found
 */
export function captureTrial(trial: Trial, redact: readonly Pointer[]): string | undefined {
  const { route, mirror, baselineBackend, requestId, path, probability, headers, request, primary, shadow, baseline } = trial
  const answers = { primary, shadow, baseline }
  const kept: Record<string, unknown> = {}
  for (const [name, one] of Object.entries(answers)) {
    if (one === undefined) continue
    const clean = redact.length === 0 ? one : redacted(one, redact)
    if (clean === undefined) return undefined
    kept[name] = { ...clean, body: written(clean.body) }
  }
  const asked = request === undefined || redact.length === 0 ? request : redactedJson(request, redact)
  if (request !== undefined && asked === undefined) return undefined
  return JSON.stringify({ version: VERSION, route, mirror, baselineBackend, requestId, path, probability, headers, ...asked === undefined ? {} : { request: written(asked) }, ...kept })
}

/** Reads a line back. @throws Error saying what is wrong with it */
export function readCapturedTrial(text: string): Trial {
  const parsed = line.safeParse(JSON.parse(text))
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error).split('\n').slice(0, 2).join(' '))
  const { version: _version, request, primary, shadow, baseline, ...rest } = parsed.data
  return { ...rest, request: request && octets(request), primary: toAnswer(primary), shadow: shadow && toAnswer(shadow), baseline: baseline && toAnswer(baseline) }
}

type Written = z.infer<typeof body>

const toAnswer = ({ body: said, ...rest }: z.infer<typeof answer>): Answer => ({ ...rest, body: octets(said) })

const octets = (said: Written): Buffer => 'text' in said ? Buffer.from(said.text, 'utf8') : Buffer.from(said.base64, 'base64')

const written = (octetsOf: Buffer): Written => isUtf8(octetsOf) ? { text: octetsOf.toString('utf8') } : { base64: octetsOf.toString('base64') }

/** Undoes the content coding, as what is redacted can be coded no more. Pointers lead through documents, not through streams of their parts. */
function redacted(one: Answer, pointers: readonly Pointer[]): Answer | undefined {
  const mediaType = mediaTypeOf(one.contentType)
  if (one.body.length === 0) return one
  if (isEventStream(mediaType) || isLineStream(mediaType)) return undefined
  const decoded = decodeBody(one.contentEncoding, one.body)
  const clean = typeof decoded === 'string' ? undefined : redactedJson(decoded, pointers)
  // it says how long the JSON was before
  const fields = one.fields.filter(([name]) => name !== JSON_LENGTH)
  return clean === undefined ? undefined : { ...one, body: clean, contentEncoding: '', fields }
}

function redactedJson(json: Buffer, pointers: readonly Pointer[]): Buffer | undefined {
  if (!isUtf8(json)) return undefined
  const text = json.toString('utf8')
  const spans = findSpans(text, pointers)
  return spans === undefined ? undefined : Buffer.from(replaceSpans(text, spans.map((span) => ({ ...span, text: REDACTED }))), 'utf8')
}

/** Pointers of a config. @throws Error on one that is none */
export const compilePointers = (texts: readonly string[]): readonly Pointer[] => texts.map((text) => {
  const parsed = parsePointer(text)
  if (parsed === undefined) throw new Error(`redact: expected a JSON Pointer such as /user; got "${text}"`)
  return parsed
})
