import { CONTENT_ENCODING, CONTENT_TYPE } from '../http/field-id.ts'
import type { ResponseHead } from '../http/response-head.ts'

/** A copy of an answer, by reference to the octets that were read: nothing is copied and nothing grows past `maxBytes`. */
export class CapturedAnswer {
  status = 0
  contentType = ''
  contentEncoding = ''
  readonly pieces: Buffer[] = []
  bytes = 0
  /** Whether it was larger than `maxBytes`; its body is then let go. */
  oversize = false
  /** Whether the whole answer is here. */
  complete = false
  /** ms from sending the request to the first octet and to the last; -1 until then. */
  firstByteMs = -1
  durationMs = -1
  private readonly maxBytes: number

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  head(head: ResponseHead): void {
    this.status = head.status
    this.contentType = head.known(CONTENT_TYPE) ?? ''
    this.contentEncoding = head.known(CONTENT_ENCODING) ?? ''
  }

  body(chunk: Buffer): void {
    if (this.oversize) return
    this.bytes += chunk.length
    if (this.bytes <= this.maxBytes) {
      this.pieces.push(chunk)
      return
    }
    this.oversize = true
    this.pieces.length = 0
    this.bytes = 0
  }
}
