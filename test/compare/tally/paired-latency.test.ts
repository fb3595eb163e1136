import { describe, expect, it } from 'vitest'
import { PairedLatency } from '../../../src/compare/tally/paired-latency.ts'

describe('PairedLatency', () => {
  it('sums up the logarithms of ratios within pairs', () => {
    const latency = new PairedLatency()
    latency.add(10, 20)
    latency.add(40, 20)
    latency.add(5, 5)
    const { count, primaryMeanMs, otherMeanMs, sumLogRatio, sumSquaredLogRatio } = latency.report()
    expect({ count, primaryMeanMs, otherMeanMs }).toEqual({ count: 3, primaryMeanMs: 55 / 3, otherMeanMs: 15 })
    expect(sumLogRatio).toBeCloseTo(0, 12)
    expect(sumSquaredLogRatio).toBeCloseTo(2 * Math.LN2 ** 2, 12)
  })

  it('leaves out pairs that were not timed on both sides', () => {
    const latency = new PairedLatency()
    for (const [a, b] of [[-1, 5], [5, -1], [-1, -1], [0, 5], [5, 0], [Number.NaN, 1], [1, Infinity]] as const) latency.add(a, b)
    expect(latency.report()).toEqual({ count: 0, primaryMeanMs: 0, otherMeanMs: 0, sumLogRatio: 0, sumSquaredLogRatio: 0 })
  })
})
