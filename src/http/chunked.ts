import { Head } from './head.ts'
import * as problems from './problems.ts'
import type { Problem } from './problems.ts'
import { isTokenChar } from './syntax.ts'

const SIZE = 0
const EXTENSION = 1
const EXTENSION_NAME = 2
const EXTENSION_VALUE = 3
const EXTENSION_TOKEN = 4
const QUOTED = 5
const QUOTED_PAIR = 6
const EXTENSION_END = 7
const SIZE_LF = 8
const DATA = 9
const DATA_CR = 10
const DATA_LF = 11
const TRAILERS = 12
const DONE = 13

// thirteen hex digits stay exact in a double; leading zeros count
const MAX_SIZE_DIGITS = 13
// chunk extensions are dropped unread, so a message may not spend more than this on them (RFC 9112 section 7.1.1)
const MAX_EXTENSION_BYTES = 16_384
const MAX_TRAILER_BYTES = 16_384
const MAX_TRAILERS = 64
const BARE_LF = /(?<!\r)\n/g

/**
 * Decodes a chunked body (RFC 9112 section 7.1) however it is cut into reads. Chunk boundaries are not kept: what is
 * forwarded is framed anew, so no octet of the framing a peer sent is ever passed on.
 *
 *     SIZE -> [EXTENSION...] -> SIZE_LF -> DATA -> DATA_CR -> DATA_LF -> SIZE ... -> TRAILERS -> DONE
 */
export class ChunkedDecoder {
  /** The trailer lines with their CR LF, once done; empty when there were none. */
  trailers = ''
  problem: Problem | undefined = undefined
  private state = SIZE
  private size = 0
  private digits = 0
  private extensionBytes = 0
  private trailerText = ''
  private output: Buffer | undefined = undefined

  get done(): boolean {
    return this.state === DONE
  }

  /** Body octets decoded by the last `feed`, in one piece: a peer that sends tiny chunks gains no work by it. */
  take(): Buffer | undefined {
    const { output } = this
    this.output = undefined
    return output
  }

  /** Takes `input` from `at`; returns the index after the last octet of this body. Stops for good at a problem. */
  feed(input: Buffer, at: number): number {
    const pieces: Buffer[] = []
    let i = at
    const end = input.length
    while (i < end && this.state !== DONE && this.problem === undefined) {
      if (this.state === DATA) {
        const take = Math.min(this.size, end - i)
        pieces.push(input.subarray(i, i + take))
        this.size -= take
        i += take
        if (this.size === 0) this.state = DATA_CR
      } else if (this.state === TRAILERS) {
        i = this.feedTrailers(input, i)
      } else if (this.step(input[i] ?? 0)) {
        i++
      } else {
        this.problem = problems.badChunk
      }
    }
    this.output = pieces.length > 1 ? Buffer.concat(pieces) : pieces[0]
    return i
  }

  // one octet of framing; false when it may not stand here
  private step(c: number): boolean {
    switch (this.state) {
      case SIZE: {
        const digit = hexDigit(c)
        if (digit >= 0) {
          this.size = this.size * 16 + digit
          return ++this.digits <= MAX_SIZE_DIGITS
        }
        if (this.digits === 0) return false
        if (c === 0x0d) this.state = SIZE_LF
        else if (c === 0x3b) this.state = EXTENSION
        else return false
        return true
      }
      // *( ";" token [ "=" ( token / quoted-string ) ] ), without the bad whitespace that RFC 9112 lets one refuse
      case EXTENSION:
        this.state = EXTENSION_NAME
        return this.extension() && isTokenChar(c)
      case EXTENSION_NAME:
        if (c === 0x3d) this.state = EXTENSION_VALUE
        else if (!isTokenChar(c)) return this.endExtension(c)
        return this.extension()
      case EXTENSION_VALUE:
        if (c === 0x22) this.state = QUOTED
        else if (isTokenChar(c)) this.state = EXTENSION_TOKEN
        else return false
        return this.extension()
      case EXTENSION_TOKEN:
        return isTokenChar(c) ? this.extension() : this.endExtension(c)
      case EXTENSION_END:
        return this.endExtension(c)
      case QUOTED:
        if (c === 0x22) this.state = EXTENSION_END
        else if (c === 0x5c) this.state = QUOTED_PAIR
        else if (c !== 0x09 && (c < 0x20 || c === 0x7f)) return false
        return this.extension()
      case QUOTED_PAIR:
        this.state = QUOTED
        return this.extension() && (c === 0x09 || (c >= 0x20 && c !== 0x7f))
      case SIZE_LF:
        if (c !== 0x0a) return false
        this.state = this.size === 0 ? TRAILERS : DATA
        this.digits = 0
        return true
      case DATA_CR:
        this.state = DATA_LF
        return c === 0x0d
      case DATA_LF:
        this.state = SIZE
        return c === 0x0a
      default:
        return false
    }
  }

  private extension(): boolean {
    return ++this.extensionBytes <= MAX_EXTENSION_BYTES
  }

  private endExtension(c: number): boolean {
    if (c === 0x0d) this.state = SIZE_LF
    else if (c === 0x3b) this.state = EXTENSION
    else return false
    return true
  }

  // an empty line ends the section; with nothing before it there are no trailers
  private feedTrailers(input: Buffer, at: number): number {
    const had = this.trailerText.length
    this.trailerText += input.toString('latin1', at, Math.min(input.length, at + MAX_TRAILER_BYTES + 4 - had))
    const text = this.trailerText
    const end = text.startsWith('\r\n') ? 0 : text.indexOf('\r\n\r\n', Math.max(0, had - 3))
    if (end > 0) {
      if (new Head().parseLines(text, MAX_TRAILERS) === undefined) this.trailers = text.slice(0, end + 2)
      else this.problem = problems.badTrailer
    }
    if (end >= 0) {
      this.state = DONE
      return at - had + end + (end > 0 ? 4 : 2)
    }
    // a line that ends badly is refused now, not when the section fails to end
    BARE_LF.lastIndex = had
    if (text.length > MAX_TRAILER_BYTES || BARE_LF.test(text)) this.problem = problems.badTrailer
    return input.length
  }
}

function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30
  const lower = c | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
