// 99.9 % of honest draws stay under share + 3.29 standard deviations
const Z = 3.29
const WINDOW_MS = 60_000

/**
 * Keeps the share of all requests that faults hit under a limit. Random draws swing around their share, so what is refused
 * is only what goes beyond the swing a share at the limit would have: an experiment at the limit runs undisturbed.
 */
export class ShareLimit {
  private readonly share: number
  private seen = 0
  private hit = 0
  private windowEndsMs = 0

  /** `share` in 0..1 of the requests this thread sees. */
  constructor(share: number) {
    this.share = share
  }

  /** Counts a request, hit or not. */
  see(nowMs: number): void {
    if (nowMs >= this.windowEndsMs) {
      this.seen = 0
      this.hit = 0
      this.windowEndsMs = nowMs + WINDOW_MS
    }
    this.seen++
  }

  /** Whether one more request may be hit; counts it if so. */
  take(): boolean {
    if (this.share === 0) return false
    const expected = this.seen * this.share
    if (this.hit + 1 > expected + Z * Math.sqrt(expected * (1 - this.share)) + 1) return false
    this.hit++
    return true
  }
}
