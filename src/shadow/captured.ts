import { CONTENT_ENCODING, CONTENT_TYPE } from '../http/field-id.ts'
import type { ResponseHead } from '../http/response-head.ts'

// pieces that are joined when there are so many: each costs some 200 octets beside its own
const MERGED_PIECES = 32
// octets of the read a piece came in that are kept for its sake, beyond as many as it has itself
const MAX_WASTE = 4096

/**
 * A copy of an answer, by reference to the octets that were read: as a rule nothing is copied, and nothing grows past
 * `maxBytes`. Kept as long as one of its users wants it.
 */
export class CapturedAnswer {
  status = 0
  contentType = ''
  contentEncoding = ''
  pieces: Buffer[] = []
  bytes = 0
  /** Whether it was larger than `maxBytes`; its body is then let go. */
  oversize = false
  /** ms from sending the request to the first octet and to the last; -1 until then. */
  firstByteMs = -1
  durationMs = -1
  private readonly maxBytes: number
  private users: number
  private merged = 0

  /** @param users how many must `release` it before its body is let go */
  constructor(maxBytes: number, users: number) {
    this.maxBytes = maxBytes
    this.users = users
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
    // a view keeps the whole read alive, and most of that may be a head
    const wasteful = chunk.buffer.byteLength > 2 * chunk.length + MAX_WASTE
    this.pieces.push(wasteful ? Buffer.from(chunk) : chunk)
    if (this.pieces.length - this.merged === MERGED_PIECES) this.pieces.push(Buffer.concat(this.pieces.splice(this.merged++)))
  }

  /** One of its users has no more use for it. */
  release(): void {
    if (--this.users === 0) this.empty()
  }

  private empty(): void {
    this.pieces = []
    this.bytes = 0
  }
}
