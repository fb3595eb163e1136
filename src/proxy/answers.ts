import { STATUS_CODES } from 'node:http'
import type { Effect } from '../chaos/fault.ts'

/** An answer Windtunnel makes itself. */
export interface LocalAnswer {
  readonly status: number
  /** Stable code, sent in `x-windtunnel-error` and in the body. */
  readonly code: string
  readonly message: string
  /** Further lines, with CR LF. */
  readonly lines?: string
}

const answer = (status: number, code: string, message: string, lines = ''): LocalAnswer => Object.freeze({ status, code, message, lines })

export const noRoute: LocalAnswer = answer(404, 'no_route', 'no route matches this request')
export const bodyTooLarge: LocalAnswer = answer(413, 'body_too_large', 'the body is larger than a rule that reads it allows')
export const unknownExpectation: LocalAnswer = answer(417, 'unknown_expectation', 'only Expect: 100-continue is known')
export const loopDetected: LocalAnswer = answer(508, 'loop_detected', 'this request has already been through here')
export const methodNotAllowed: LocalAnswer = answer(405, 'method_not_allowed', 'CONNECT and TRACE are not proxied', 'allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n')
export const lastForward: LocalAnswer = answer(200, '', 'Max-Forwards is 0')
export const unhealthy: LocalAnswer = answer(503, 'backend_unhealthy', 'the backend fails its health checks')
export const ejected: LocalAnswer = answer(503, 'backend_ejected', 'the backend failed several times in a row and is left alone for a while', 'retry-after: 1\r\n')

/** Answers to the ways a backend can fail before its first octet. */
export const FAILURES: ReadonlyMap<string, LocalAnswer> = new Map([
  answer(502, 'connect_refused', 'no connection to the backend could be made'),
  answer(504, 'connect_timeout', 'no connection to the backend in time'),
  answer(502, 'closed', 'the backend closed the connection before it answered'),
  answer(504, 'first_byte_timeout', 'the backend did not begin to answer in time'),
  answer(504, 'idle_timeout', 'the backend stopped in the middle of its answer'),
  answer(502, 'bad_response', 'the backend did not answer in valid HTTP/1.1'),
  answer(503, 'pool_full', 'too many requests wait for this backend', 'retry-after: 1\r\n'),
  answer(503, 'pool_timeout', 'no connection to the backend became free in time', 'retry-after: 1\r\n'),
  answer(503, 'pool_closed', 'the backend was removed from the config')
].map((one) => [one.code, one]))

/** An answer of our own, ready but for what depends on the connection. */
export interface Reply {
  readonly status: number
  readonly code: string
  /** Lines with CR LF. */
  readonly lines: string
  /** Fields that are among them, lower case, and are not said again. */
  readonly named: ReadonlySet<string>
  readonly body: Buffer
}

/** What an answer depends on besides itself. */
export interface ReplyFacts {
  /** Whether the client connection stays open afterwards. */
  readonly persistent: boolean
  /** Of the client's HTTP/1. */
  readonly minor: number
  /** The Date line of now, with CR LF. */
  readonly date: () => string
  readonly requestId: string
}

/** What is said to a client of such an answer: the code in a field and in a JSON body. */
export function replyOf({ status, code, message, lines = '' }: LocalAnswer): Reply {
  if (code === '') return { status, code, lines, named: NO_NAMES, body: NOTHING }
  const json = `{"error":{"code":"${code}","message":"${message}"}}`
  return { status, code, lines: `content-type: application/json\r\nx-windtunnel-error: ${code}\r\n${lines}`, named: NO_NAMES, body: Buffer.from(json, 'utf8') }
}

/** What a fault answers in place of the backend. @param mark a line that says so, or nothing */
export function injectedReply({ status, headers, body }: Extract<Effect, { do: 'answer' }>, mark: string): Reply {
  return {
    status,
    code: 'injected',
    lines: headers.map(([name, value]) => `${name}: ${value}\r\n`).join('') + mark,
    named: new Set(headers.map(([name]) => name.toLowerCase())),
    body: isBodiless(status) ? NOTHING : Buffer.from(body, 'utf8')
  }
}

/** The head of an answer of our own. */
export function replyHead({ status, lines, named, body }: Reply, { persistent, minor, date, requestId }: ReplyFacts): string {
  const length = isBodiless(status) ? '' : `content-length: ${body.length}\r\n`
  const connection = !persistent ? 'connection: close\r\n' : minor === 0 ? 'connection: keep-alive\r\n' : ''
  const id = named.has('x-request-id') ? '' : `x-request-id: ${requestId}\r\n`
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}${length}${connection}${named.has('date') ? '' : date()}${id}\r\n`
}

// these end with their head, and 204 may not even say how long it is (RFC 9110 sections 8.6 and 15.4.5)
const isBodiless = (status: number): boolean => status === 204 || status === 304

const NOTHING = Buffer.alloc(0)
const NO_NAMES: ReadonlySet<string> = new Set()
