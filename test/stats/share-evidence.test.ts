import { describe, expect, it } from 'vitest'
import { logBeta } from '../../src/stats/log-beta.ts'
import { logShareEvidence } from '../../src/stats/share-evidence.ts'
import { apart } from './support.ts'

describe('logShareEvidence', () => {
  // mpmath, 50 digits: log(beta(x + 0.5, n - x + 0.5)) - log(pi) - x * log(p) - (n - x) * log(1 - p)
  it.each([
    [15, 148, 0.2, 2.5413806717086533],
    [0, 1000, 0.01, 6.023968271090881],
    [1000, 1000, 0.5, 689.1208129775348],
    [2.5, 7.25, 0.3, -1.219255719984062],
    [1_000_000, 2_000_000, 0.5, -7.480120346906837],
    [1, 1e9, 1e-8, -3.9297300945768963],
    [300_000_000, 1e9, 0.3001, 13.21907710509245]
  ])('of %d in %d against %d is %d', (events, trials, share, expected) => {
    // 1 - share is rounded, and what was expected of the others with it: 1e-16 of a thousand million
    expect(apart(logShareEvidence(events, trials, share), expected)).toBeLessThan(trials > 1e8 ? 1e-8 : 1e-12)
  })

  it('is the closed form with beta functions', () => {
    for (const [events, trials] of [[0, 1], [1, 1], [3, 20], [0.25, 0.75], [19.5, 20], [400, 1234]] as const) {
      for (const share of [0.001, 0.125, 0.5, 0.9]) {
        const form = logBeta(events + 0.5, trials - events + 0.5) - Math.log(Math.PI) - events * Math.log(share) - (trials - events) * Math.log1p(-share)
        expect(logShareEvidence(events, trials, share)).toBeCloseTo(form, 10)
      }
    }
  })

  it('is none before the first trial, whatever the share', () => {
    for (const share of [0, 0.3, 1]) expect(logShareEvidence(0, 0, share)).toBeCloseTo(0, 14)
  })

  it('is never in favour of anything against the share that was seen', () => {
    for (const trials of [1, 2, 10, 999, 1e6, 1e9]) {
      for (const share of [0, 0.25, 0.5, 1]) expect(logShareEvidence(trials * share, trials, share)).toBeLessThan(0)
    }
  })

  it('is infinite where what came never comes', () => {
    expect(logShareEvidence(1, 10, 0)).toBe(Infinity)
    expect(logShareEvidence(9, 10, 1)).toBe(Infinity)
  })

  it('is 1 in the mean after any number of trials, under the share itself', () => {
    for (const [trials, share] of [[1, 0.3], [12, 0.05], [40, 0.5]] as const) {
      let mean = 0
      let probability = (1 - share) ** trials
      for (let events = 0; events <= trials; events++) {
        mean += probability * Math.exp(logShareEvidence(events, trials, share))
        probability *= (trials - events) / (events + 1) * share / (1 - share)
      }
      expect(mean).toBeCloseTo(1, 11)
    }
  })

  it('of the others is the same against the rest', () => {
    for (const events of [0, 1, 7, 20]) expect(logShareEvidence(events, 20, 0.25)).toBeCloseTo(logShareEvidence(20 - events, 20, 0.75), 12)
  })
})
