import { describe, expect, it } from 'vitest'
import { MeasureCount } from '../../../src/compare/tally/measure-count.ts'

describe('a measure', () => {
  it('is summed up for each answer, and within requests that have both', () => {
    const count = new MeasureCount()
    for (const [shadow, baseline] of [[4, 1], [2, 2], [1, 3], [10, Number.NaN], [Number.NaN, 6]] as const) count.add(shadow, baseline, true, 1)
    const { shadow, baseline, excess, above, below } = count
    expect([shadow.count, shadow.mean, baseline.count, baseline.mean]).toEqual([4, 17 / 4, 4, 3])
    expect([excess.count, excess.mean, above, below]).toEqual([3, expect.closeTo(1 / 3, 12), 1, 1])
  })

  it('that may be no sign is none, but counts', () => {
    const count = new MeasureCount()
    count.add(4, 1, false, 1)
    expect([count.excess.mean, count.above, count.below]).toEqual([3, 0, 0])
  })

  it('of what is not finite is not measured', () => {
    const count = new MeasureCount()
    count.add(Infinity, 1, true, 1)
    count.add(1, -Infinity, true, 1)
    expect([count.shadow.count, count.baseline.count, count.excess.count]).toEqual([1, 1, 0])
  })
})
