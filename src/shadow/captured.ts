import { Pieces } from '../core/pieces.ts'
import { CONTENT_ENCODING, CONTENT_TYPE } from '../http/field-id.ts'
import type { ResponseHead } from '../http/response-head.ts'

/**
 * A copy of an answer, by reference to the octets that were read: as a rule nothing is copied, and nothing grows past
 * `maxBytes`. Kept as long as one of its users wants it.
 */
export class CapturedAnswer {
  status = 0
  contentType = ''
  contentEncoding = ''
  private readonly kept = new Pieces()
  bytes = 0
  /** Whether it was larger than `maxBytes`; its body is then let go. */
  oversize = false
  /** ms from sending the request to the first octet and to the last; -1 until then. */
  firstByteMs = -1
  durationMs = -1
  private readonly maxBytes: number
  private users: number

  /** @param users how many must `release` it before its body is let go */
  constructor(maxBytes: number, users: number) {
    this.maxBytes = maxBytes
    this.users = users
  }

  get pieces(): readonly Buffer[] {
    return this.kept.list
  }

  head(head: ResponseHead): void {
    this.status = head.status
    this.contentType = head.known(CONTENT_TYPE) ?? ''
    this.contentEncoding = head.known(CONTENT_ENCODING) ?? ''
  }

  body(chunk: Buffer): void {
    if (this.oversize || this.users === 0) return
    this.bytes += chunk.length
    if (this.bytes > this.maxBytes) {
      this.oversize = true
      return this.empty()
    }
    this.kept.add(chunk)
  }

  /** One of its users has no more use for it. */
  release(): void {
    if (--this.users === 0) this.empty()
  }

  private empty(): void {
    this.kept.clear()
    this.bytes = 0
  }
}
