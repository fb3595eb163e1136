import { isUtf8 } from 'node:buffer'
import type { Answer } from '../../core/answer.ts'
import { decodeBody } from './decode-body.ts'
import type { Reason } from './limits.ts'
import { type Json, readJson } from './read-json.ts'

/** What an answer turned out to be, with its content coding undone. */
export type Content = OctetContent | JsonContent

/** An answer that is compared octet by octet, if at all. */
export interface OctetContent {
  readonly kind: 'empty' | 'stream' | 'octets'
  readonly contentType: string
  readonly octets: Buffer
}

/** An answer that is a JSON document; `text` is kept for reading it again with exact numbers. */
export interface JsonContent {
  readonly kind: 'json'
  readonly contentType: string
  readonly octets: Buffer
  readonly text: string
  readonly json: Json
}

/**
 * Finds out what an answer is, by its content type and by looking: a body that parses is JSON whatever it is called, and
 * one that is no UTF-8 is not, whatever it is called. The reason when it cannot be read as what it says it is.
 */
export function readAnswer({ body, contentType, contentEncoding }: Answer): Content | Reason {
  if (body.length === 0) return { kind: 'empty', contentType, octets: body }
  const octets = decodeBody(contentEncoding, body)
  if (typeof octets === 'string') return octets
  if (octets.length === 0) return { kind: 'empty', contentType, octets }
  const mediaType = mediaTypeOf(contentType)
  if (STREAMS.has(mediaType)) return { kind: 'stream', contentType, octets }
  const saysJson = mediaType === 'application/json' || mediaType.endsWith('+json')
  if ((!saysJson && !startsLikeJson(octets)) || !isUtf8(octets)) return { kind: 'octets', contentType, octets }
  // a byte order mark may be ignored (RFC 8259 section 8.1)
  const text = octets.toString('utf8', hasMark(octets) ? 3 : 0)
  const json = readJson(octets, text)
  if (typeof json !== 'string') return { kind: 'json', contentType, octets, text, json }
  return json === 'bad_json' && !saysJson ? { kind: 'octets', contentType, octets } : json
}

/** Media types of answers that come piece by piece; `stream+json` and `json-seq` are no single document either. */
const STREAMS: ReadonlySet<string> = new Set([
  'text/event-stream', 'application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines', 'application/jsonlines',
  'application/stream+json', 'application/json-seq'
])

/** Without parameters, in small letters. */
function mediaTypeOf(contentType: string): string {
  if (contentType === 'application/json') return contentType // nearly all of them
  const end = contentType.indexOf(';')
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
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
