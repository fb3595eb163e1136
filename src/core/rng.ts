/** A stream of random numbers that is the same for the same seed, on any machine. */
export interface Rng {
  /** Uniform in [0, 1), with 32 bits. */
  uniform(): number
  /** Mean 0, standard deviation 1, bell-shaped, within -6..6. */
  normal(): number
  /** Whole, in from..to, both included. */
  whole(from: number, to: number): number
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T
}

/**
 * The generator sfc32 (C. Doty-Humphrey, PractRand, public domain): 128 bits of state, integers only. The normal draw is a
 * sum of twelve uniform ones (Irwin and Hall, 1927) and not Box and Muller's, because a sum is exact everywhere while log and
 * cos may differ in their last bit.
 */
export function createRng(seed: number): Rng {
  let a = seed | 0
  let b = Math.trunc(seed / 2 ** 32) | 0
  let c = 0x9e3779b9 | 0
  let count = 1
  const next = (): number => {
    const sum = (a + b + count) | 0
    count = (count + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 15; i++) next() // until the seed has reached all of the state
  const uniform = (): number => next() / 2 ** 32
  return {
    uniform,
    normal: () => {
      let sum = -6
      for (let i = 0; i < 12; i++) sum += uniform()
      return sum
    },
    whole: (from, to) => from + Math.floor(uniform() * (to - from + 1)),
    pick: (items) => {
      const item = items[Math.floor(uniform() * items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    }
  }
}
