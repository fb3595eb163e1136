/** The characters RFC 9110 and 9112 allow, one lookup per octet. Strings here are latin1: one character is one octet. */

const TOKEN = 1
const VALUE = 2
const TARGET = 4
const HOST = 8

const CLASS = new Uint8Array(256)
const allow = (bit: number, from: number, to: number = from): void => {
  for (let c = from; c <= to; c++) CLASS[c] = classOf(c) | bit
}
const allowAll = (bit: number, characters: string): void => {
  for (const c of characters) allow(bit, c.charCodeAt(0))
}
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
function classOf(c: number): number {
  return CLASS[c] ?? 0
}

allow(VALUE, 0x09)
allow(VALUE, 0x20, 0x7e)
allow(VALUE, 0x80, 0xff)
allow(TARGET, 0x21, 0x22) // "#" (0x23) would start a fragment, which a request target never has
allow(TARGET, 0x24, 0x7e)
allowAll(TOKEN, `${ALPHANUMERIC}!#$%&'*+-.^_\`|~`)
allowAll(HOST, `${ALPHANUMERIC}!$&'()*+;=-._~%:[]`)

/** tchar of RFC 9110 section 5.6.2. */
export const isTokenChar = (c: number): boolean => (classOf(c) & TOKEN) !== 0
/** field-vchar, obs-text, SP or HTAB of RFC 9110 section 5.5. */
export const isValueChar = (c: number): boolean => (classOf(c) & VALUE) !== 0
/** What a request target may hold: visible ASCII without "#". */
export const isTargetChar = (c: number): boolean => (classOf(c) & TARGET) !== 0

/** SP or HTAB, the only white space around a field value (OWS of RFC 9110 section 5.6.3). */
export const isBlank = (c: number | undefined): boolean => c === 0x20 || c === 0x09

/** Whether the whole of `text` is one token: a method, a field name, a protocol. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isTokenChar(text.charCodeAt(i))) return false
  return text.length > 0
}

/** Whether the whole of `text` may stand as a field value: no CR, LF, NUL or other control (RFC 9110 section 5.5). */
export function isFieldValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isValueChar(text.charCodeAt(i))) return false
  return true
}

// a bracketed IPv6 literal, or a registered name or IPv4 address; then perhaps a port
const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{0,5})?$/i

/** Whether `text` is `host[:port]` (RFC 9110 sections 4.2.3 and 7.2): no user info, no path, no list, not empty. */
export function isAuthority(text: string): boolean {
  let special = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if ((classOf(c) & HOST) === 0) return false
    if (c === 0x3a || c === 0x5b || c === 0x5d) special = true // only ":", "[" and "]" have a place they must stand in
  }
  return special ? AUTHORITY.test(text) : text.length > 0
}

/** Methods the data plane knows; any other is answered 501, as RFC 9110 section 9.1 has it. */
export const METHODS: ReadonlySet<string> = new Set([
  'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT', 'QUERY', 'ACL', 'BIND', 'CHECKOUT',
  'COPY', 'LINK', 'LOCK', 'M-SEARCH', 'MERGE', 'MKACTIVITY', 'MKCALENDAR', 'MKCOL', 'MOVE', 'NOTIFY', 'PROPFIND',
  'PROPPATCH', 'PURGE', 'REBIND', 'REPORT', 'SEARCH', 'SOURCE', 'SUBSCRIBE', 'UNBIND', 'UNLINK', 'UNLOCK', 'UNSUBSCRIBE'
])

/** Methods that sent twice do what they do once (RFC 9110 section 9.2.2). */
export const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND', 'REPORT', 'SEARCH'
])
