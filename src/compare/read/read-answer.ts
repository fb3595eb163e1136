import { isUtf8 } from 'node:buffer'
import type { Answer } from '../../core/answer.ts'
import { decodeBody } from '../../core/content-coding.ts'
import type { Reason } from './limits.ts'
import { isEventStream, isLineStream, mediaTypeOf } from '../../core/media-type.ts'
import { type Json, readJson } from './read-json.ts'

/** What an answer turned out to be, with its content coding undone. */
export type Content = OctetContent | TextContent | StreamContent | JsonContent

/** An answer that is compared octet by octet, if at all. */
export interface OctetContent {
  readonly kind: 'empty' | 'octets'
  readonly octets: Buffer
}

/** An answer that says it is text, and is. */
export interface TextContent {
  readonly kind: 'text'
  readonly octets: Buffer
  readonly text: string
}

/** An answer that came in events or lines. */
export interface StreamContent {
  readonly kind: 'events' | 'lines'
  readonly octets: Buffer
}

/** An answer that is a JSON document; `text` is kept for reading it again with exact numbers. */
export interface JsonContent {
  readonly kind: 'json'
  readonly octets: Buffer
  readonly text: string
  readonly json: Json
  /** Octets behind the document, where its head says where it ends (Open Inference Protocol, binary tensor data extension). */
  readonly binary: Buffer | undefined
}

/**
 * Finds out what an answer is, by its content type and by looking: a body that parses is JSON whatever it is called, and
 * one that is no UTF-8 is not, whatever it is called. The reason when it cannot be read as what it says it is.
 */
export function readAnswer({ body, contentType, contentEncoding, fields }: Answer): Content | Reason {
  if (body.length === 0) return { kind: 'empty', octets: body }
  const whole = decodeBody(contentEncoding, body)
  if (typeof whole === 'string') return whole
  if (whole.length === 0) return { kind: 'empty', octets: whole }
  const mediaType = mediaTypeOf(contentType)
  if (isEventStream(mediaType)) return { kind: 'events', octets: whole }
  if (isLineStream(mediaType)) return { kind: 'lines', octets: whole }
  const headed = fields.length === 0 ? undefined : jsonLength(fields, whole.length)
  const octets = headed === undefined ? whole : whole.subarray(0, headed)
  const saysJson = headed !== undefined || mediaType === 'application/json' || mediaType.endsWith('+json')
  if ((!saysJson && !startsLikeJson(octets)) || !isUtf8(octets)) return asText(mediaType, whole)
  // a byte order mark may be ignored (RFC 8259 section 8.1)
  const text = octets.toString('utf8', hasMark(octets) ? 3 : 0)
  const json = readJson(octets, text)
  if (typeof json !== 'string') return { kind: 'json', octets, text, json, binary: headed === undefined || headed === whole.length ? undefined : whole.subarray(headed) }
  return json === 'bad_json' && !saysJson ? asText(mediaType, whole) : json
}

/** Field that says how many octets of the body are JSON; binary tensors follow. */
export const JSON_LENGTH = 'inference-header-content-length'

function jsonLength(fields: Answer['fields'], length: number): number | undefined {
  const said = fields.find(([name]) => name === JSON_LENGTH)?.[1]
  return said !== undefined && /^\d{1,15}$/.test(said) && Number(said) <= length ? Number(said) : undefined
}

function asText(mediaType: string, octets: Buffer): Content {
  return mediaType.startsWith('text/') && isUtf8(octets) ? { kind: 'text', octets, text: octets.toString('utf8') } : { kind: 'octets', octets }
}

function startsLikeJson(octets: Buffer): boolean {
  for (let i = hasMark(octets) ? 3 : 0; i < octets.length; i++) {
    const octet = octets[i] ?? 0
    if (octet !== 0x20 && octet !== 0x0a && octet !== 0x0d && octet !== 0x09) return JSON_STARTS.has(octet)
  }
  return false
}

/** What a JSON value begins with, Python's NaN and Infinity among them. */
const JSON_STARTS: ReadonlySet<number> = new Set(Buffer.from('{["-0123456789tfnNI'))

const hasMark = (octets: Buffer): boolean => octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf
