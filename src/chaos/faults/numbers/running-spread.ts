/** Standard deviation of the numbers seen so far, one after the other (B. P. Welford, Technometrics 4, 1962). */
export class RunningSpread {
  count = 0
  private mean = 0
  private squares = 0

  see(value: number): void {
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
