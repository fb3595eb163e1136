/** How long two answers to the same requests took. */
export interface LatencyReport {
  /** Pairs in which both were timed. */
  readonly count: number
  readonly primaryMeanMs: number
  readonly otherMeanMs: number
  /** Sums over pairs of log(other / primary) and of its square: enough for a mean ratio and an interval on it. */
  readonly sumLogRatio: number
  readonly sumSquaredLogRatio: number
}

/**
 * Sums up times pair by pair. What makes a request slow makes it slow on both sides, so the ratio within a pair says more
 * than two averages; its logarithm makes twice as slow and twice as fast weigh the same.
 */
export class PairedLatency {
  private count = 0
  private primaryMs = 0
  private otherMs = 0
  private logRatio = 0
  private squaredLogRatio = 0

  /** ms each; a pair without both is left out. */
  add(primaryMs: number, otherMs: number): void {
    const logRatio = Math.log(otherMs / primaryMs)
    if (!(primaryMs > 0 && otherMs > 0) || !Number.isFinite(logRatio)) return
    this.count++
    this.primaryMs += primaryMs
    this.otherMs += otherMs
    this.logRatio += logRatio
    this.squaredLogRatio += logRatio * logRatio
  }

  report(): LatencyReport {
    const { count } = this
    return {
      count,
      primaryMeanMs: count === 0 ? 0 : this.primaryMs / count,
      otherMeanMs: count === 0 ? 0 : this.otherMs / count,
      sumLogRatio: this.logRatio,
      sumSquaredLogRatio: this.squaredLogRatio
    }
  }
}
