import type { Answer } from '../core/answer.ts'
import type { Codec, StreamEvent } from './codec.ts'
import { bytes } from './codecs/bytes.ts'
import { choose, codecNamed } from './codecs/index.ts'
import { json } from './codecs/json.ts'
import type { Reason } from './read/limits.ts'
import { type Content, type JsonContent, readAnswer, type StreamContent } from './read/read-answer.ts'
import { readExactly } from './read/read-json.ts'
import { readNdjson } from './streams/ndjson.ts'
import { readSse } from './streams/sse.ts'

/** An answer, read as what it is. */
export type Document = OctetDocument | ModelDocument

/** An answer that is compared octet by octet. */
export interface OctetDocument {
  readonly kind: 'empty' | 'octets'
  readonly answer: Answer
  readonly octets: Buffer
}

/** An answer that is a value, put together where it came in pieces. */
export interface ModelDocument {
  readonly kind: 'whole' | 'stream'
  readonly answer: Answer
  readonly octets: Buffer
  readonly codec: Codec
  readonly value: unknown
  /** Whether numbers that a double cannot hold are ExactNumbers. */
  readonly exact: boolean
  readonly binary: Buffer | undefined
  readonly stream: StreamFacts | undefined
  /** The JSON it was read from, for reading it again with exact numbers; undefined where that cannot be. */
  readonly source: JsonContent | undefined
}

/** What a stream says of itself, and when. Times are ms from sending the request, NaN when unknown. */
export interface StreamFacts {
  readonly complete: boolean
  readonly error: unknown
  /** When the first thing to read came. */
  readonly firstContentMs: number
  /** Mean time from one such event to the next. */
  readonly gapMs: number
}

/** Reads answers of one route: `kind` of answer as a config says it, or undefined where each says it itself. */
export interface DocumentReader {
  /** @param path of the request, without its query @param like an answer to the same request, whose kind this one is taken to be */
  read(answer: Answer, path: string, like?: Document | Reason): Document | Reason
}

/** @throws Error when there is no codec of that name */
export function createDocumentReader(codecName: string | undefined): DocumentReader {
  const stated = codecName === undefined ? undefined : codecNamed(codecName)
  if (codecName !== undefined && stated === undefined) throw new Error(`codec: unknown codec; got "${codecName}"`)
  return {
    read(answer, path, like) {
      const content = readAnswer(answer)
      if (typeof content === 'string') return content
      const known = stated ?? (like === undefined || typeof like === 'string' || !('codec' in like) ? undefined : like.codec)
      return toDocument(answer, content, path, known)
    }
  }
}

function toDocument(answer: Answer, content: Content, path: string, known: Codec | undefined): Document | Reason {
  const { octets } = content
  if (known === bytes && content.kind !== 'empty') return { kind: 'octets', answer, octets }
  switch (content.kind) {
    case 'empty': case 'octets': return { kind: content.kind, answer, octets }
    case 'text': return whole(answer, octets, known ?? choose(path, content.text, false), content.text, undefined)
    case 'json': return whole(answer, octets, known ?? choose(path, content.json.value, false), content.json.value, content)
    default: return ofStream(answer, content, path, known)
  }
}

function whole(answer: Answer, octets: Buffer, codec: Codec, raw: unknown, source: JsonContent | undefined): ModelDocument {
  const value = codec.canonical?.(raw) ?? raw
  return { kind: 'whole', answer, octets, codec, value, exact: source?.json.exact === true, binary: source?.binary, stream: undefined, source }
}

function ofStream(answer: Answer, { kind, octets }: StreamContent, path: string, known: Codec | undefined): Document | Reason {
  const read = kind === 'events' ? readSse(octets) : readNdjson(octets)
  if (read.full) return 'too_complex'
  const codec = known ?? choose(path, firstDocument(read.events), true)
  const { document, content, complete, error } = (codec.assemble ?? json.assemble)(read.events)
  // what is not decoded has the same octets as what was read off the wire, so that its places tell its times
  const marks = answer.contentEncoding === '' ? answer.marks : []
  const times = [content[0], content.at(-1)].map((index) => index === undefined ? Number.NaN : cameAt(marks, read.events[index]?.end ?? Infinity))
  const [firstContentMs = Number.NaN, lastContentMs = Number.NaN] = times
  return {
    kind: 'stream',
    answer,
    octets,
    codec,
    value: codec.canonical?.(document) ?? document,
    exact: false,
    binary: undefined,
    stream: { complete: complete && read.trailing === '', error, firstContentMs, gapMs: content.length < 2 ? Number.NaN : (lastContentMs - firstContentMs) / (content.length - 1) },
    source: undefined
  }
}

function firstDocument(events: readonly StreamEvent[]): unknown {
  for (const { data } of events.slice(0, MAX_LOOKED_AT)) {
    const value = parsed(data)
    if (value !== undefined) return value
  }
  return undefined
}

const MAX_LOOKED_AT = 8

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

/** When the octet before `end` came. */
function cameAt(marks: readonly number[], end: number): number {
  for (let i = 0; i + 1 < marks.length; i += 2) if ((marks[i] ?? 0) >= end) return marks[i + 1] ?? Number.NaN
  return Number.NaN
}

/** The same document with exact numbers; the reason when there is none. */
export function exactly(document: ModelDocument): ModelDocument | Reason {
  const { source, codec, exact } = document
  if (exact || source === undefined) return document
  const read = readExactly(source.text)
  if (typeof read === 'string') return read
  return { ...document, value: codec.canonical?.(read.value) ?? read.value, exact: true }
}
