import type { StreamEvent } from '../codec.ts'
import { type EventList, MAX_EVENTS } from './event-list.ts'

/**
 * Reads a whole text/event-stream in one pass. Octets that are no UTF-8 become U+FFFD; ids and retry times are of no interest
 * here. An event that no blank line ends is none: it is reported as trailing, unless all that has begun is a comment.
 *
 * Source: HTML Standard, section 9.2.6, Interpreting an event stream.
 */
export function readSse(body: Buffer): EventList {
  const events: StreamEvent[] = []
  const data: string[] = []
  let type = ''
  let begun = false
  let at = hasMark(body) ? 3 : 0
  /** Where the last blank line ended. */
  let settled = at
  while (at < body.length) {
    const end = lineEnd(body, at)
    if (end === body.length) {
      begun ||= body[at] !== COLON
      break
    }
    const next = body[end] === CR && body[end + 1] === LF ? end + 2 : end + 1
    if (end === at) {
      if (data.length > 0) {
        if (events.length === MAX_EVENTS) return { events, trailing: '', full: true }
        events.push({ type, data: data.length === 1 ? data[0] ?? '' : data.join('\n'), end: next })
        data.length = 0
      }
      type = ''
      begun = false
      settled = next
    } else if (isField(body, at, end, DATA)) {
      data.push(value(body, at + DATA.length, end))
      begun = true
    } else if (isField(body, at, end, EVENT)) {
      type = value(body, at + EVENT.length, end)
      begun = true
    }
    at = next
  }
  return { events, trailing: begun ? body.toString('utf8', settled) : '', full: false }
}

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const COLON = 0x3a
const DATA = Buffer.from('data')
const EVENT = Buffer.from('event')

const hasMark = (body: Buffer): boolean => body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf

// octet by octet: a search for the nearer of CR and LF would look through the whole body for one that is not there
function lineEnd(body: Buffer, from: number): number {
  let end = from
  while (end < body.length && body[end] !== LF && body[end] !== CR) end++
  return end
}

/** Whether a line's field has this name: all of the line, or what is before its first colon. */
function isField(body: Buffer, at: number, end: number, name: Buffer): boolean {
  const after = at + name.length
  if (after > end || (after < end && body[after] !== COLON)) return false
  for (let i = 0; i < name.length; i++) if (body[at + i] !== name[i]) return false
  return true
}

/** What follows the colon, if there is one, without one space before it. A line is decoded by itself: no octet of a longer sequence ends a line. */
function value(body: Buffer, colon: number, end: number): string {
  const from = body[colon + 1] === SPACE ? colon + 2 : colon + 1
  return from < end ? body.toString('utf8', from, end) : ''
}
