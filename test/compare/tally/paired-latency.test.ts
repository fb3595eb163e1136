import { describe, expect, it } from 'vitest'
import { type LatencyReport, PairedLatency } from '../../../src/compare/tally/paired-latency.ts'
import { seeded } from '../support.ts'

const SEED = 20_260_402

function reportOf(times: readonly (readonly [number, number])[], confidence = 0.95): LatencyReport {
  const latency = new PairedLatency()
  for (const [first, second] of times) latency.add(first, second)
  return latency.report(confidence)
}

/** Requests of 1 to 100 ms, the second `ratio` as long as the first, give or take a tenth. */
function timed(count: number, ratio: number): [number, number][] {
  const random = seeded(SEED)
  return Array.from({ length: count }, () => {
    const first = 1 + 99 * random()
    return [first, first * ratio * Math.exp(0.2 * random() - 0.1)]
  })
}

describe('PairedLatency', () => {
  it('sums up the logarithms of ratios within pairs', () => {
    const { count, firstMeanMs, secondMeanMs, ratio, interval, verdict } = reportOf([[10, 20], [40, 20], [5, 5]])
    expect({ count, firstMeanMs, secondMeanMs }).toEqual({ count: 3, firstMeanMs: expect.closeTo(55 / 3, 12), secondMeanMs: 15 })
    expect(ratio).toBeCloseTo(1, 12)
    expect([interval, verdict]).toEqual([null, 'inconclusive'])
  })

  it('leaves out pairs that were not timed on both sides', () => {
    const none = reportOf([[-1, 5], [5, -1], [-1, -1], [0, 5], [5, 0], [Number.NaN, 1], [1, Infinity], [Infinity, Infinity]])
    expect(none).toEqual({ count: 0, firstMeanMs: 0, secondMeanMs: 0, ratio: 1, interval: null, verdict: 'inconclusive' })
  })

  it.each([
    [1.5, 2000, 'slower'],
    [0.7, 2000, 'faster'],
    [1, 2000, 'equivalent'],
    [1.05, 2000, 'equivalent'],
    [1.5, 20, 'inconclusive'],
    [1.101, 300, 'slower']
  ])(`of a shadow that takes %d times as long, after %i requests (seed ${SEED}), says: %s`, (ratio, count, verdict) => {
    const report = reportOf(timed(count, ratio))
    expect([report.verdict, report.count]).toEqual([verdict, count])
    if (report.interval !== null) {
      expect(report.interval[0]).toBeLessThan(ratio)
      expect(report.interval[1]).toBeGreaterThan(ratio)
    }
  })

  it('says the same, turned round, of answers that change places', () => {
    const times = timed(500, 1.3)
    const [ahead, back] = [reportOf(times), reportOf(times.map(([first, second]) => [second, first]))]
    expect([ahead.verdict, back.verdict]).toEqual(['slower', 'faster'])
    expect(ahead.ratio * back.ratio).toBeCloseTo(1, 10)
    expect(ahead.interval![0] * back.interval![1]).toBeCloseTo(1, 10)
  })

  it.each([0.5, 0.95, 0.9999])('has no interval before there is one, with confidence %d', (confidence) => {
    // 30 requests had one from 0 to Infinity, which JSON cannot say; and times that are all one had one without width after 30
    for (let count = 0; count < 100; count++) {
      const { interval } = reportOf(timed(count, 1.2), confidence)
      expect([count, interval === null || interval.every((end) => Number.isFinite(end) && end > 0)]).toEqual([count, true])
      if (count < 50) expect([count, reportOf(Array.from({ length: count }, () => [10, 10]), confidence).verdict]).toEqual([count, 'inconclusive'])
    }
  })
})
