import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/rng.ts'
import { arrivalWeights } from '../../src/stats/arrival-weights.ts'
import { logEvidenceStep } from '../../src/stats/coin-evidence.ts'
import { eBenjaminiHochberg } from '../../src/stats/e-benjamini-hochberg.ts'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('weights of hypotheses that turn up one after another', () => {
  it('give a half to the first, by equal parts, and what is left to the rest', () => {
    expect(arrivalWeights([])).toEqual([])
    expect(arrivalWeights([7])).toEqual([0.5])
    expect(arrivalWeights([3, 3, 3, 3])).toEqual([0.125, 0.125, 0.125, 0.125])
    expect(arrivalWeights([9, 1, 5, 5])).toEqual([1 / 12, 0.5, 0.125, 0.125])
  })

  it('never add up to more than 1, and never change by what comes later', () => {
    const rng = createRng(11)
    for (let round = 0; round < 200; round++) {
      const since = Array.from({ length: rng.whole(1, 300) }, () => rng.whole(0, rng.pick([1, 10, 1000])))
      const weights = arrivalWeights(since)
      expect(sum(weights)).toBeLessThanOrEqual(1 + 1e-12)
      const until = rng.whole(0, 1000)
      const earlier = since.flatMap((time, i) => time <= until ? [i] : [])
      expect(arrivalWeights(earlier.map((i) => since[i]!))).toEqual(earlier.map((i) => weights[i]))
    }
  })

  it('keep false alarms below what is promised when fair coins turn up all the time and are watched all the time', () => {
    const [runs, coins, flips] = [400, 60, 1500]
    const rng = createRng(5)
    const watch = (weigh: (since: readonly number[]) => readonly number[]): number => {
      let alarms = 0
      for (let run = 0; run < runs; run++) {
        const state: { heads: number, tails: number, evidence: number, since: number }[] = []
        let alarmed = false
        for (let flip = 0; flip < flips && !alarmed; flip++) {
          if (flip % (flips / coins) === 0) state.push({ heads: 0, tails: 0, evidence: 0, since: flip })
          for (const coin of state) {
            const isHeads = rng.uniform() < 0.5
            coin.evidence += logEvidenceStep(coin.heads, coin.tails, isHeads)
            if (isHeads) coin.heads++
            else coin.tails++
          }
          if (state.every(({ evidence }) => evidence < Math.log(20))) continue // never enough by any rule
          const weights = weigh(state.map(({ since }) => since))
          alarmed = eBenjaminiHochberg(state.map(({ evidence }, i) => evidence + Math.log(weights[i]! * state.length)), 0.05).includes(true)
        }
        if (alarmed) alarms++
      }
      return alarms
    }
    // 99.9 % of runs of a rule that is wrong just as often as promised
    expect(watch(arrivalWeights)).toBeLessThan(0.05 * runs + 3.29 * Math.sqrt(0.05 * 0.95 * runs))
    // what it is for: dividing by the number there is now alarms more than twice as often as promised
    expect(watch((since) => since.map(() => 1 / since.length))).toBeGreaterThan(0.08 * runs)
  })
})
