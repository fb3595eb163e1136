import { describe, expect, it } from 'vitest'
import { floorOf } from '../../../src/control/gameday/floor.ts'
import { windowOf } from '../../../src/control/gameday/pipeline.ts'

describe('how soon an alert can be noticed', () => {
  it.each<[string, Parameters<typeof floorOf>[0], number, number, string]>([
    ['by the usual settings', { scrapeMs: 15_000, evaluationMs: 15_000, forMs: 60_000, groupWaitMs: 30_000, windowMs: 300_000 }, 120_000, 90_000, 'for'],
    ['without for', { scrapeMs: 15_000, evaluationMs: 15_000, forMs: 0, groupWaitMs: 30_000, windowMs: undefined }, 60_000, 30_000, 'group_wait'],
    ['with a for between evaluations', { scrapeMs: 10_000, evaluationMs: 60_000, forMs: 61_000, groupWaitMs: undefined, windowMs: undefined }, 190_000, 120_000, 'for'],
    ['with slow scrapes', { scrapeMs: 60_000, evaluationMs: 15_000, forMs: 0, groupWaitMs: 5000, windowMs: undefined }, 80_000, 5000, 'scrape interval'],
    ['with nothing known of scrapes', { scrapeMs: undefined, evaluationMs: 15_000, forMs: 0, groupWaitMs: undefined, windowMs: undefined }, 15_000, 0, 'evaluation interval']
  ])('%s', (_, waits, mostMs, leastMs, dominant) => {
    const floor = floorOf(waits)
    expect(floor).toMatchObject({ mostMs, leastMs, dominant: { name: dominant }, windowMs: waits.windowMs })
    expect(floor.terms.reduce((sum, { ms }) => sum + ms, 0)).toBe(floor.mostMs)
  })
})

describe('the window of a query', () => {
  it.each([['up == 0', undefined], ['rate(x[5m]) > 1', 300_000], ['rate(x[1m30s]) / rate(y[1h])', 3_600_000], ['max_over_time(rate(x[1m])[30m:1m])', 1_800_000], ['x{a="[1d]b"}', 86_400_000]])('%s', (query, expected) => {
    expect(windowOf(query)).toBe(expected)
  })
})
