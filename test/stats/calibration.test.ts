import { describe, expect, it } from 'vitest'
import { createRng, type Rng } from '../../src/core/rng.ts'
import { logCoinEvidence } from '../../src/stats/coin-evidence.ts'
import { eBenjaminiHochberg } from '../../src/stats/e-benjamini-hochberg.ts'
import { excessInterval } from '../../src/stats/excess-interval.ts'
import { excessSequence } from '../../src/stats/excess-sequence.ts'
import { logMeanEvidence } from '../../src/stats/mean-sequence.ts'
import { addValue, NO_MOMENTS } from '../../src/stats/moments.ts'
import { logShareEvidence } from '../../src/stats/share-evidence.ts'
import { shareSequence, shareUpperBound } from '../../src/stats/share-sequence.ts'
import { studentInterval } from '../../src/stats/student-interval.ts'
import { countBound } from '../support/chance.ts'

/*
 * Every test holds its false-alarm rate under the null, also when it is watched after every request. Simulated with fixed
 * seeds: with a rate of `share`, a count over `runs` goes past runs * share + countBound(runs, share) once in 2000 times.
 */

const SEED = 20_260_417
const ALPHA = 0.05
const ENOUGH = Math.log(1 / ALPHA)

/** How many of `runs` go wrong; each has a generator of its own, so that one can be had again. */
function count(runs: number, goesWrong: (rng: Rng) => boolean): number {
  let wrong = 0
  for (let run = 0; run < runs; run++) if (goesWrong(createRng(SEED + run))) wrong++
  return wrong
}

const most = (runs: number, share: number): number => runs * share + countBound(runs, share)

/** Evidence against a share, followed trial by trial: what `logShareEvidence` is of the counts so far. */
class Follower {
  events = 0
  trials = 0
  log = 0
  private readonly share: number

  constructor(share: number) {
    this.share = share
  }

  add(isEvent: boolean): void {
    const seen = isEvent ? this.events : this.trials - this.events
    this.log += Math.log((seen + 0.5) / (this.trials + 1) / (isEvent ? this.share : 1 - this.share))
    this.trials++
    if (isEvent) this.events++
  }
}

describe(`with seed ${SEED}`, () => {
  it('a fair coin is called unfair, ever in 2000 tosses, in 5 % of runs at most', () => {
    const runs = 2000
    const alarms = count(runs, (rng) => {
      const coin = new Follower(0.5)
      while (coin.trials < 2000 && coin.log < ENOUGH) coin.add(rng.uniform() < 0.5)
      expect(coin.log).toBeCloseTo(logCoinEvidence(coin.events, coin.trials - coin.events), 9)
      return coin.log >= ENOUGH
    })
    expect(alarms).toBeLessThanOrEqual(most(runs, ALPHA))
    expect(alarms).toBeGreaterThan(runs * ALPHA / 4) // nor is so much given away that it would never find a thing
  })

  it('a coin that falls heads three times in five is found out within 2000 tosses, nearly always', () => {
    expect(count(500, (rng) => {
      const coin = new Follower(0.5)
      while (coin.trials < 2000 && coin.log < ENOUGH) coin.add(rng.uniform() < 0.6)
      return coin.log < ENOUGH
    })).toBeLessThan(2)
  })

  it.each([0.5, 0.05, 0.002])('a share of %d is left out by its sequence, ever in 2000 trials, in 5 % of runs at most', (share) => {
    const runs = 1000
    const missed = count(runs, (rng) => {
      const seen = new Follower(share)
      while (seen.trials < 2000 && seen.log < ENOUGH) seen.add(rng.uniform() < share)
      const [low, high] = shareSequence(seen.events, seen.trials)
      expect(low < share && share < high).toBe(seen.log < ENOUGH)
      return seen.log >= ENOUGH
    })
    expect(missed).toBeLessThanOrEqual(most(runs, ALPHA))
    expect(missed).toBeGreaterThan(runs * ALPHA / 10)
  })

  it.each([0.5, 0.05, 0.002])('a share of %d is above its upper bound, ever in 2000 trials, in 5 % of runs at most', (share) => {
    const runs = 1000
    // the bound needs no working out where all of its evidence could not do
    const ahead = Math.log(2 / Math.PI * Math.asin(Math.sqrt(share)))
    const missed = count(runs, (rng) => {
      const seen = new Follower(share)
      while (seen.trials < 2000) {
        seen.add(rng.uniform() < share)
        if (seen.log - ahead >= ENOUGH && seen.events < seen.trials * share && shareUpperBound(seen.events, seen.trials) <= share) return true
      }
      return false
    })
    expect(missed).toBeLessThanOrEqual(most(runs, ALPHA))
    expect(missed).toBeGreaterThan(runs * ALPHA / 10)
  })

  it.each([[0.03, 0.03], [0.4, 0.3], [0.01, 0], [0, 0.002], [0.45, 0.45]])('an excess of %d less %d is left out by its sequence, ever in 1000 pairs, in 5 % of runs at most', (first, second) => {
    const runs = 500
    const missed = count(runs, (rng) => {
      const discordant = new Follower(first + second)
      const firsts = new Follower(Math.min(1 - 1e-12, Math.max(1e-12, first / (first + second))))
      // where one of its three parts misses, at the least; the sides of the share of discordant pairs may be that much ahead
      const ahead = Math.log(2 / Math.PI * Math.asin(Math.sqrt(Math.min(first + second, 1 - first - second))))
      while (discordant.trials < 1000) {
        const draw = rng.uniform()
        const isDiscordant = draw < first + second
        discordant.add(isDiscordant)
        if (isDiscordant) firsts.add(draw < first)
        if (firsts.log < Math.log(2 / ALPHA) - 1e-9 && discordant.log - ahead < Math.log(4 / ALPHA) - 1e-9) continue
        const [low, high] = excessSequence({ onlyFirst: firsts.events, onlySecond: firsts.trials - firsts.events, pairs: discordant.trials })
        if (first - second < low || first - second > high) return true
      }
      return false
    })
    expect(missed).toBeLessThanOrEqual(most(runs, ALPHA))
  })

  it('an excess is left out by the interval for one look as often as it says, and far more often when watched', () => {
    const runs = 1000
    let watched = 0
    const missed = count(runs, (rng) => {
      let [onlyFirst, onlySecond, everMissed] = [0, 0, false]
      for (let pairs = 1; pairs <= 400; pairs++) {
        const draw = rng.uniform()
        if (draw < 0.1) onlyFirst++
        else if (draw < 0.2) onlySecond++
        else continue
        // the interval leaves out 0 just where this test rejects (see excess-interval.test.ts)
        if ((onlyFirst - onlySecond) ** 2 / (onlyFirst + onlySecond) >= 1.959963984540054 ** 2) everMissed = true
      }
      if (everMissed) watched++
      const [low, high] = excessInterval({ onlyFirst, onlySecond, pairs: 400 })
      return low > 0 || high < 0
    })
    expect(Math.abs(missed - runs * ALPHA)).toBeLessThanOrEqual(countBound(runs, ALPHA))
    expect(watched).toBeGreaterThan(4 * runs * ALPHA)
  })

  describe('of 20 fields that are watched after every pair and go together', () => {
    const FIELDS = 20

    /** Shares of false rejections among all, at the first rejection and after 300 pairs; the first `faulty` fields do differ. */
    function falseShares(rng: Rng, faulty: number): readonly [atFirst: number, atLast: number] {
      const coins = Array.from({ length: FIELDS }, () => new Follower(0.5))
      const falseShare = (): number | undefined => {
        const rejected = eBenjaminiHochberg(coins.map(({ log }) => log), ALPHA)
        const total = rejected.filter(Boolean).length
        return total === 0 ? undefined : rejected.slice(faulty).filter(Boolean).length / total
      }
      let atFirst: number | undefined
      for (let pair = 0; pair < 300; pair++) {
        // half of the fields of a pair fall as one coin does
        const common = rng.uniform()
        coins.forEach((coin, field) => coin.add((rng.uniform() < 0.5 ? common : rng.uniform()) < (field < faulty ? 0.75 : 0.5)))
        // one rejection needs as much from one field at the least
        if (atFirst === undefined && coins.some(({ log }) => log >= ENOUGH)) atFirst = falseShare()
      }
      return [atFirst ?? 0, falseShare() ?? 0]
    }

    it.each([0, 5])('%d of which differ, 5 % of the rejected do not, at most, in the mean over runs', (faulty) => {
      const runs = 300
      let [first, last, rejecting] = [0, 0, 0]
      for (let run = 0; run < runs; run++) {
        const [atFirst, atLast] = falseShares(createRng(SEED + run), faulty)
        first += atFirst
        last += atLast
        if (atFirst > 0) rejecting++
      }
      // shares are in [0, 1], so that their mean spreads no more than that of events
      expect(first).toBeLessThanOrEqual(most(runs, ALPHA * (FIELDS - faulty) / FIELDS))
      expect(last).toBeLessThanOrEqual(most(runs, ALPHA * (FIELDS - faulty) / FIELDS))
      if (faulty === 0) expect(rejecting).toBeLessThanOrEqual(most(runs, ALPHA))
    })
  })

  describe('a mean is left out by its sequence, ever in 3000 numbers', () => {
    const uniformAround0 = (rng: Rng): number => rng.uniform() - 0.5 + 2 ** -33 // never 0
    const event = (share: number) => (rng: Rng): number => (rng.uniform() < share ? 1 : 0) - share

    /** Of numbers with mean 0, looked at from the `from`th on. */
    const misses = (runs: number, from: number, draw: (rng: Rng) => number): number => count(runs, (rng) => {
      let moments = NO_MOMENTS
      while (moments.count < 3000) {
        moments = addValue(moments, draw(rng))
        if (moments.count >= from && logMeanEvidence(moments) >= ENOUGH) return true
      }
      return false
    })

    it.each<[name: string, share: number, from: number, draw: (rng: Rng) => number]>([
      ['normal numbers', ALPHA, 1, (rng) => rng.normal()],
      ['Cauchy\'s numbers', ALPHA, 1, (rng) => Math.tan(Math.PI * uniformAround0(rng))],
      ['three in a hundred that are 1 or -1', ALPHA, 1, (rng) => rng.uniform() < 0.03 ? Math.sign(uniformAround0(rng)) : 0],
      ['exponential numbers', ALPHA, 1, (rng) => -Math.log(1 - rng.uniform()) - 1],
      ['an event that happens once in 10, if looked at from 300 on', ALPHA, 300, event(0.1)],
      ['lognormal numbers, if looked at from 300 on', 0.065, 300, (rng) => Math.exp(rng.normal()) - Math.exp(0.5)]
    ])('of %s: in %d of runs at most', (_, share, from, draw) => {
      const runs = 400
      expect(misses(runs, from, draw)).toBeLessThanOrEqual(most(runs, share))
    })

    it('of an event that happens once in 100 so often that it must not be asked', () => {
      expect(misses(100, 1, event(0.01))).toBeGreaterThan(50)
    })
  })

  it('a mean is left out by Student\'s interval for one look as often as it says', () => {
    const runs = 2000
    const missed = count(runs, (rng) => {
      let moments = NO_MOMENTS
      for (let i = 0; i < 12; i++) moments = addValue(moments, rng.normal() + 3)
      const [low, high] = studentInterval(moments)
      return low > 3 || high < 3
    })
    expect(Math.abs(missed - runs * ALPHA)).toBeLessThanOrEqual(countBound(runs, ALPHA))
  })

  it('evidence followed trial by trial is that of the counts', () => {
    const rng = createRng(SEED)
    for (const share of [0.5, 0.01]) {
      const seen = new Follower(share)
      for (let trial = 0; trial < 5000; trial++) seen.add(rng.uniform() < 0.03)
      expect(seen.log).toBeCloseTo(logShareEvidence(seen.events, seen.trials, share), 8)
    }
  })
})
