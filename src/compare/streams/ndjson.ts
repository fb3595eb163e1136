import type { StreamEvent } from '../codec.ts'
import { readJson } from '../read/read-json.ts'
import { type EventList, MAX_EVENTS } from './event-list.ts'

/**
 * Reads a whole body of lines, each a JSON document, in one pass. White space around them and empty lines are left out. A last
 * line that no line feed ends counts when it is JSON; else it is reported as trailing.
 *
 * Source: NDJSON 1.0, sections 3.1 and 3.2; RFC 7464 for the record separator that lines of a JSON text sequence begin with.
 */
export function readNdjson(body: Buffer): EventList {
  const events: StreamEvent[] = []
  let at = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
  while (at < body.length) {
    let end = at
    while (end < body.length && body[end] !== LF) end++
    const next = Math.min(end + 1, body.length)
    let from = at
    while (from < end && isBlank(body[from])) from++
    let to = end
    while (to > from && isBlank(body[to - 1])) to--
    at = next
    if (from === to) continue
    const data = body.toString('utf8', from, to)
    if (end === body.length && typeof readJson(body.subarray(from, to), data) === 'string') return { events, trailing: data, full: false }
    if (events.length === MAX_EVENTS) return { events, trailing: '', full: true }
    events.push({ type: '', data, end: next })
  }
  return { events, trailing: '', full: false }
}

const LF = 0x0a
const RECORD_SEPARATOR = 0x1e

const isBlank = (octet: number | undefined): boolean => octet === 0x20 || octet === 0x09 || octet === 0x0d || octet === RECORD_SEPARATOR
