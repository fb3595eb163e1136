import * as problems from './problems.ts'
import type { Problem } from './problems.ts'
import type { HeadLimits, RequestHead } from './request-head.ts'
import { isTokenChar } from './syntax.ts'

const CR = 0x0d
const LF = 0x0a
// empty lines before a request line (RFC 9112 section 2.2 asks for at least one)
const MAX_EMPTY_LINES = 2

/**
 * Octets of a client's connection that have come and are not parsed yet: part of a head, or requests that wait for the one
 * before them. Cuts heads out of them.
 */
export class HeadReader {
  private held: Buffer | undefined = undefined
  /** Where `held` lies when it came in several reads, with room to grow: appending an octet must not copy all before it. */
  private store: Buffer | undefined = undefined
  /** Octets of `held` in which the end of a head has been looked for. */
  private scanned = 0
  private lineChecked = false
  private emptyLines = 0

  get empty(): boolean {
    return this.held === undefined
  }

  get length(): number {
    return this.held?.length ?? 0
  }

  add(chunk: Buffer): void {
    const { held } = this
    if (held === undefined) {
      this.held = chunk
      return
    }
    const length = held.length + chunk.length
    if (this.store === undefined || this.store.length < length) {
      this.store = Buffer.allocUnsafe(2 * length)
      held.copy(this.store)
    }
    chunk.copy(this.store, held.length)
    this.held = this.store.subarray(0, length)
  }

  /** Removes and returns all that is held. */
  take(): Buffer | undefined {
    const { held } = this
    this.hold(undefined)
    return held
  }

  /** Parses the next head into `head` and removes it. Refuses it before it is whole if it can only become wrong. */
  next(head: RequestHead, limits: HeadLimits): Problem | 'partial' | undefined {
    const input = this.withoutEmptyLines()
    if (input === undefined) return 'partial'
    const end = headEnd(input, this.scanned)
    if (end < 0) return this.await(input, head, limits)
    if (end > limits.maxHeadBytes) return tooLarge(input, limits)
    const problem = head.parse(input, 0, end, limits)
    this.hold(end < input.length ? input.subarray(end) : undefined)
    this.scanned = 0
    this.lineChecked = false
    this.emptyLines = 0
    return problem
  }

  private await(input: Buffer, head: RequestHead, limits: HeadLimits): Problem | 'partial' {
    if (input.length > limits.maxHeadBytes) return tooLarge(input, limits)
    if (hasBareLineFeed(input, this.scanned)) return problems.bareLineEnd
    if (!this.lineChecked) {
      if (!isTokenChar(input[0] ?? 0)) return problems.badStartLine
      const lineEnd = input.indexOf('\r\n', Math.max(0, this.scanned - 1), 'latin1')
      if (lineEnd >= 0) {
        this.lineChecked = true
        head.text = input.toString('latin1', 0, lineEnd + 2)
        const problem = head.parseRequestLine(lineEnd)
        if (problem !== undefined) return problem
      }
    }
    this.scanned = input.length
    return 'partial'
  }

  // undefined while nothing else is here
  private withoutEmptyLines(): Buffer | undefined {
    const { held } = this
    if (held === undefined || held[0] !== CR || this.emptyLines === MAX_EMPTY_LINES) return held
    if (held.length === 1) return undefined
    if (held[1] !== LF) return held
    this.emptyLines++
    this.hold(held.length > 2 ? held.subarray(2) : undefined)
    return this.withoutEmptyLines()
  }

  // the store is let go with what was in it: whoever took a part of it may keep that
  private hold(octets: Buffer | undefined): void {
    this.held = octets
    this.store = undefined
  }
}

/**
 * Just past the first empty line of `input`, or -1. Looks at every fourth octet where it can, which for a head is three times
 * as fast as asking the buffer.
 * @param scanned octets that are known to hold none
 */
export function headEnd(input: Buffer, scanned: number): number {
  const { length } = input
  let i = Math.max(3, scanned)
  while (i < length) {
    const c = input[i]
    if (c !== LF) i += c === CR ? 1 : 4
    else if (input[i - 1] === CR && input[i - 2] === LF && input[i - 3] === CR) return i + 1
    else i += 2
  }
  return -1
}

/** Whether `input` holds, at `from` or after, a LF that no CR precedes. */
export function hasBareLineFeed(input: Buffer, from: number): boolean {
  for (let at = input.indexOf(LF, from); at >= 0; at = input.indexOf(LF, at + 1)) if (input[at - 1] !== CR) return true
  return false
}

function tooLarge(input: Buffer, limits: HeadLimits): Problem {
  const lineEnd = input.indexOf('\r\n', 0, 'latin1')
  return lineEnd < 0 || lineEnd > limits.maxHeadBytes ? problems.targetTooLong : problems.headTooLarge
}
