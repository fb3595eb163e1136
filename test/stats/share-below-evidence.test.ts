import { describe, expect, it } from 'vitest'
import { logShareBelowEvidence } from '../../src/stats/share-below-evidence.ts'
import { shareUpperBound } from '../../src/stats/share-sequence.ts'

describe('logShareBelowEvidence', () => {
  // mpmath, 30 digits: log(beta(x + 0.5, n - x + 0.5)) - log(pi) - x log(p) - (n - x) log(1 - p)
  // + log(betainc(x + 0.5, n - x + 0.5, 0, p, regularized=True)) - log(2 / pi * asin(sqrt(p)))
  it.each([
    [10, 1000, 0.02, 1.8326233006603216],
    [0, 5, 0.5, 2.749944338935972]
  ])('of %d in %d against %d is %d', (events, trials, share, expected) => {
    expect(logShareBelowEvidence(events, trials, share)).toBeCloseTo(expected, 12)
  })

  it.each([[0, 10], [3, 10], [15, 148], [700, 1000], [0.5, 7.5]])('of %d in %d is enough just where the upper bound of the share is', (events, trials) => {
    for (const confidence of [0.8, 0.95, 0.9999]) {
      const bound = shareUpperBound(events, trials, confidence)
      expect(logShareBelowEvidence(events, trials, bound)).toBeCloseTo(-Math.log1p(-confidence), 9)
    }
  })

  it('is none without trials, and against a share of 0, below which there is nothing', () => {
    expect(logShareBelowEvidence(0, 0, 0.3)).toBe(0)
    expect(logShareBelowEvidence(3, 10, 0)).toBe(0)
  })

  it('grows with the share from what was seen on', () => {
    for (const [events, trials] of [[0, 10], [1, 10], [10, 1000], [2.5, 7.25], [5, 1e6]] as const) {
      let before = -Infinity
      for (let i = 0; i <= 200; i++) {
        const seen = events / trials
        const evidence = logShareBelowEvidence(events, trials, seen + (1 - seen) * (i / 200) ** 4)
        expect(evidence).toBeGreaterThanOrEqual(before)
        before = evidence
      }
    }
  })
})
