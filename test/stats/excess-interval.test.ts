import { describe, expect, it } from 'vitest'
import { excessInterval } from '../../src/stats/excess-interval.ts'

describe('excessInterval', () => {
  /*
   * Not by the formula: scipy.optimize.brentq on d of (b - c - n d)^2 / (n (2 q + d - d^2)) - norm.ppf((1 + 0.95) / 2)^2, with q
   * by brentq on the derivative of b log(q + d) + c log(q) + (n - b - c) log(1 - 2 q - d), or the end of [max(0, -d), (1 - d) / 2]
   * that it leads to.
   */
  it.each([
    [0, 0, 44, -0.08029560375848055, 0.08029560375848055],
    [1, 0, 44, -0.05939323111662795, 0.11807709698213285],
    [9, 5, 54, -0.06679928849771079, 0.216395449286555],
    [1, 7, 30, -0.38636132787284977, -0.01878839768150854],
    [30, 0, 30, 0.7729732136520625, 1],
    [29, 0, 30, 0.7434236600911948, 0.9940914096183873],
    [0, 12, 300, -0.06860421203864003, -0.023027321487942308],
    [60, 20, 1000, 0.023068427008742134, 0.05835424584269797],
    [4000, 3000, 50_000, 0.016727596000947653, 0.023278791272363954],
    [3, 2, 1_000_000, -4.597089023664991e-6, 7.034016038795927e-6],
    [2.5, 1.25, 40.5, -0.08616811940764144, 0.15571364380699332]
  ])('of %d and %d in %d is that of the likeliest chances', (onlyFirst, onlySecond, pairs, low, high) => {
    const interval = excessInterval({ onlyFirst, onlySecond, pairs })
    expect(Math.abs(interval[0] - low)).toBeLessThan(1e-12)
    expect(Math.abs(interval[1] - high)).toBeLessThan(1e-12)
  })

  it('at 99 % is that too', () => {
    const [low, high] = excessInterval({ onlyFirst: 60, onlySecond: 20, pairs: 1000 }, 0.99)
    expect(Math.abs(low - 0.01772175336831794)).toBeLessThan(1e-12)
    expect(Math.abs(high - 0.0646469931395659)).toBeLessThan(1e-12)
  })

  it('is everything when there were no pairs', () => {
    expect(excessInterval({ onlyFirst: 0, onlySecond: 0, pairs: 0 })).toEqual([-1, 1])
  })

  it('leaves out 0 just where the test of equal chances, (b - c)^2 / (b + c), rejects it', () => {
    const enough = 1.959963984540054 ** 2
    for (let onlyFirst = 0; onlyFirst <= 50; onlyFirst++) {
      for (const onlySecond of [0, 3, 10, 25]) {
        const [low, high] = excessInterval({ onlyFirst, onlySecond, pairs: 200 })
        const discordant = onlyFirst + onlySecond
        expect(low > 0 || high < 0).toBe(discordant > 0 && (onlyFirst - onlySecond) ** 2 / discordant >= enough)
      }
    }
  })

  it('holds what was seen, stays in [-1, 1] and is the mirror image of the two exchanged', () => {
    for (const pairs of [1, 2, 7, 30, 1e4, 2.5]) {
      for (const [first, second] of [[0, 0], [1, 0], [0.5, 0.5], [0.5, 0], [0.25, 0.125], [0.001, 0.002], [0.999, 0.001]] as const) {
        const [low, high] = excessInterval({ onlyFirst: first * pairs, onlySecond: second * pairs, pairs })
        expect(low).toBeGreaterThanOrEqual(-1)
        expect(low).toBeLessThanOrEqual(first - second + 1e-12)
        expect(high).toBeGreaterThanOrEqual(first - second - 1e-12)
        expect(high).toBeLessThanOrEqual(1)
        const [otherLow, otherHigh] = excessInterval({ onlyFirst: second * pairs, onlySecond: first * pairs, pairs })
        expect([-otherHigh, -otherLow]).toEqual([low, high])
      }
    }
  })

  /** Exact: the trinomial probabilities of the counts whose interval holds the excess, summed. */
  function coverage(pairs: number, first: number, second: number): number {
    const logFactorials = [0]
    for (let i = 1; i <= pairs; i++) logFactorials.push(logFactorials[i - 1]! + Math.log(i))
    let covered = 0
    for (let onlyFirst = 0; onlyFirst <= pairs; onlyFirst++) {
      for (let onlySecond = 0; onlyFirst + onlySecond <= pairs; onlySecond++) {
        const rest = pairs - onlyFirst - onlySecond
        const logProbability = logFactorials[pairs]! - logFactorials[onlyFirst]! - logFactorials[onlySecond]! - logFactorials[rest]! +
          onlyFirst * Math.log(first) + onlySecond * Math.log(second) + rest * Math.log(1 - first - second)
        if (logProbability < -25) continue
        const [low, high] = excessInterval({ onlyFirst, onlySecond, pairs })
        if (low <= first - second && first - second <= high) covered += Math.exp(logProbability)
      }
    }
    return covered
  }

  // what any interval for counts can do: near 95 %, on either side
  it.each([[0.2, 0.2], [0.1, 0.05], [0.05, 0.05], [0.3, 0.1], [0.02, 0.01]])('covers an excess of %d less %d about as often as it says, in 60 pairs', (first, second) => {
    expect(coverage(60, first, second)).toBeGreaterThan(0.935)
  })
})
