import { describe, expect, it } from 'vitest'
import { logShareEvidence } from '../../src/stats/share-evidence.ts'
import { shareSequence, shareUpperBound } from '../../src/stats/share-sequence.ts'
import { wilsonInterval } from '../../src/stats/wilson-interval.ts'
import { zeroEventsBound } from '../../src/stats/zero-events-bound.ts'
import { apart } from './support.ts'

// events and trials of all sizes, and some that are not whole
const SEEN = [
  [0, 1], [1, 1], [0, 10], [3, 10], [10, 10], [1, 1000], [500, 1000], [999, 1000], [5, 1e6], [0, 1e9], [1, 1e9], [5e8, 1e9], [1e9 - 1, 1e9], [0.25, 0.5], [0.001, 7.5],
  [2.5, 7.25], [1234.56, 98_765.4]
] as const

describe('shareSequence', () => {
  // mpmath, 50 digits, halving: where log(beta(x + 0.5, n - x + 0.5)) - log(pi) - x * log(p) - (n - x) * log(1 - p) is -log(1 - c)
  it.each([
    [15, 148, 0.95, 0.037732662539286844, 0.20490310313883667],
    [0, 10, 0.95, 0, 0.3769873509906774],
    [10, 10, 0.95, 0.6230126490093226, 1],
    [1, 29, 0.99, 0.00001831057598687051, 0.29224437811719484],
    [2.5, 7.25, 0.9, 0.040263577711081244, 0.8011254248298915],
    [700, 1000, 0.95, 0.6454376526177069, 0.7510166114505507],
    [5, 1e6, 0.95, 2.548423937183471e-7, 0.000022702656655775864],
    [1, 1e9, 0.95, 4.460312281492663e-16, 1.74841732667421e-8],
    [500_000_000, 1e9, 0.95, 0.4999175889680916, 0.5000824110319084]
  ])('of %d in %d at %d is where evidence gets there', (events, trials, confidence, low, high) => {
    const sequence = shareSequence(events, trials, confidence)
    expect(apart(sequence[0], low)).toBeLessThan(1e-12)
    expect(apart(sequence[1], high)).toBeLessThan(1e-12)
  })

  it('is everything when there were no trials', () => {
    expect(shareSequence(0, 0)).toEqual([0, 1])
  })

  it.each(SEEN)('of %d in %d holds the share that was seen and ends where evidence is enough', (events, trials) => {
    for (const confidence of [0.5, 0.95, 0.999999]) {
      const [low, high] = shareSequence(events, trials, confidence)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(low).toBeLessThanOrEqual(events / trials)
      expect(high).toBeGreaterThanOrEqual(events / trials)
      expect(high).toBeLessThanOrEqual(1)
      const enough = -Math.log1p(-confidence)
      if (low > 0) expect(logShareEvidence(events, trials, low)).toBeGreaterThanOrEqual(enough)
      if (high < 1) expect(logShareEvidence(events, trials, high)).toBeGreaterThanOrEqual(enough)
      if (low > 0) expect(logShareEvidence(events, trials, low + (events / trials - low) * 1e-6)).toBeLessThan(enough)
      if (high < 1) expect(logShareEvidence(events, trials, high - (high - events / trials) * 1e-6)).toBeLessThan(enough)
    }
  })

  it.each(SEEN)('of %d in %d is the mirror image of the others\'', (events, trials) => {
    const [low, high] = shareSequence(events, trials)
    const [otherLow, otherHigh] = shareSequence(trials - events, trials)
    expect(low).toBeCloseTo(1 - otherHigh, 12)
    expect(high).toBeCloseTo(1 - otherLow, 12)
  })

  it('is wider with more confidence, and narrower with more trials', () => {
    const width = ([low, high]: readonly [number, number]): number => high - low
    expect(width(shareSequence(30, 100, 0.99))).toBeGreaterThan(width(shareSequence(30, 100, 0.95)))
    expect(width(shareSequence(300, 1000))).toBeLessThan(width(shareSequence(30, 100)))
  })

  it('costs about twice the width of an interval for one look', () => {
    const [low, high] = shareSequence(300, 1000)
    const [wilsonLow, wilsonHigh] = wilsonInterval(300, 1000)
    expect((high - low) / (wilsonHigh - wilsonLow)).toBeCloseTo(1.86, 2)
  })
})

describe('shareUpperBound', () => {
  // mpmath, 30 digits: halving on p of log(mean of the likelihood over t uniform in [0, asin(sqrt(p))], with q = sin(t)^2) -
  // log(likelihood at p) = -log(1 - c), the mean by quad
  it.each([
    [0, 10, 0.95, 0.31380214417938596],
    [0, 1000, 0.95, 0.0037810273779818344],
    [1, 29, 0.99, 0.261696660355677],
    [15, 148, 0.95, 0.19109743689291334],
    [700, 1000, 0.95, 0.7495037443083701],
    [20, 10_000, 0.975, 0.003822863189289455]
  ])('of %d in %d at %d is %d', (events, trials, confidence, expected) => {
    expect(apart(shareUpperBound(events, trials, confidence), expected)).toBeLessThan(1e-12)
  })

  it('is 1 when nothing else was seen, or nothing', () => {
    expect([[0, 0], [1, 1], [5, 5], [0.5, 0.5]].map(([events, trials]) => shareUpperBound(events!, trials!))).toEqual([1, 1, 1, 1])
  })

  it.each(SEEN)('of %d in %d is between the share that was seen and the upper end for both sides', (events, trials) => {
    for (const confidence of [0.8, 0.95, 0.999999]) {
      const bound = shareUpperBound(events, trials, confidence)
      expect(bound).toBeGreaterThanOrEqual(events / trials)
      expect(bound).toBeLessThanOrEqual(shareSequence(events, trials, confidence)[1] + 1e-15)
    }
  })

  it('of no events is worth 3.8 / trials at any size, where one look is worth 3', () => {
    for (const trials of [1e3, 1e5, 1e7, 1e9]) {
      expect(shareUpperBound(0, trials) * trials).toBeCloseTo(3.79, 1)
      expect(shareUpperBound(0, trials) / zeroEventsBound(trials)).toBeCloseTo(1.26, 1)
    }
  })

  it('grows with events and confidence, and shrinks with trials', () => {
    let before = 0
    for (const events of [0, 0.5, 1, 2, 10, 60, 99]) {
      expect(shareUpperBound(events, 100)).toBeGreaterThan(before)
      before = shareUpperBound(events, 100)
    }
    expect(shareUpperBound(5, 100, 0.99)).toBeGreaterThan(shareUpperBound(5, 100))
    expect(shareUpperBound(5, 101)).toBeLessThan(shareUpperBound(5, 100))
  })
})
