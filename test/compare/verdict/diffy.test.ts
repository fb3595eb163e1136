import { describe, expect, it } from 'vitest'
import { diffy } from '../../../src/compare/verdict/diffy.ts'
import { countsOf } from './support.ts'

/** r requests in which the candidate differs and n in which the noise instance does, of N: as few of them the same as can be. */
function counted(requests: number, raw: number, noise: number): ReturnType<typeof countsOf> {
  const bothDiffer = Math.min(raw, noise)
  return countsOf({ bothDiffer, onlyShadow: raw - bothDiffer, onlyBaseline: noise - bothDiffer, neither: requests - Math.max(raw, noise) })
}

describe('the rule of Diffy', () => {
  // worked out by hand from JoinedDifferences.scala: relative = |r - n| / (r + n), absolute = |r - n| / N, both in percent and strict
  it.each([
    [1000, 60, 40, 20, 2, false],
    [1000, 61, 40, 20.792_079_207_920_793, 2.1, true],
    [1, 1, 0, 100, 100, true],
    [1000, 40, 61, 20.792_079_207_920_793, 2.1, false],
    [10_000, 3, 0, 100, 0.03, false],
    [10_000, 4, 0, 100, 0.04, true],
    // noise of two requests in three hides whatever there is
    [1000, 1000, 667, 19.976_004_799_04, 33.3, false]
  ])('of %i requests, %i with a difference and %i with noise: %d %% and %d %%, reported %s', (requests, raw, noise, relative, absolute, reported) => {
    const found = diffy(counted(requests, raw, noise))
    expect(found.reported).toBe(reported)
    expect(found.relative).toBeCloseTo(relative, 9)
    expect(found.absolute).toBeCloseTo(absolute, 9)
  })

  it.each([[0, 0, 0], [1000, 0, 0]])('says nothing of %i requests without a difference', (requests, raw, noise) => {
    expect(diffy(counted(requests, raw, noise))).toEqual({ reported: false, relative: null, absolute: null })
  })

  it('sees no pairs, only sums: whether it is the same requests that differ or others', () => {
    expect(diffy(countsOf({ bothDiffer: 40, onlyShadow: 21, neither: 939 }))).toEqual(diffy(countsOf({ onlyShadow: 61, onlyBaseline: 40, neither: 899 })))
  })
})
