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
  /** One of the above has thrown. */
  broke(): void
}

/**
 * Stands between a copy and the connections and timers that call it: a mistake in mirroring costs the copy it happens to,
 * never the thread that serves clients.
 */
export class GuardedCopy implements ResponseSink, Waiter, Timed {
  deadlineMs: number = Infinity
  private readonly copy: Guarded

  constructor(copy: Guarded) {
    this.copy = copy
  }

  onConnected(outbound: Outbound): void {
    // nobody else knows of the connection yet
    if (!this.guard(() => this.copy.onConnected(outbound))) outbound.destroy()
  }

  onUnconnected(failure: PoolFailure): void {
    this.guard(() => this.copy.onUnconnected(failure))
  }

  onResponse(_outbound: Outbound, head: ResponseHead): void {
    this.guard(() => this.copy.onResponse(head))
  }

  onResponseBody(chunk: Buffer): void {
    this.guard(() => this.copy.onResponseBody(chunk))
  }

  onResponseEnd(): void {
    this.guard(() => this.copy.onResponseEnd())
  }

  onOutboundFailed(failure: OutboundFailure): void {
    this.guard(() => this.copy.onOutboundFailed(failure))
  }

  expire(): void {
    this.guard(() => this.copy.expire())
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

  // whether it went well
  private guard(act: () => void): boolean {
    try {
      act()
      return true
    } catch {
      this.copy.broke()
      return false
    }
  }
}
