/** A generator of numbers that a seed decides (xorshift32), so that a failure can be had again. */
export class Random {
  readonly seed: number
  private state: number

  constructor(seed: number) {
    this.seed = seed >>> 0
    this.state = this.seed === 0 ? 0x9e3779b9 : this.seed
    for (let i = 0; i < 8; i++) this.next()
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return this.next() % limit
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  /** True once in `n` times. */
  once(n: number): boolean {
    return this.below(n) === 0
  }

  private next(): number {
    let x = this.state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.state = x >>> 0
    return this.state
  }
}

/** Another seed for each run; SEED=n in the environment repeats one. */
export const runSeed = (): number => Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
