import type { Deadlines } from './deadlines.ts'
import type { Outbound } from './outbound.ts'
import type { Problem } from './problems.ts'
import type { HeadLimits } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'

/** How an exchange with a server can fail. */
export type OutboundFailure =
  | 'connect_refused' // no connection could be made
  | 'connect_timeout'
  | 'closed' // the server closed or reset the connection before the answer was whole
  | 'first_byte_timeout'
  | 'idle_timeout'
  | 'bad_response' // what came is not HTTP/1.1; `problem` says why

export interface OutboundOptions extends HeadLimits {
  readonly deadlines: Deadlines
}

/** How long an exchange may stand still. */
export interface ResponseTimeouts {
  /** Until the first octet of the answer, counted anew from each octet of the request and from each interim answer, ms. */
  readonly firstByteMs: number
  /** Between octets of the answer, ms. */
  readonly idleMs: number
}

/** Who waits for an answer. */
export interface ResponseSink {
  /** An interim (1xx) answer other than 101. */
  onInterim(head: ResponseHead): void
  /** The final head. With 101 the connection is no longer HTTP: `Outbound.detach` takes it at once, or the exchange has failed. */
  onResponse(outbound: Outbound, head: ResponseHead): void
  onResponseBody(chunk: Buffer): void
  /** The answer is whole; `trailers` are raw lines, or empty. The connection is no longer the sink's. */
  onResponseEnd(trailers: string): void
  /** What one read brought has been handed over: time to flush what was held back to join it. */
  onResponseFlush(): void
  /** The exchange is over without a whole answer. */
  onOutboundFailed(failure: OutboundFailure, problem: Problem | undefined): void
  /** The server's socket takes data again. */
  onOutboundDrain(): void
}

/** What an outbound connection reports to whoever keeps it. */
export interface OutboundOwner {
  /** The exchange is over and the connection may carry another. */
  onReusable(outbound: Outbound): void
  onGone(outbound: Outbound): void
}
