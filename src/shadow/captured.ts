import { isEventStream, isLineStream, mediaTypeOf } from '../core/media-type.ts'
import { Pieces } from '../core/pieces.ts'
import { CONTENT_ENCODING, CONTENT_TYPE } from '../http/field-id.ts'
import type { ResponseHead } from '../http/response-head.ts'

// numbers in `marks` at most: two for each read
const MAX_MARKS = 1024

/**
 * A copy of an answer, by reference to the octets that were read: as a rule nothing is copied, and nothing grows past
 * `maxBytes`. Kept as long as one of its users wants it.
 */
export class CapturedAnswer {
  status = 0
  contentType = ''
  contentEncoding = ''
  /** Header fields that were asked for: lower-case name, value, name, value. */
  fields: string[] = NO_FIELDS
  private readonly kept = new Pieces()
  bytes = 0
  /** Whether it was larger than `maxBytes`; its body is then let go. */
  oversize = false
  /** Whether it is a stream, whose parts are timed. */
  streamed = false
  /** Octets so far and ms from sending the request, for one read of a stream after the other; not for each where there are many. */
  marks: number[] = NO_MARKS
  /** ms from sending the request to the first octet and to the last; -1 until then. */
  firstByteMs = -1
  durationMs = -1
  private readonly maxBytes: number
  private readonly names: readonly string[]
  private users: number
  private everyMark = 1
  private reads = 0

  /**
   * @param users how many must `release` it before its body is let go
   * @param names lower-case names of header fields that are kept
   */
  constructor(maxBytes: number, users: number, names: readonly string[] = []) {
    this.maxBytes = maxBytes
    this.users = users
    this.names = names
  }

  get pieces(): readonly Buffer[] {
    return this.kept.list
  }

  /** The body in one piece. */
  joined(): Buffer {
    return this.kept.joined() ?? NOTHING
  }

  head(head: ResponseHead): void {
    this.status = head.status
    this.contentType = head.known(CONTENT_TYPE) ?? ''
    this.contentEncoding = head.known(CONTENT_ENCODING) ?? ''
    if (this.contentType === JSON_TYPE) {
      this.contentType = JSON_TYPE // nearly all of them: what is the same string is found faster than what is only equal
      return this.keepFields(head)
    }
    const type = mediaTypeOf(this.contentType)
    this.streamed = isEventStream(type) || isLineStream(type)
    if (this.streamed) this.marks = []
    this.keepFields(head)
  }

  /** @param atMs from sending the request; looked at for streams alone */
  body(chunk: Buffer, atMs: number): void {
    if (this.oversize || this.users === 0) return
    this.bytes += chunk.length
    if (this.bytes > this.maxBytes) {
      this.oversize = true
      return this.empty()
    }
    this.kept.add(chunk)
    if (this.streamed) this.mark(atMs)
  }

  /** Takes another answer in place of what came. */
  replace(status: number, contentType: string, body: Buffer): void {
    this.status = status
    this.contentType = contentType
    this.replaceBody(body)
  }

  /** Takes another body in place of the one that came. */
  replaceBody(body: Buffer): void {
    this.kept.clear()
    this.kept.add(body)
    this.bytes = body.length
  }

  /** One of its users has no more use for it. */
  release(): void {
    if (--this.users === 0) this.empty()
  }

  private keepFields(head: ResponseHead): void {
    for (const name of this.names) {
      const value = head.get(name)
      if (value === undefined) continue
      if (this.fields === NO_FIELDS) this.fields = []
      this.fields.push(name, value)
    }
  }

  private mark(atMs: number): void {
    if (this.reads++ % this.everyMark !== 0) return
    this.marks.push(this.bytes, atMs)
    if (this.marks.length < MAX_MARKS) return
    this.everyMark *= 2
    this.marks = this.marks.filter((_, i) => i % 4 < 2)
  }

  private empty(): void {
    this.kept.clear()
    this.bytes = 0
    this.marks = NO_MARKS
  }
}

const NOTHING = Buffer.alloc(0)
const JSON_TYPE = 'application/json'

// shared by all answers that have none; never written to
const NO_FIELDS: string[] = []
const NO_MARKS: number[] = []
