import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/rng.ts'
import { logShareBelowEvidence } from '../../src/stats/share-below-evidence.ts'
import { logDifferenceEvidence, shareDifferenceBounds, type ShareCounts } from '../../src/stats/share-difference.ts'
import { shareSequence, shareUpperBound } from '../../src/stats/share-sequence.ts'
import { countBound } from '../support/chance.ts'
import { apart } from './support.ts'

const counts = (events: number, trials: number): ShareCounts => ({ events, trials })

// events and trials of the first and of the second group
const SEEN = [
  [50, 1000, 10, 1000], [0, 10, 10, 10], [10, 10, 0, 10], [0, 1000, 0, 1000], [3, 50, 2, 5000], [120, 900, 100, 1000], [5, 10, 0, 0], [0, 0, 3, 7], [1e6, 1e8, 1.1e6, 1e8], [2.5, 7.5, 0.5, 3.25],
  [400, 1000, 30, 60]
] as const

/** What `logDifferenceEvidence` is the least of, at so many shares as to tell. */
function leastOfMany(first: ShareCounts, second: ShareCounts, difference: number): number {
  const [low, high] = [Math.max(0, -difference), Math.min(1, 1 - difference)]
  let least = Infinity
  for (let i = 0; i <= 20_000; i++) {
    const share = low + (high - low) * i / 20_000
    const [seenFirst, seenSecond] = [first.events / first.trials, second.events / second.trials]
    // on the side where a group is not less, or not more, it has no evidence
    const ofSecond = share <= seenSecond ? 0 : logShareBelowEvidence(second.events, second.trials, share)
    const ofFirst = share + difference >= seenFirst ? 0 : logShareBelowEvidence(first.trials - first.events, first.trials, 1 - share - difference)
    least = Math.min(least, ofSecond + ofFirst)
  }
  return Math.max(0, least)
}

describe('shareDifferenceBounds', () => {
  // mpmath, 30 digits: halving on the difference where the least over shares, by thirds, of the sum of what
  // share-below-evidence.test.ts says for both groups is -log(1 - c)
  it.each([
    [50, 1000, 10, 1000, 0.95, 0.011432216958266598, 0.07594668874605892],
    [0, 10, 10, 10, 0.95, -1, -0.6365046837624819],
    [0, 1000, 0, 1000, 0.95, -0.00816060175421172, 0.00816060175421172],
    [3, 50, 2, 5000, 0.99, 0.001388671709112041, 0.3321492579792528],
    [120, 900, 100, 1000, 0.9, -0.025313468948056066, 0.09424324578468557]
  ])('of %d in %d and %d in %d at %d are where evidence gets there', (events, trials, otherEvents, others, confidence, low, high) => {
    const bounds = shareDifferenceBounds(counts(events, trials), counts(otherEvents, others), confidence)
    expect(apart(bounds[0], low)).toBeLessThan(1e-11)
    expect(apart(bounds[1], high)).toBeLessThan(1e-11)
  })

  it('say nothing when there were no trials', () => {
    expect(shareDifferenceBounds(counts(0, 0), counts(0, 0))).toEqual([-1, 1])
  })

  it('say of one group alone what its own bounds do', () => {
    const [low, high] = shareDifferenceBounds(counts(5, 10), counts(0, 0))
    expect(low).toBeCloseTo(1 - shareUpperBound(5, 10) - 1, 10)
    expect(high).toBeCloseTo(shareUpperBound(5, 10), 10)
  })

  it.each(SEEN)('of %d in %d and %d in %d hold what was seen, and are mirrored by the groups exchanged', (events, trials, otherEvents, others) => {
    const [low, high] = shareDifferenceBounds(counts(events, trials), counts(otherEvents, others))
    const [otherLow, otherHigh] = shareDifferenceBounds(counts(otherEvents, others), counts(events, trials))
    expect(low).toBeCloseTo(-otherHigh, 12)
    expect(high).toBeCloseTo(-otherLow, 12)
    expect(low).toBeGreaterThanOrEqual(-1)
    expect(high).toBeLessThanOrEqual(1)
    if (trials === 0 || others === 0) return
    expect(low).toBeLessThanOrEqual(events / trials - otherEvents / others)
    expect(high).toBeGreaterThanOrEqual(events / trials - otherEvents / others)
  })
})

describe('logDifferenceEvidence', () => {
  it('is the same as in 30 digits', () => {
    expect(logDifferenceEvidence(counts(50, 1000), counts(10, 1000), 0.01)).toBeCloseTo(3.767749531350942, 12)
    expect(logDifferenceEvidence(counts(50, 1000), counts(10, 1000), 0)).toBeCloseTo(9.918281530950194, 12)
  })

  it('is the least over all shares that far apart', () => {
    const rng = createRng(7)
    for (let i = 0; i < 60; i++) {
      const [trials, others] = [rng.whole(1, 300), rng.whole(1, 300)]
      const [first, second] = [counts(rng.whole(0, trials), trials), counts(Math.floor(rng.whole(0, others) * rng.uniform()), others)]
      const difference = rng.uniform() * 1.6 - 0.8
      const evidence = logDifferenceEvidence(first, second, difference)
      const atPoints = leastOfMany(first, second, difference)
      // a little less where the least lies between two points
      expect(evidence, JSON.stringify({ first, second, difference })).toBeLessThanOrEqual(atPoints + 1e-9)
      expect(evidence).toBeGreaterThanOrEqual(atPoints * 0.95 - 0.01)
    }
  })

  const SEED = 20_261_126
  const ENOUGH = Math.log(20)

  interface Drawn {
    events: number
    trials: number
  }

  /** Trials of the first group when evidence is enough at last, looked at after every trial; `ratio` of the second for each of the first. */
  function foundAfter(seed: number, shares: { readonly first: number, readonly second: number }, ratio: number, trials: number, beyond: number): number | undefined {
    const rng = createRng(SEED + seed)
    const [first, second]: readonly [Drawn, Drawn] = [{ events: 0, trials: 0 }, { events: 0, trials: 0 }]
    const isNull = shares.first - shares.second <= beyond
    while (first.trials + second.trials < trials) {
      const isFirst = rng.uniform() < 1 / (1 + ratio)
      const group = isFirst ? first : second
      group.trials++
      if (rng.uniform() < (isFirst ? shares.first : shares.second)) group.events++
      if (!isNull && first.trials % 10 !== 0) continue
      if (first.events * second.trials <= (second.events + beyond * second.trials) * first.trials) continue
      // the least is below what the true shares have against them
      const atTruth = isNull ? logShareBelowEvidence(second.events, second.trials, shares.second) + logShareBelowEvidence(first.trials - first.events, first.trials, 1 - shares.first) : Infinity
      if (atTruth >= ENOUGH && logDifferenceEvidence(first, second, beyond) >= ENOUGH) return first.trials
    }
    return undefined
  }

  it.each([[0.01, 1, 0], [0.05, 1, 0], [0.5, 1, 0], [0.02, 10, 0], [0.02, 0.1, 0], [0.03, 4, 0.02], [0, 1, 0.05]])('with a share of %d in the second group, %d times as large, and %d more in the first, is ever enough in one run of twenty at most', (second, ratio, more) => {
    const runs = 400
    let alarms = 0
    for (let run = 0; run < runs; run++) if (foundAfter(run, { first: second + more, second }, ratio, 2000, more) !== undefined) alarms++
    expect(alarms).toBeLessThanOrEqual(runs * 0.05 + countBound(runs, 0.05))
  })

  it('tells 5 % from 1 % in two thirds of what intervals for each share take, and sooner still beside ten times as many', () => {
    const eighty = (found: (run: number) => number): number => Array.from({ length: 200 }, (_, run) => found(run)).toSorted((a, b) => a - b)[160]!
    const together = (ratio: number): number => eighty((run) => foundAfter(run, { first: 0.05, second: 0.01 }, ratio, 4000 * (1 + ratio), 0) ?? Infinity)
    const apartTrials = eighty((run) => {
      const rng = createRng(SEED + run)
      let [first, second] = [0, 0]
      for (let trials = 1; trials < 4000; trials++) {
        if (rng.uniform() < 0.05) first++
        if (rng.uniform() < 0.01) second++
        if (trials % 10 === 0 && shareSequence(first, trials, 0.975)[0] > shareSequence(second, trials, 0.975)[1]) return trials
      }
      return Infinity
    })
    expect(together(1)).toBeLessThan(apartTrials * 0.67)
    expect(together(1)).toBeLessThan(800)
    expect(together(10)).toBeLessThan(together(1) * 0.6)
  })
})
