import {
  CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, CONTROL, COOKIE, CREDENTIAL, DATE, EXPECT, FORWARDED, HOST, MAX_FORWARDS, MIRROR_MARK,
  TRAILER, VIA, X_FORWARDED, X_REQUEST_ID
} from './field-id.ts'
import { Head } from './head.ts'
import { HOP_BY_HOP } from './request-head.ts'

// fields that would change how a message is framed, routed, authenticated or read (RFC 9110 section 6.5.1)
const FORBIDDEN = HOP_BY_HOP | (1 << HOST) | (1 << CONTENT_LENGTH) | (1 << CONTENT_TYPE) | (1 << CONTENT_ENCODING) |
  (1 << CREDENTIAL) | (1 << COOKIE) | (1 << TRAILER) | (1 << X_REQUEST_ID) | (1 << FORWARDED) | (1 << X_FORWARDED) | (1 << CONTROL) |
  (1 << MIRROR_MARK) | (1 << VIA) | (1 << EXPECT) | (1 << MAX_FORWARDS) | (1 << DATE)
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set([
  'set-cookie', 'content-range', 'www-authenticate', 'proxy-authenticate', 'cache-control', 'pragma', 'age', 'expires', 'vary', 'location',
  'retry-after', 'range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'
])

/** The trailer lines that may be passed on, out of lines a `ChunkedDecoder` has accepted; CR LF included. */
export function forwardableTrailers(lines: string): string {
  if (lines === '') return ''
  const head = new Head()
  if (head.parseLines(`${lines}\r\n`, Infinity) !== undefined) return ''
  head.nominate(FORBIDDEN_NAMES)
  return head.lines(FORBIDDEN)
}
