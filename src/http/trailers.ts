import { CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, CREDENTIAL, HOST, TRAILER, X_REQUEST_ID } from './field-id.ts'
import { Head } from './head.ts'
import { HOP_BY_HOP } from './request-head.ts'

// fields that would change how a message is framed, routed, authenticated or read (RFC 9110 section 6.5.1)
const FORBIDDEN = HOP_BY_HOP | (1 << HOST) | (1 << CONTENT_LENGTH) | (1 << CONTENT_TYPE) | (1 << CONTENT_ENCODING) |
  (1 << CREDENTIAL) | (1 << COOKIE) | (1 << TRAILER) | (1 << X_REQUEST_ID)
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['set-cookie', 'content-range', 'www-authenticate', 'cache-control', 'expires', 'location'])

/** The trailer lines that may be passed on, out of lines a `ChunkedDecoder` has accepted; CR LF included. */
export function forwardableTrailers(lines: string): string {
  if (lines === '') return ''
  const head = new Head()
  if (head.parseLines(`${lines}\r\n`, Infinity) !== undefined) return ''
  for (let i = 0; i < head.count; i++) {
    const name = head.name(i).toLowerCase()
    if (FORBIDDEN_NAMES.has(name)) head.nominate(name)
  }
  return head.lines(FORBIDDEN)
}
