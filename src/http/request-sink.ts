import type { Deadlines } from './deadlines.ts'
import type { Inbound } from './inbound.ts'
import type { Problem } from './problems.ts'
import type { HeadLimits } from './request-head.ts'

export interface InboundOptions extends HeadLimits {
  /** From the first octet of a head to its last, ms. */
  readonly headTimeoutMs: number
  /** How long a connection may be idle between requests, ms. */
  readonly keepAliveMs: number
  /** How long a request body may stand still, or a client may take nothing of an answer, ms. */
  readonly idleMs: number
  /** After a last answer, how long what the client still sends is read and thrown away, ms, so that it sees the answer. */
  readonly lingerMs: number
  /** What a client's FIN after a whole request means: gone, or only done sending. */
  readonly halfClose: 'cancel' | 'answer'
  readonly deadlines: Deadlines
}

/** What happens on a client's connection; one handler serves all connections of a listener. */
export interface InboundHandler {
  /** A request head is here, and perhaps its body: see `Inbound.body` and `Inbound.bodyDone`. Must set `Inbound.sink`. */
  onRequest(inbound: Inbound): void
  /** A request was refused by the parser and answered. */
  onRefused(inbound: Inbound, problem: Problem): void
  onClosed(inbound: Inbound): void
}

/** Who serves the request that is on a connection. */
export interface RequestSink {
  /** More of the body, as it comes. The buffer may be kept but not written to. */
  onRequestBody(chunk: Buffer): void
  /** The body is complete; `trailers` are the raw lines, or empty. */
  onRequestEnd(trailers: string): void
  /** The client is gone, or broke the rules in its body (`problem`) and has been told. Nothing can be answered any more. */
  onClientGone(problem: Problem | undefined): void
  /** The client's socket takes data again. */
  onClientDrain(): void
}
