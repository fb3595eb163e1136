import { describe, expect, it } from 'vitest'
import type { Measure } from '../../../src/compare/comparator.ts'
import { equivalence } from '../../../src/compare/verdict/conclude.ts'
import { requestsToDecide } from '../../../src/compare/verdict/forecast.ts'
import { logCoinEvidence } from '../../../src/stats/coin-evidence.ts'
import { countsOf, measured, shadowOnly, TERMS } from './support.ts'

const ENOUGH = Math.log(20)
const more = (counts: ReturnType<typeof countsOf>, measures: Parameters<typeof requestsToDecide>[0]['measures'] = []): number | null => requestsToDecide({ counts, measures }, TERMS, ENOUGH)

describe('the forecast', () => {
  it.each<[string, Parameters<typeof countsOf>[0]]>([
    ['never differs', { neither: 100 }],
    ['never differs, after one request', { neither: 1 }],
    ['differs as noise does', { bothDiffer: 20, onlyShadow: 5, onlyBaseline: 5, neither: 70 }],
    ['differs more often than noise', { bothDiffer: 20, onlyShadow: 8, onlyBaseline: 3, neither: 70 }],
    ['differs a little more often than noise', { bothDiffer: 20, onlyShadow: 50, onlyBaseline: 45, neither: 385 }],
    ['differs less often than noise', { onlyShadow: 1, onlyBaseline: 4, neither: 20 }],
    ['differs once in 300 requests', { onlyShadow: 1, neither: 299 }]
  ])('for a field that %s is as many requests as decide it, and few less do not', (_what, shares) => {
    const counts = countsOf(shares)
    const further = more(counts)!
    expect(further).toBeGreaterThan(0)
    const decided = (requests: number): boolean => {
      const times = requests / counts.both
      const then = countsOf({})
      for (const key of Object.keys(counts) as (keyof typeof counts)[]) if (typeof counts[key] === 'number') Object.assign(then, { [key]: counts[key] * times })
      return logCoinEvidence(then.onlyShadow, then.onlyBaseline) >= ENOUGH || equivalence({ counts: then, measures: [] }, TERMS) !== undefined
    }
    expect(decided(counts.both + further)).toBe(true)
    expect(decided(counts.both + Math.floor(further * 0.97) - 2)).toBe(false)
  })

  it('counts the requests there are to come, not only those with a baseline', () => {
    // one request in ten has a baseline, so ten times as many are needed
    const counts = countsOf({ bothDiffer: 2, onlyShadow: 5, onlyBaseline: 1, neither: 92 })
    const all = more(counts)!
    for (let i = 0; i < 900; i++) counts.add(i % 100 < 7, undefined, 1)
    expect(more(counts)! / all).toBeGreaterThan(9)
    expect(more(counts)! / all).toBeLessThan(11)
  })

  it.each<[string, ReturnType<typeof countsOf>]>([
    ['it was never compared', countsOf({})],
    ['the excess is as large as the margin', countsOf({ onlyShadow: 0, onlyBaseline: 0, bothDiffer: 95, neither: 5 })],
    ['it differs and has no baseline', shadowOnly(30, 70)]
  ])('is that no number of requests would do, where %s', (_what, counts) => {
    expect(more(counts)).toBeNull()
  })

  it('is the fewer of what its measures and its rate would take', () => {
    const measure: Measure = { name: 'distance', kind: 'distance', max: 1 }
    const noisy = countsOf({ bothDiffer: 58, onlyShadow: 1, onlyBaseline: 1 })
    expect(more(noisy)).toBeNull()
    // a little of either sign: equivalent once there are enough
    const alike = more(noisy, [{ measure, count: measured(Array.from({ length: 60 }, (_, i) => [0.5 + 0.02 * (i % 2), 0.51])) }])!
    expect(alike).toBeGreaterThan(30)
    expect(alike).toBeLessThan(200)
    // more on one side: different
    const further = more(noisy, [{ measure, count: measured(Array.from({ length: 60 }, (_, i) => [i % 3 === 0 ? 0.3 : 0.9, 0.5])) }])!
    expect(further).toBeGreaterThan(0)
    expect(further).toBeLessThan(200)
  })
})
