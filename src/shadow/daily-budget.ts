/** Octets of shared memory a budget needs. */
export const BUDGET_BYTES = 8

const DAY_MS = 86_400_000
const COUNT = 0xffff_ffffn

/**
 * So many a day (UTC), exactly, over all threads: one word of shared memory holds the day and how many it has had, and is
 * only ever exchanged whole.
 */
export class DailyBudget {
  private readonly word: BigInt64Array
  private readonly limit: bigint
  private readonly wallClock: () => number

  /**
   * @param memory `BUDGET_BYTES`, shared by all who spend of it; zeros at the start
   * @param limit a day; 2,000,000,000 or less
   * @param wallClock ms since 1970
   */
  constructor(memory: BigInt64Array, limit: number, wallClock: () => number) {
    this.word = memory
    this.limit = BigInt(limit)
    this.wallClock = wallClock
  }

  /** Spends one; false when nothing is left of today's. */
  take(): boolean {
    const { word, limit } = this
    const today = BigInt(Math.floor(this.wallClock() / DAY_MS))
    for (;;) {
      const old = Atomics.load(word, 0)
      const spent = old >> 32n === today ? old & COUNT : 0n
      if (spent >= limit) return false
      if (Atomics.compareExchange(word, 0, old, (today << 32n) | (spent + 1n)) === old) return true
    }
  }

  /** What is left of today's. */
  get left(): number {
    const old = Atomics.load(this.word, 0)
    const today = BigInt(Math.floor(this.wallClock() / DAY_MS))
    const left = this.limit - (old >> 32n === today ? old & COUNT : 0n)
    return left > 0n ? Number(left) : 0
  }
}
