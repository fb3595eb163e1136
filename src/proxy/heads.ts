import { CONTENT_LENGTH, DATE, EXPECT, MAX_FORWARDS, TRAILER, TRANSFER_ENCODING, X_REQUEST_ID } from '../http/field-id.ts'
import type { BodyFraming } from '../http/body-writer.ts'
import { forwardedHead, HOP_BY_HOP, type RequestHead } from '../http/request-head.ts'
import type { ResponseHead } from '../http/response-head.ts'
import type { Peer, Peers } from './peers.ts'
import type { Upstream } from './upstream.ts'

// most hops an OPTIONS request is let go on for (RFC 9110 section 7.6.2)
const MAX_HOPS = 255

/** What makes a backend's request differ from the client's. */
export interface RequestFacts {
  readonly head: RequestHead
  readonly peer: Peer
  readonly requestId: string
  /** Whether the client's own x-request-id is the request id. */
  readonly idTaken: boolean
  /** Whether the client has been told to go on already, so that the backend need not be asked. */
  readonly continued: boolean
}

/** The head a backend is sent: the client's, without what was for its hop alone, with our own lines after. */
export function requestHead(facts: RequestFacts, upstream: Upstream, peers: Peers): string {
  const { head, peer, requestId, idTaken, continued } = facts
  const { forward } = upstream
  let drop = HOP_BY_HOP | peer.drop
  let extra = forward.setLines
  if (!idTaken) {
    drop |= 1 << X_REQUEST_ID
    extra += `x-request-id: ${requestId}\r\n`
  }
  extra += peers.lines(peer, head)
  if (head.framing === 'chunked') extra += 'transfer-encoding: chunked\r\n'
  if (head.takesTrailers) extra += 'te: trailers\r\nconnection: te\r\n'
  if (head.upgrade !== '') extra += `connection: upgrade\r\nupgrade: ${head.upgrade}\r\n`
  // an HTTP/1.0 client cannot have meant it (RFC 9110 section 10.1.1)
  if (continued || head.minor === 0) drop |= 1 << EXPECT
  const hops = hopsLeft(head)
  if (hops !== undefined) {
    drop |= 1 << MAX_FORWARDS
    extra += `max-forwards: ${Math.min(hops - 1, MAX_HOPS)}\r\n`
  }
  const replaced = peers.replaced(peer)
  const dropNames = replaced === undefined ? forward.dropNames : new Set([...replaced, ...forward.dropNames ?? []])
  return forwardedHead(head, drop, dropNames, forward, extra)
}

/** Hops an OPTIONS request may still take (RFC 9110 section 7.6.2); undefined where it does not say in plain digits. */
export function hopsLeft(head: RequestHead): number | undefined {
  if (!head.has(MAX_FORWARDS) || head.method !== 'OPTIONS') return undefined
  const value = head.known(MAX_FORWARDS) ?? ''
  return /^\d+$/.test(value) ? Number(value) : undefined
}

/** What a backend's answer becomes on the way to the client. */
export interface AnswerFacts {
  readonly head: ResponseHead
  readonly request: RequestHead
  readonly requestId: string
  /** Whether the client connection stays open afterwards. */
  readonly persistent: boolean
  /** The Date line for an answer that has none, with CR LF. */
  readonly date: () => string
}

/** What an answer's head says otherwise because its body is another. */
export interface HeadChange {
  /** Lower-case names of fields that are left out. */
  readonly drop: ReadonlySet<string>
}

/** How an answer's body is framed for the client: as it came where the client can take that. */
export function answerFraming(head: ResponseHead, request: RequestHead): BodyFraming {
  switch (head.framing) {
    case 'none': return 'none'
    case 'length': return 'raw'
    default: return request.minor === 1 ? 'chunked' : 'close'
  }
}

/** The head a client is sent. @param lines further ones, with CR LF */
export function answerHead({ head, request, requestId, persistent, date }: AnswerFacts, framing: BodyFraming, lines = '', change?: HeadChange): string {
  let drop = HOP_BY_HOP
  let extra = lines
  if (framing === 'chunked') extra += 'transfer-encoding: chunked\r\n'
  if (framing === 'chunked' || head.has(TRANSFER_ENCODING) || head.status === 204) drop |= 1 << CONTENT_LENGTH
  if (head.has(TRAILER) && !(framing === 'chunked' && request.takesTrailers)) drop |= 1 << TRAILER
  if (head.status === 101) extra += `connection: upgrade\r\nupgrade: ${request.upgrade}\r\n`
  else if (!persistent || framing === 'close') extra += 'connection: close\r\n'
  else if (request.minor === 0) extra += 'connection: keep-alive\r\n'
  if (!head.has(DATE)) extra += date()
  if (head.has(X_REQUEST_ID)) {
    const theirs = head.known(X_REQUEST_ID) ?? ''
    if (theirs !== requestId) {
      // ours is the one outcomes are joined by; a backend's own is still worth quoting to its makers
      drop |= 1 << X_REQUEST_ID
      extra += `x-request-id: ${requestId}\r\nx-upstream-request-id: ${theirs}\r\n`
    }
  } else {
    extra += `x-request-id: ${requestId}\r\n`
  }
  return `${startingLines(head, drop, change?.drop)}${extra}\r\n`
}

/** An interim (1xx) head on its way to the client. */
export const interimHead = (head: ResponseHead): string =>
  `${startingLines(head, HOP_BY_HOP | (1 << CONTENT_LENGTH))}\r\n`

// status line and field lines: the version is the hop's own (RFC 9112 section 2.3), and the space before a reason is due even where none follows
function startingLines(head: ResponseHead, drop: number, dropNames?: ReadonlySet<string>): string {
  const { text, fieldsStart } = head
  if (text.startsWith('HTTP/1.1 ') && text.charCodeAt(12) === 0x20) return head.lines(drop, dropNames, 0)
  return `HTTP/1.1 ${text.slice(9, 12)} ${text.slice(13, fieldsStart - 2)}\r\n${head.lines(drop, dropNames)}`
}
