import {
  CONNECTION, CONTENT_LENGTH, EXPECT, HOST, KEEP_ALIVE, NOMINATED, PROXY_CONNECTION, TE, TRANSFER_ENCODING, UPGRADE
} from './field-id.ts'
import { Head } from './head.ts'
import * as problems from './problems.ts'
import type { Problem } from './problems.ts'
import { isAuthority, isBlank, isTargetChar, isToken, isTokenChar, METHODS } from './syntax.ts'

/** How the end of a body is known (RFC 9112 section 6.3). `close` is for answers alone. */
export type Framing = 'none' | 'length' | 'chunked' | 'close'

/** Fields that are for one hop alone and are never forwarded (RFC 9110 section 7.6.1). */
export const HOP_BY_HOP: number = (1 << CONNECTION) | (1 << KEEP_ALIVE) | (1 << PROXY_CONNECTION) | (1 << TE) |
  (1 << TRANSFER_ENCODING) | (1 << UPGRADE) | (1 << NOMINATED)

export interface HeadLimits {
  /** Octets of a whole head, start line included. */
  readonly maxHeadBytes: number
  /** Header lines. */
  readonly maxFields: number
}

const SP = 0x20
const QUESTION = 0x3f
const SLASH = 0x2f
// longest Content-Length accepted: fifteen digits stay exact in a double
const MAX_LENGTH_DIGITS = 15

/** A request head, parsed and checked. One is kept per connection and filled again for each request. */
export class RequestHead extends Head {
  method = ''
  /** The origin-form target (`/path?query`, or `*`), octets as they came. */
  target = ''
  /** The target without its query. */
  path = ''
  /** Host and port the request is for: the Host field, or the target's own when it was in absolute form. Lower case is not forced. */
  authority = ''
  framing: Framing = 'none'
  /** Octets of the body when framing is `length`. */
  contentLength = 0
  /** Whether the client will take another answer on this connection. */
  keepAlive = true
  /** Whether the client waits for 100 before it sends the body. */
  expectsContinue = false
  /** Protocol the client asks to switch to, lower case; empty when it asks for none. */
  upgrade = ''
  /** Whether the client takes trailers (`TE: trailers`). */
  takesTrailers = false
  /** Whether the target came in absolute form, so the start line and Host must be written anew. */
  absoluteForm = false
  private checkedHost: string | undefined = undefined

  /**
   * Reads a whole head, `input[start, end)`, which ends with its empty line. Accepts what RFC 9110 and 9112 allow and refuses the rest;
   * nothing is repaired.
   */
  parse(input: Buffer, start: number, end: number, limits: HeadLimits): Problem | undefined {
    this.text = input.toString('latin1', start, end)
    const lineEnd = this.text.indexOf('\r\n')
    const problem = this.parseRequestLine(lineEnd) ?? this.parseFields(input, start, lineEnd + 2, limits.maxFields)
    return problem ?? this.frame() ?? this.identify() ?? this.hop()
  }

  /** Checks the start line alone, `text[0, lineEnd)`, so that garbage is refused before a whole head has arrived. */
  parseRequestLine(lineEnd: number): Problem | undefined {
    const { text } = this
    let i = 0
    let c = text.charCodeAt(0)
    while (isTokenChar(c)) c = text.charCodeAt(++i)
    if (c !== SP || i === 0) return problems.badStartLine
    // as a rule a connection's requests are of one method, known by then
    const same = i === this.method.length && text.startsWith(this.method)
    const method = same ? this.method : text.slice(0, i)
    const targetStart = ++i
    let query = -1
    c = text.charCodeAt(i)
    while (isTargetChar(c)) {
      if (c === QUESTION && query < 0) query = i
      c = text.charCodeAt(++i)
    }
    if (i === targetStart || (c !== SP && i !== lineEnd)) return problems.badStartLine
    const targetEnd = i
    // HTTP-version is case-sensitive and HTTP/0.9, which has none, is long gone (RFC 9112 section 2.3)
    if (!text.startsWith(' HTTP/1.', targetEnd)) {
      return /^ HTTP\/\d\.\d$/.test(text.slice(targetEnd, lineEnd)) ? problems.badVersion : problems.badStartLine
    }
    const minor = text.charCodeAt(targetEnd + 8) - 0x30
    if (lineEnd !== targetEnd + 9) return problems.badStartLine
    if (minor !== 0 && minor !== 1) return minor >= 2 && minor <= 9 ? problems.badVersion : problems.badStartLine
    if (!same && !METHODS.has(method)) return problems.badMethod
    this.minor = minor
    this.method = method
    return this.parseTarget(targetStart, query < 0 ? targetEnd : query, targetEnd)
  }

  // the four forms of RFC 9112 section 3.2
  private parseTarget(start: number, pathEnd: number, end: number): Problem | undefined {
    const { text, method } = this
    this.absoluteForm = false
    if (text.charCodeAt(start) === SLASH && method !== 'CONNECT') {
      this.target = text.slice(start, end)
      this.path = pathEnd === end ? this.target : text.slice(start, pathEnd)
      return undefined
    }
    const raw = text.slice(start, end)
    this.target = raw
    this.path = raw
    if (method === 'CONNECT') return isAuthority(raw) && /:\d+$/.test(raw) ? undefined : problems.badTarget
    if (raw === '*') return method === 'OPTIONS' ? undefined : problems.badTarget
    const absolute = /^https?:\/\/([^/?]+)(\/[^?]*)?(\?.*)?$/i.exec(raw)
    const authority = absolute?.[1]
    if (absolute === null || authority === undefined || !isAuthority(authority)) return problems.badTarget
    this.absoluteForm = true
    this.authority = authority
    this.path = absolute[2] ?? (method === 'OPTIONS' && absolute[3] === undefined ? '*' : '/')
    this.target = this.path + (absolute[3] ?? '')
    return undefined
  }

  // message body length, RFC 9112 section 6
  private frame(): Problem | undefined {
    this.framing = 'none'
    this.contentLength = 0
    if (this.has(TRANSFER_ENCODING)) {
      if (this.has(CONTENT_LENGTH)) return problems.ambiguousLength
      if (this.minor === 0 || (this.repeated & (1 << TRANSFER_ENCODING)) !== 0) return problems.badTransferEncoding
      const coding = (this.known(TRANSFER_ENCODING) ?? '').toLowerCase()
      if (coding !== 'chunked') {
        return isToken(coding) || coding.endsWith('chunked') ? problems.unknownTransferEncoding : problems.badTransferEncoding
      }
      // valid, but no one writes so but to be read in two ways
      if (this.padding(TRANSFER_ENCODING).includes('\t')) return problems.badTransferEncoding
      this.framing = 'chunked'
    } else if (this.has(CONTENT_LENGTH)) {
      const length = (this.repeated & (1 << CONTENT_LENGTH)) === 0 ? parseLength(this.known(CONTENT_LENGTH) ?? '') : -1
      if (length < 0) return problems.badContentLength
      this.framing = 'length'
      this.contentLength = length
    }
    // what follows its head belongs to a tunnel, for a reader that knows no framing there (RFC 9110 section 9.3.6)
    return this.framing !== 'none' && this.method === 'CONNECT' ? problems.connectWithBody : undefined
  }

  // Host, RFC 9112 section 3.2
  private identify(): Problem | undefined {
    if (!this.has(HOST)) {
      if (this.minor === 1) return problems.badHost
      if (!this.absoluteForm) this.authority = ''
      return undefined
    }
    const host = this.known(HOST) ?? ''
    // requests on a connection name the same host again and again
    if ((this.repeated & (1 << HOST)) !== 0 || (host !== this.checkedHost && !isAuthority(host))) return problems.badHost
    this.checkedHost = host
    if (!this.absoluteForm) this.authority = host // an absolute target outranks Host, RFC 9112 section 3.2.2
    return undefined
  }

  // what is said about this connection alone
  private hop(): Problem | undefined {
    this.keepAlive = this.minor === 1
    this.upgrade = ''
    this.takesTrailers = false
    this.expectsContinue = false
    if ((this.seen & CONNECTION_FIELDS) === 0) return undefined
    let wantsUpgrade = false
    if (this.has(CONNECTION)) {
      const value = (this.known(CONNECTION) ?? '').toLowerCase()
      if (value === 'keep-alive') this.keepAlive = true
      else if (value === 'close') this.keepAlive = false
      else {
        const options = listOf(value)
        if (options.includes('close')) this.keepAlive = false
        else if (options.includes('keep-alive')) this.keepAlive = true
        wantsUpgrade = options.includes('upgrade')
        this.nominate(nominated(options, UNNOMINATED))
      }
    }
    if (this.minor === 0) return undefined
    if (wantsUpgrade && this.has(UPGRADE)) {
      const upgrade = (this.known(UPGRADE) ?? '').toLowerCase()
      const hasBody = this.framing === 'chunked' || this.contentLength > 0
      // h2c was withdrawn and is ignored (RFC 9113 section 3.1); Java's own client still asks for it with every first POST
      if (hasBody && upgrade !== 'h2c') return problems.upgradeWithBody
      if (!hasBody) this.upgrade = upgrade
    }
    if (this.has(TE)) this.takesTrailers = listOf((this.known(TE) ?? '').toLowerCase()).some((t) => /^trailers(?:\s*;|$)/.test(t))
    if (this.has(EXPECT)) this.expectsContinue = (this.known(EXPECT) ?? '').toLowerCase() === '100-continue'
    return undefined
  }
}

const CONNECTION_FIELDS = (1 << CONNECTION) | (1 << UPGRADE) | (1 << TE) | (1 << EXPECT)
// end-to-end fields the hop itself stands on may not be nominated away
const UNNOMINATED: ReadonlySet<string> = new Set([
  'host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'close', 'upgrade', 'te', 'expect', 'via', 'max-forwards'
])

/** Elements of a comma-separated list, trimmed of blanks, empty ones left out (RFC 9110 section 5.6.1). */
export function listOf(value: string): string[] {
  return value.split(',').map(trimmed).filter((item) => item !== '')
}

// SP and HTAB alone: `trim` would take obs-text such as 0xa0 for a blank too
function trimmed(item: string): string {
  let start = 0
  let end = item.length
  while (start < end && isBlank(item.charCodeAt(start))) start++
  while (end > start && isBlank(item.charCodeAt(end - 1))) end--
  return item.slice(start, end)
}

/** The fields a Connection field names for this hop alone; those in `kept` may not be named away. */
export function nominated(options: readonly string[], kept: ReadonlySet<string>): Set<string> {
  return new Set(options.filter((option) => !kept.has(option)))
}

/** A Content-Length of plain digits, or -1. Leading zeros are refused: not every server reads them in base ten. */
export function parseLength(value: string): number {
  if (value.length === 0 || value.length > MAX_LENGTH_DIGITS) return -1
  if (value.length > 1 && value.charCodeAt(0) === 0x30) return -1
  let length = 0
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return -1
    length = length * 10 + digit
  }
  return length
}

/** Which Host a forwarded request names. */
export interface HostRule {
  /** Host to send in place of the client's; undefined keeps it. */
  readonly host: string | undefined
  /** Host to send for an HTTP/1.0 client that named none. */
  readonly defaultHost: string
}

/**
 * A request head to send on: start line, the client's field lines as they came but for those left out, then `extra`
 * (lines with CR LF), then the empty line. Always HTTP/1.1 and in origin form.
 *
 * @param drop known fields to leave out, by bit (field-id.ts); `HOP_BY_HOP` must be among them
 * @param dropNames lower-case names of further fields to leave out
 */
export function forwardedHead(head: RequestHead, drop: number, dropNames: ReadonlySet<string> | undefined, rule: HostRule, extra: string): string {
  if (head.minor === 1 && !head.absoluteForm && rule.host === undefined) {
    return `${head.lines(drop, dropNames, 0)}${extra}\r\n`
  }
  const host = rule.host ?? (head.authority === '' ? rule.defaultHost : head.authority)
  return `${head.method} ${head.target} HTTP/1.1\r\nhost: ${host}\r\n${head.lines(drop | (1 << HOST), dropNames)}${extra}\r\n`
}

/** How requests to one backend differ from the client's, whoever the client is. */
export interface BackendRules extends HostRule {
  /** Lines it is always sent, with CR LF. */
  readonly setLines: string
  /** Lower-case names of the client's fields it is not sent: those that are set, and those that are removed. */
  readonly dropNames: ReadonlySet<string> | undefined
}
