import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/rng.ts'
import { logCoinEvidence, logEvidenceStep } from '../../src/stats/coin-evidence.ts'
import { apart } from './support.ts'

describe('logCoinEvidence', () => {
  // mpmath, 50 digits: 2 ** (h + t) * beta(h + 0.5, t + 0.5) / pi
  it.each([
    [8, 0, 50.2734375],
    [10, 0, 180.42578125],
    [30, 10, 23.44398656073099],
    [10, 10, 0.1761970520019531],
    [0.5, 0.25, 0.7137750459513799],
    [1_000_000, 1_000_000, 0.0005641895130240628]
  ])('of %d heads and %d tails is that of %d', (heads, tails, evidence) => {
    expect(apart(Math.exp(logCoinEvidence(heads, tails)), evidence)).toBeLessThan(1e-11)
    expect(logCoinEvidence(tails, heads)).toBeCloseTo(logCoinEvidence(heads, tails), 12)
  })

  it('does not end where evidence is past what a double holds', () => {
    // mpmath: log(2) * 10 ** 6 + log(beta(10 ** 6 + 0.5, 0.5)) - log(pi)
    expect(apart(logCoinEvidence(1_000_000, 0), 693139.7004395984)).toBeLessThan(1e-14)
  })

  it('is what its steps add up to, in any order', () => {
    const rng = createRng(20_260_301)
    for (const chance of [0.5, 0.1, 0.97]) {
      let heads = 0
      let tails = 0
      let sum = 0
      for (let toss = 0; toss < 20_000; toss++) {
        const isHeads = rng.uniform() < chance
        sum += logEvidenceStep(heads, tails, isHeads)
        if (isHeads) heads++
        else tails++
        if (toss % 997 === 0 || toss < 50) expect(Math.abs(logCoinEvidence(heads, tails) - sum), `seed 20260301, toss ${toss}`).toBeLessThan(1e-9)
      }
    }
  })

  it('is expected to stay where it is with every toss of a fair coin', () => {
    for (const [heads, tails] of [[0, 0], [3, 1], [100, 250], [0.5, 7.25]] as const) {
      expect((Math.exp(logEvidenceStep(heads, tails, true)) + Math.exp(logEvidenceStep(heads, tails, false))) / 2).toBeCloseTo(1, 14)
    }
  })
})
