import type { Route } from './plan.ts'
import type { Upstream } from './upstream.ts'

/**
 * Which backends have been asked for one request, and what each is told of it. A race that was lost may be run again, once;
 * the fallback is asked once, whatever the method: naming one states that this route's requests may be sent twice.
 */
export class Attempts {
  /** Requests sent, or tried to be. */
  count = 0
  private upstream: Upstream | undefined = undefined
  private epoch = 0
  private owed = false // the backend is still to be told
  private retried = false
  private fellBack = false

  /** The request goes to `upstream`, which has admitted it; `again` when that was for an attempt before. */
  begin(upstream: Upstream, again: boolean): void {
    this.upstream = upstream
    if (!again) this.epoch = upstream.epoch
    this.owed = true
    this.count++
  }

  /** The backend answers. */
  succeeded(): void {
    this.owed = false
    this.upstream?.succeeded()
  }

  /** It failed; `unknown` when that says nothing of it. */
  failed(nowMs: number, unknown: boolean): void {
    if (unknown) return this.abandon()
    this.owed = false
    this.upstream?.failed(nowMs, this.epoch)
  }

  /** The request is over, whatever has become of it. */
  end(): void {
    if (this.owed) this.abandon()
  }

  /** Whether the backend may be asked again: true once. */
  retry(): boolean {
    if (this.retried) return false
    this.retried = true
    this.upstream?.retries.add()
    return true
  }

  /** The fallback that is to be asked in place of a backend that failed, if it has not been and takes requests. */
  fallBack({ fallback, fallbacks }: Route, nowMs: number): Upstream | undefined {
    if (fallback === undefined || fallback === this.upstream || this.fellBack) return undefined
    this.fellBack = true
    if (fallback.admit(nowMs) !== 'available') return undefined
    fallbacks.add()
    return fallback
  }

  private abandon(): void {
    this.owed = false
    this.upstream?.abandoned(this.epoch)
  }
}
