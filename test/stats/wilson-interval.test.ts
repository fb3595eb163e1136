import { describe, expect, it } from 'vitest'
import { wilsonInterval } from '../../src/stats/wilson-interval.ts'

describe('wilsonInterval', () => {
  // Newcombe 1998, table I, method 3, to its four digits
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718]
  ])('of %d in %d is the published one', (events, trials, low, high) => {
    const interval = wilsonInterval(events, trials)
    expect(Math.abs(interval[0] - low)).toBeLessThan(5e-5)
    expect(Math.abs(interval[1] - high)).toBeLessThan(5e-5)
  })

  // R: prop.test(x, n, conf.level = c, correct = FALSE)$conf.int
  // values: scipy.stats.binomtest(x, n).proportion_ci(c, method='wilson')
  it.each([
    [81, 263, 0.95, 0.2552885198782742, 0.36620957698280004],
    [15, 148, 0.95, 0.06238639953073629, 0.16048724172330803],
    [1, 29, 0.95, 0.006113214292762667, 0.17175521879320282],
    [3, 10, 0.99, 0.07956631652306578, 0.6799753207988974],
    [29, 29, 0.95, 0.8830302015002592, 1],
    [29, 29, 0.99, 0.813809012123496, 1],
    [5, 1_000_000, 0.95, 2.1357029684685578e-6, 1.1705702681035744e-5]
  ])('of %d in %d at %d is what R and scipy give', (events, trials, confidence, low, high) => {
    const interval = wilsonInterval(events, trials, confidence)
    expect(Math.abs(interval[0] - low)).toBeLessThan(1e-12)
    expect(Math.abs(interval[1] - high)).toBeLessThan(1e-12)
  })

  it('is everything when there were no trials', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1])
  })

  it('of the others is the mirror image', () => {
    for (let events = 0; events <= 40; events++) {
      const [low, high] = wilsonInterval(events, 40)
      const [otherLow, otherHigh] = wilsonInterval(40 - events, 40)
      expect(low).toBeCloseTo(1 - otherHigh, 12)
      expect(high).toBeCloseTo(1 - otherLow, 12)
    }
  })

  /** Exact: the binomial probabilities of the counts whose interval holds the share, summed. */
  function coverage(trials: number, share: number): number {
    let covered = 0
    let probability = (1 - share) ** trials
    for (let events = 0; events <= trials; events++) {
      const [low, high] = wilsonInterval(events, trials)
      if (low <= share && share <= high) covered += probability
      probability *= (trials - events) / (events + 1) * share / (1 - share)
    }
    return covered
  }

  it.each([10, 50, 200])('covers the true share about as often as it says, on average over shares (%i trials)', (trials) => {
    // the intervals are mirror images, so half of the shares say it for all
    const shares = Array.from({ length: 100 }, (_, i) => (i + 1) / 200)
    const average = shares.reduce((sum, share) => sum + coverage(trials, share), 0) / shares.length
    // that no interval for counts can be exact everywhere is known; half a point on average is what this one is chosen for
    expect(Math.abs(average - 0.95)).toBeLessThan(0.005)
  })

  it('is at its worst where one event is seen that was hardly expected', () => {
    const worst = Array.from({ length: 999 }, (_, i) => coverage(200, (i + 1) / 1000 * 0.05)).reduce((least, one) => Math.min(least, one))
    const [low] = wilsonInterval(1, 200)
    expect(coverage(200, low * (1 - 1e-9))).toBeCloseTo(0.838, 3) // scipy.stats.binom.pmf(0, 200, low)
    expect(worst).toBeGreaterThanOrEqual(coverage(200, low * (1 - 1e-9)))
  })
})
