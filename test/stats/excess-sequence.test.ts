import { describe, expect, it } from 'vitest'
import { excessInterval } from '../../src/stats/excess-interval.ts'
import { excessSequence } from '../../src/stats/excess-sequence.ts'
import { shareSequence, shareUpperBound } from '../../src/stats/share-sequence.ts'

// onlyFirst, onlySecond, pairs
const SEEN = [
  [0, 0, 1], [1, 0, 1], [0, 0, 44], [1, 0, 44], [9, 5, 54], [30, 0, 30], [60, 20, 1000], [400, 300, 1000], [500, 500, 1000], [999, 1, 1000], [3, 2, 1e6], [4e5, 3e5, 1e9],
  [0.25, 0.5, 3.5], [10.5, 0, 10.5]
] as const

describe('excessSequence', () => {
  it('is the range over shares of discordant pairs and of the first among them', () => {
    const discordant = [1 - shareUpperBound(920, 1000, 0.9875), shareUpperBound(80, 1000, 0.9875)]
    const first = shareSequence(60, 80, 0.975)
    const corners = discordant.flatMap((share) => first.map((ofThem) => share * (2 * ofThem - 1)))
    const [low, high] = excessSequence({ onlyFirst: 60, onlySecond: 20, pairs: 1000 })
    expect(low).toBeCloseTo(Math.min(...corners), 14)
    expect(high).toBeCloseTo(Math.max(...corners), 14)
  })

  it('is everything when there were no pairs', () => {
    expect(excessSequence({ onlyFirst: 0, onlySecond: 0, pairs: 0 })).toEqual([-1, 1])
  })

  it.each(SEEN)('of %d and %d in %d holds what was seen, and what one look would give', (onlyFirst, onlySecond, pairs) => {
    const counts = { onlyFirst, onlySecond, pairs }
    for (const confidence of [0.8, 0.95, 0.9999]) {
      const [low, high] = excessSequence(counts, confidence)
      expect(low).toBeGreaterThanOrEqual(-1)
      expect(low).toBeLessThanOrEqual((onlyFirst - onlySecond) / pairs)
      expect(high).toBeGreaterThanOrEqual((onlyFirst - onlySecond) / pairs)
      expect(high).toBeLessThanOrEqual(1)
      // farther out, a score interval is wider than it need be where nothing was seen
      if (confidence > 0.95) continue
      const [lookLow, lookHigh] = excessInterval(counts, confidence)
      expect(low).toBeLessThanOrEqual(lookLow)
      expect(high).toBeGreaterThanOrEqual(lookHigh)
    }
  })

  it.each(SEEN)('of %d and %d in %d is the mirror image of the two exchanged', (onlyFirst, onlySecond, pairs) => {
    const [low, high] = excessSequence({ onlyFirst, onlySecond, pairs })
    const [otherLow, otherHigh] = excessSequence({ onlyFirst: onlySecond, onlySecond: onlyFirst, pairs })
    expect(low).toBeCloseTo(-otherHigh, 12)
    expect(high).toBeCloseTo(-otherLow, 12)
  })

  it('leaves out 0 only where the coin does', () => {
    const apartFromZero = ([low, high]: readonly [number, number]): boolean => low > 0 || high < 0
    for (let onlyFirst = 0; onlyFirst <= 40; onlyFirst++) {
      const isOneSided = 0.5 < shareSequence(onlyFirst, 40, 0.975)[0] || shareSequence(onlyFirst, 40, 0.975)[1] < 0.5
      expect(apartFromZero(excessSequence({ onlyFirst, onlySecond: 40 - onlyFirst, pairs: 5000 }))).toBe(isOneSided)
    }
  })

  it('without a discordant pair is worth 5.3 / pairs', () => {
    for (const pairs of [1e3, 1e6, 1e9]) expect(excessSequence({ onlyFirst: 0, onlySecond: 0, pairs })[1] * pairs).toBeCloseTo(5.34, 1)
  })
})
