import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/rng.ts'
import { eBenjaminiHochberg } from '../../src/stats/e-benjamini-hochberg.ts'

describe('eBenjaminiHochberg', () => {
  // at 5 % of 4 hypotheses: 80 for one, 40 each for two, 26.67 for three, 20 for four
  it.each([
    [[81, 1, 1, 1], [true, false, false, false]],
    [[79, 1, 1, 1], [false, false, false, false]],
    [[79, 41, 1, 1], [true, true, false, false]],
    [[1, 27, 39, 27], [false, true, true, true]], // neither one nor two would do
    [[21, 21, 21, 21], [true, true, true, true]],
    [[1000, 19, 19, 19], [true, false, false, false]],
    [[0, Infinity, 0, 0], [false, true, false, false]],
    [[Infinity, 41, Infinity, 0.5], [true, true, true, false]],
    [[Number.NaN, 81, -0, 1], [false, true, false, false]]
  ])('of evidence %j rejects %j', (evidence, expected) => {
    expect(eBenjaminiHochberg(evidence.map((one) => Math.log(one)), 0.05)).toEqual(expected)
  })

  it('takes none, one, and nothing but extremes', () => {
    expect(eBenjaminiHochberg([], 0.05)).toEqual([])
    expect(eBenjaminiHochberg([Math.log(20.1)], 0.05)).toEqual([true])
    expect(eBenjaminiHochberg([Math.log(19.9)], 0.05)).toEqual([false])
    expect(eBenjaminiHochberg([-Infinity, -Infinity], 0.05)).toEqual([false, false])
    expect(eBenjaminiHochberg([Infinity, Infinity], 0.05)).toEqual([true, true])
    expect(eBenjaminiHochberg([Number.NaN], 0.05)).toEqual([false])
  })

  it('is the largest set of which each member has enough for the size of it', () => {
    const rng = createRng(11)
    for (let round = 0; round < 500; round++) {
      const evidence = Array.from({ length: rng.whole(1, 12) }, () => rng.uniform() < 0.4 ? Math.log(rng.whole(15, 30)) : rng.normal())
      const alpha = rng.pick([0.01, 0.05, 0.5])
      const rejected = eBenjaminiHochberg(evidence, alpha)
      const sizes = evidence.map((_, i) => i + 1).filter((size) => evidence.filter((one) => one >= Math.log(evidence.length / alpha) - Math.log(size)).length >= size)
      const largest = Math.max(0, ...sizes)
      expect(rejected.filter(Boolean), `seed 11, round ${round}`).toHaveLength(largest)
      const least = Math.min(...evidence.filter((_, i) => rejected[i]))
      expect(evidence.every((one, i) => rejected[i] === one >= least)).toBe(true)
    }
  })

  it('rejects more with more evidence and a larger alpha, never less', () => {
    const rng = createRng(12)
    for (let round = 0; round < 200; round++) {
      const evidence = Array.from({ length: 20 }, () => 3 + 2 * rng.normal())
      const rejected = eBenjaminiHochberg(evidence, 0.05)
      const stronger = eBenjaminiHochberg(evidence.map((one) => one + rng.uniform()), 0.05)
      const laxer = eBenjaminiHochberg(evidence, 0.1)
      rejected.forEach((one, i) => {
        if (one) expect([stronger[i], laxer[i]], `seed 12, round ${round}`).toEqual([true, true])
      })
    }
  })

  it('takes a hundred thousand', () => {
    const rng = createRng(13)
    const evidence = Array.from({ length: 100_000 }, (_, i) => i % 100 === 0 ? 10 + rng.uniform() : rng.normal())
    expect(eBenjaminiHochberg(evidence, 0.05).filter(Boolean)).toHaveLength(1000)
  })
})
