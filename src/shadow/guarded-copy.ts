import type { Timed } from '../http/deadlines.ts'
import type { Outbound, OutboundFailure, ResponseSink } from '../http/outbound.ts'
import type { PoolFailure, Waiter } from '../http/pool.ts'
import type { ResponseHead } from '../http/response-head.ts'

/** What connections and timers tell a copy. */
export interface Guarded {
  onConnected(outbound: Outbound): void
  onUnconnected(failure: PoolFailure): void
  onResponse(head: ResponseHead): void
  onResponseBody(chunk: Buffer): void
  onResponseEnd(): void
  onOutboundFailed(failure: OutboundFailure): void
  expire(): void
  /** It has been held back for long enough. */
  onHeld(): void
  /** One of the above has thrown. */
  broke(): void
}

/**
 * Stands between a copy and the connections and timers that call it: a mistake in mirroring costs the copy it happens to,
 * never the thread that serves clients. Spelt out, as a closure for each call is what a copy can least afford.
 */
export class GuardedCopy implements ResponseSink, Waiter, Timed {
  deadlineMs: number = Infinity
  place = -1
  ticket: Waiter['ticket'] = undefined
  private readonly copy: Guarded

  constructor(copy: Guarded) {
    this.copy = copy
  }

  onConnected(outbound: Outbound): void {
    try {
      this.copy.onConnected(outbound)
    } catch {
      this.copy.broke()
      outbound.destroy() // nobody else knows of it yet
    }
  }

  onUnconnected(failure: PoolFailure): void {
    try {
      this.copy.onUnconnected(failure)
    } catch {
      this.copy.broke()
    }
  }

  onResponse(_outbound: Outbound, head: ResponseHead): void {
    try {
      this.copy.onResponse(head)
    } catch {
      this.copy.broke()
    }
  }

  onResponseBody(chunk: Buffer): void {
    try {
      this.copy.onResponseBody(chunk)
    } catch {
      this.copy.broke()
    }
  }

  onResponseEnd(): void {
    try {
      this.copy.onResponseEnd()
    } catch {
      this.copy.broke()
    }
  }

  onOutboundFailed(failure: OutboundFailure): void {
    try {
      this.copy.onOutboundFailed(failure)
    } catch {
      this.copy.broke()
    }
  }

  expire(): void {
    try {
      this.copy.expire()
    } catch {
      this.copy.broke()
    }
  }

  onHeld(): void {
    try {
      this.copy.onHeld()
    } catch {
      this.copy.broke()
    }
  }

  onInterim(): void {
    // nobody waits for it
  }

  onResponseFlush(): void {
    // nothing is held back
  }

  onOutboundDrain(): void {
    // the request was written whole
  }
}
