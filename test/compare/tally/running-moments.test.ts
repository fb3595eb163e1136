import { describe, expect, it } from 'vitest'
import { RunningMoments } from '../../../src/compare/tally/running-moments.ts'
import { sampleVariance } from '../../../src/stats/moments.ts'

describe('running moments', () => {
  it('are those of the numbers added', () => {
    const moments = new RunningMoments()
    for (const value of [2, 4, 4, 4, 5, 5, 7, 9]) moments.add(value)
    // R: mean(x) and var(x)
    expect([moments.count, moments.mean, sampleVariance(moments)]).toEqual([8, 5, expect.closeTo(32 / 7, 12)])
  })

  it('stay finite whatever is added', () => {
    // one answer with 1e300 made Infinity and NaN of all that came after
    const moments = new RunningMoments()
    for (let i = 0; i < 1000; i++) for (const value of [1e308, -1e308, 1e300, 5]) moments.add(value)
    expect([moments.count, Number.isFinite(moments.mean), Number.isFinite(moments.squares)]).toEqual([4000, true, true])
  })
})
