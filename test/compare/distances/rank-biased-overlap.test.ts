import { describe, expect, it } from 'vitest'
import { rankBiasedDistance } from '../../../src/compare/distances/rank-biased-overlap.ts'
import { createRng } from '../../../src/core/rng.ts'

const SEED = 2010
const letters = (text: string): readonly string[] => [...text]

/*
 * The definition, term by term to a depth where the weights have vanished (Webber, Moffat, Zobel 2010, section 4.3): past its end
 * the shorter list goes on agreeing as it did, and past both the agreement stays what it is.
 */
function byDefinition(a: readonly string[], b: readonly string[], persistence: number): number {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  const common = (depth: number): number => short.slice(0, depth).filter((item) => long.slice(0, depth).includes(item)).length
  const atShort = common(short.length)
  const atLong = common(long.length)
  let overlap = 0
  for (let depth = 1; depth <= 2000; depth++) {
    const agreement = depth <= short.length ? common(depth) / depth
      : depth <= long.length ? (common(depth) + atShort * (depth - short.length) / short.length) / depth
      : (atLong - atShort) / long.length + atShort / short.length
    overlap += (1 - persistence) * persistence ** (depth - 1) * agreement
  }
  return overlap
}

describe('rankBiasedDistance', () => {
  /*
   * The same definition in Python, to a depth of 20,000:
   * def rbo(s, l, p): # len(s) <= len(l)
   *   S, L, X = len(s), len(l), lambda d: len(set(s[:d]) & set(l[:d]))
   *   a = lambda d: X(d)/d if d <= S else (X(d) + X(S)*(d - S)/S)/d if d <= L else (X(L) - X(S))/L + X(S)/S
   *   return sum((1 - p) * p**(d - 1) * a(d) for d in range(1, 20000))
   * print(1 - rbo('bac', 'abc', .9))
   */
  it.each([
    ['abc', 'bac', 0.9, 0.1],
    ['abcdefg', 'zcavwxy', 0.9, 0.7117827142857142],
    ['abcde', 'cb', 0.8, 0.44981333333333395],
    ['abcdefghij', 'jihgfedcba', 0.9, 0.48839243435714264],
    ['ab', 'cdef', 0.5, 1],
    ['acbf', 'abcdef', 0.7, 0.16273833333333376],
    ['a', 'ba', 0.9, 0.55],
    ['', 'a', 0.9, 1],
    ['', '', 0.9, 0]
  ])('of %s and %s at a persistence of %d is %d', (a, b, persistence, distance) => {
    expect(Math.abs(rankBiasedDistance(letters(a), letters(b), persistence) - distance)).toBeLessThan(1e-12)
    expect(rankBiasedDistance(letters(b), letters(a), persistence)).toBe(rankBiasedDistance(letters(a), letters(b), persistence))
    expect(rankBiasedDistance(letters(a), letters(a), persistence)).toBe(0)
  })

  it('is 1 less the overlap as it is defined, for rankings drawn at random', () => {
    const random = createRng(SEED)
    const draw = (): readonly string[] => {
      const length = 1 + Math.floor(random.uniform() * 15)
      return [...new Set(Array.from({ length }, () => String(Math.floor(random.uniform() * 20))))]
    }
    for (let round = 0; round < 100; round++) {
      const [a, b, persistence] = [draw(), draw(), 0.5 + 0.45 * random.uniform()]
      expect(Math.abs(rankBiasedDistance(a, b, persistence) - (1 - byDefinition(a, b, persistence)))).toBeLessThan(1e-12)
    }
  })

  it('gives the first ten places 86 % of the weight at a persistence of 0.9', () => {
    // Webber, Moffat, Zobel 2010, section 4.4, eq. 21: W(0.9, 10) = 0.8556. What is equal so far adds to it what agrees beyond
    const first = Array.from({ length: 10 }, (_, i) => `first ${i}`)
    const rest = (of: string): readonly string[] => Array.from({ length: 5000 }, (_, i) => `${of} ${i}`)
    const apart = rankBiasedDistance([...first, ...rest('a')], [...first, ...rest('b')], 0.9)
    const tail = rest('').reduce((sum, _, i) => sum + 0.1 * 0.9 ** (i + 10) * 10 / (i + 11), 0) // the first ten are still in common further down
    expect(apart + tail).toBeCloseTo(0.9 ** 10, 9)
    expect(1 - apart).toBeCloseTo(0.8556, 4)
  })
})
