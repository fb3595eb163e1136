import type { Assembled, Codec } from '../../../src/compare/codec.ts'
import { json } from '../../../src/compare/codecs/json.ts'
import type { EventList } from '../../../src/compare/streams/event-list.ts'
import { readNdjson } from '../../../src/compare/streams/ndjson.ts'
import { readSse } from '../../../src/compare/streams/sse.ts'
import { pick } from '../support.ts'

/** One event: its data, as it is or as JSON, or its type and its data. */
export type Sent = string | object | readonly [type: string, data: string | object]

/** A body of events as servers write them. */
export const sse = (events: readonly Sent[]): Buffer => Buffer.from(events.map((event) => {
  const [type, data] = Array.isArray(event) ? event as unknown as readonly [string, string | object] : ['', event as string | object]
  return `${type === '' ? '' : `event: ${type}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
}).join(''))

/** What a codec makes of a stream: without an `assemble` of its own, the list of its events. */
export const assembledList = (codec: Codec, { events }: EventList): Assembled => (codec.assemble ?? json.assemble)(events)

/** What a codec makes of these events. */
export const assembled = (codec: Codec, events: readonly Sent[]): Assembled => assembledList(codec, readSse(sse(events)))

/** What a codec makes of these lines. */
export const assembledLines = (codec: Codec, lines: readonly (string | object)[]): Assembled =>
  assembledList(codec, readNdjson(Buffer.from(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''))))

const WORDS = ['the', ' cat', ' sat', '.', '\n\n', ' 猫', '😀', 'é', '"', '\\', '{"a":', 'data: ', '[DONE]', ' ', '\ud83d']

/** Some text; at least one letter. */
export function someText(random: () => number, most: number = 12): string {
  return Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(random, WORDS)).join('')
}

/** A text in pieces, some of them empty, some of half a letter. */
export function pieces(random: () => number, text: string): string[] {
  const made: string[] = []
  let at = 0
  while (at < text.length) {
    const to = at + Math.floor(random() * 5)
    made.push(text.slice(at, to))
    at = to
  }
  return made
}

/** Lists in one, each in its order, at random. */
export function interleaved<T>(random: () => number, lists: readonly (readonly T[])[]): T[] {
  const left = lists.map((list) => [...list])
  const made: T[] = []
  for (;;) {
    const open = left.filter((list) => list.length > 0)
    if (open.length === 0) return made
    made.push(pick(random, open).shift()!)
  }
}

/** JSON values of all types, and names that objects inherit. */
export const ODD: readonly unknown[] = [
  null, true, false, 0, -1, 1.5, 1e9, 1e300, 2 ** 53, '', 'x', '0', '__proto__', 'constructor', [], {}, [null], [[]], [{}], ['x', 1], { __proto__: null }, JSON.parse('{"__proto__":{"a":1},"constructor":{},"toString":1}'),
  { index: 0 }, { type: 'text' }, { length: 5 }, 'text', 'message'
]

/** A copy of a JSON value in which something is another: a member or an element gone, of another type, or twice there. */
export function mutated(random: () => number, value: unknown): unknown {
  if (random() < 0.12 || typeof value !== 'object' || value === null) return random() < 0.5 ? pick(random, ODD) : value
  if (Array.isArray(value)) return value.flatMap((one) => random() < 0.1 ? [] : random() < 0.1 ? [one, one] : [mutated(random, one)])
  const members = Object.entries(value).flatMap(([key, one]): [string, unknown][] => random() < 0.1 ? [] : [[random() < 0.05 ? pick(random, ['__proto__', 'constructor', 'index']) : key, mutated(random, one)]])
  return Object.fromEntries(members)
}
