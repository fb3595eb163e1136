// a square beyond would make the sum infinite, and it would stay so
const MOST = 1e150

/** Standard deviation of the numbers seen so far, one after the other (B. P. Welford, Technometrics 4, 1962). */
export class RunningSpread {
  count = 0
  private mean = 0
  private squares = 0

  /** Numbers beyond 1e150 are passed over: one of them would be all there is. */
  see(value: number): void {
    if (!(Math.abs(value) <= MOST)) return
    this.count++
    const before = value - this.mean
    this.mean += before / this.count
    this.squares += before * (value - this.mean)
  }

  /** 0 of fewer than two. */
  get deviation(): number {
    return this.count < 2 ? 0 : Math.sqrt(this.squares / (this.count - 1))
  }
}
