import { CONNECTION, CONTENT_LENGTH, KEEP_ALIVE, TRANSFER_ENCODING } from './field-id.ts'
import { Head } from './head.ts'
import * as problems from './problems.ts'
import type { Problem } from './problems.ts'
import { type Framing, type HeadLimits, listOf, nominated, parseLength } from './request-head.ts'
import { isValueChar } from './syntax.ts'

/** A response head, parsed and checked. One is kept per connection and filled again for each response. */
export class ResponseHead extends Head {
  status = 0
  framing: Framing = 'none'
  /** Octets of the body when framing is `length`. */
  contentLength = 0
  /** Whether the connection may carry another request once this answer has ended. */
  keepAlive = true
  /** Seconds the server says it keeps an idle connection open (`Keep-Alive: timeout=`), or -1. */
  keepAliveS = -1

  /**
   * Reads a whole head, `input[0, end)`. `method` is the request's: an answer to HEAD has no body whatever it says (RFC 9112 section 6.3).
   * As strict as for requests: a server that folds lines or ends them badly is answered for with 502.
   */
  parse(input: Buffer, end: number, method: string, limits: HeadLimits): Problem | undefined {
    this.text = input.toString('latin1', 0, end)
    const lineEnd = this.text.indexOf('\r\n')
    return this.parseStatusLine(lineEnd) ?? this.parseFields(input, 0, lineEnd + 2, limits.maxFields) ?? this.frame(method) ?? this.hop()
  }

  // HTTP/1.1 SP 3DIGIT SP [reason-phrase]; the second space is left out by many, and means nothing
  private parseStatusLine(lineEnd: number): Problem | undefined {
    const { text } = this
    const minor = text.charCodeAt(7) - 0x30
    if (!text.startsWith('HTTP/1.') || minor < 0 || minor > 9 || text.charCodeAt(8) !== 0x20) return problems.badStartLine
    const hundreds = text.charCodeAt(9) - 0x30
    const tens = text.charCodeAt(10) - 0x30
    const ones = text.charCodeAt(11) - 0x30
    if (!(hundreds >= 1 && hundreds <= 9 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) return problems.badStartLine
    if (lineEnd !== 12 && text.charCodeAt(12) !== 0x20) return problems.badStartLine
    for (let i = 13; i < lineEnd; i++) if (!isValueChar(text.charCodeAt(i))) return problems.badStartLine
    this.minor = minor === 0 ? 0 : 1
    this.status = hundreds * 100 + tens * 10 + ones
    return undefined
  }

  private frame(method: string): Problem | undefined {
    this.contentLength = 0
    this.framing = 'none'
    const { status } = this
    const bodyless = method === 'HEAD' || status < 200 || status === 204 || status === 304
    if (this.has(TRANSFER_ENCODING)) {
      if (bodyless) return undefined
      const once = (this.repeated & (1 << TRANSFER_ENCODING)) === 0
      if (this.minor === 0 || !once || (this.known(TRANSFER_ENCODING) ?? '').toLowerCase() !== 'chunked') return problems.badTransferEncoding
      this.framing = 'chunked'
      return undefined
    }
    if (this.has(CONTENT_LENGTH)) {
      const length = (this.repeated & (1 << CONTENT_LENGTH)) === 0 ? parseLength(this.known(CONTENT_LENGTH) ?? '') : -1
      if (length < 0) return problems.badContentLength
      if (bodyless) return undefined
      this.framing = 'length'
      this.contentLength = length
      return undefined
    }
    if (!bodyless) this.framing = 'close'
    return undefined
  }

  private hop(): Problem | undefined {
    this.keepAlive = this.minor === 1
    this.keepAliveS = -1
    if (this.has(CONNECTION)) {
      const value = (this.known(CONNECTION) ?? '').toLowerCase()
      if (value === 'keep-alive') this.keepAlive = true
      else if (value === 'close') this.keepAlive = false
      else {
        const options = listOf(value)
        if (options.includes('close')) this.keepAlive = false
        else if (options.includes('keep-alive')) this.keepAlive = true
        this.nominate(nominated(options, UNNOMINATED))
      }
    }
    // CL and TE together: TE wins, but where one server is confused the next byte cannot be trusted (RFC 9112 section 6.3)
    if (this.framing === 'close' || (this.framing === 'chunked' && this.has(CONTENT_LENGTH))) this.keepAlive = false
    if (this.has(KEEP_ALIVE)) {
      const timeout = /(?:^|[,\s])timeout=(\d{1,6})(?:$|[,\s])/i.exec(this.known(KEEP_ALIVE) ?? '')?.[1]
      if (timeout !== undefined) this.keepAliveS = Number(timeout)
    }
    return undefined
  }
}

const UNNOMINATED: ReadonlySet<string> = new Set([
  'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'close', 'upgrade', 'via', 'date', 'trailer'
])
