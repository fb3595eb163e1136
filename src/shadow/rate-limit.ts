// what may be had at once after a pause, in ms of the rate
const BURST_MS = 100

/** Lets so many a second pass, and evenly: a bucket of tokens that holds a tenth of a second's. */
export class RateLimit {
  private readonly perMs: number
  private readonly most: number
  private tokens: number
  private atMs = -Infinity

  /** @param perS above 0 */
  constructor(perS: number) {
    this.perMs = perS / 1000
    this.most = Math.max(1, this.perMs * BURST_MS)
    this.tokens = this.most
  }

  /** Whether one may pass now, which it then has. */
  take(nowMs: number): boolean {
    this.tokens = Math.min(this.most, this.tokens + (nowMs - this.atMs) * this.perMs)
    this.atMs = nowMs
    if (this.tokens < 1) return false
    this.tokens--
    return true
  }
}
