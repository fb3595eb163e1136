import { describe, expect, it } from 'vitest'
import { bucketQuantile } from '../../../src/control/chaos-run/bucket-quantile.ts'
import type { OwnMeasure } from '../../../src/config/schema/condition.ts'
import { Increases } from '../../../src/control/chaos-run/increases.ts'
import { MovingMeasure } from '../../../src/control/chaos-run/own-measures.ts'
import { Counters, snapshot } from './support/folds.ts'

const measure = (what: OwnMeasure, more: { readonly route?: string, readonly backend?: string, readonly window?: number } = {}): MovingMeasure =>
  new MovingMeasure({ measure: what, route: more.route, backend: more.backend, window: more.window ?? 30_000 })

describe('bucketQuantile', () => {
  // what Prometheus documents of histogram_quantile: even within a bucket, from 0 in the first, and the last bound beyond it
  it.each<[number, number[], number | undefined]>([
    [0.5, [10, 0, 0, 0], 0.05],
    [0.5, [0, 10, 0, 0], 0.15],
    [0.9, [5, 3, 2, 0], 0.3],
    [0.5, [5, 3, 2, 0], 0.1],
    [0.99, [90, 0, 10, 0], 0.2 + 0.2 * 0.9],
    [0.99, [0, 0, 0, 5], 0.4],
    [0.5, [0, 0, 0, 0], undefined]
  ])('of %d in %j is %d', (quantile, counts, expected) => {
    const value = bucketQuantile(quantile, counts, [0.1, 0.2, 0.4])
    if (expected === undefined) expect(value).toBeUndefined()
    else expect(value).toBeCloseTo(expected, 12)
  })
})

describe('MovingMeasure', () => {
  it('counts errors as clients do, over what came in its window', () => {
    const counters = new Counters()
    const errors = measure('error-percent', { window: 10_000 })
    counters.requests('500', 1000)
    errors.take(counters.collect(), 0)
    expect(errors.read()).toBeUndefined()
    counters.requests('200', 90)
    counters.requests('404', 6)
    counters.requests('503', 1)
    counters.requests('429', 1)
    counters.requests('none', 2)
    errors.take(counters.collect(), 1000)
    expect(errors.read()).toBe(4)
    for (let second = 2; second <= 10; second++) errors.take(counters.collect(), second * 1000)
    expect(errors.read()).toBe(4)
    errors.take(counters.collect(), 11_000)
    expect(errors.read()).toBeUndefined()
  })

  it('tells no traffic from none that was measured', () => {
    const counters = new Counters()
    const [rate, p99] = [measure('requests-per-second'), measure('p99')]
    for (const at of [0, 1000]) for (const one of [rate, p99]) one.take(counters.collect(), at)
    expect([rate.read(), p99.read()]).toEqual([0, undefined])
    counters.requests('200', 30)
    rate.take(counters.collect(), 3000)
    expect(rate.read()).toBe(10)
  })

  it('looks at its route and backend alone', () => {
    const counters = new Counters()
    const [all, route, backend] = [measure('requests-per-second'), measure('requests-per-second', { route: 'r' }), measure('requests-per-second', { route: 'r', backend: 'c' })]
    const take = (at: number): void => { for (const one of [all, route, backend]) one.take(counters.collect(), at) }
    take(0)
    counters.requests('200', 1, { route: 'r', backend: 'b' })
    counters.requests('200', 10, { route: 'r', backend: 'c' })
    counters.requests('200', 100, { route: 's', backend: 'c' })
    take(1000)
    expect([all.read(), route.read(), backend.read()]).toEqual([111, 11, 10])
  })

  it('gives quantiles in ms, from what came in its window', () => {
    const counters = new Counters()
    const [p50, p90] = [measure('p50', { window: 2000 }), measure('p90', { window: 2000 })]
    const take = (at: number): void => { for (const one of [p50, p90]) one.take(counters.collect(), at) }
    counters.durations(9)
    take(0)
    counters.durations(0.06, 8) // between 50 and 75 ms
    counters.durations(0.2, 2) // between 100 and 250 ms
    take(1000)
    expect(p50.read()).toBeCloseTo(50 + 25 * 5 / 8, 9)
    expect(p90.read()).toBeCloseTo(100 + 150 * 1 / 2, 9)
    take(2000)
    counters.durations(0.0004, 4)
    take(3000)
    expect(p50.read()).toBeCloseTo(0.5, 9)
  })

  it('keeps a bounded number of snapshots, however often it is told and however long its window', () => {
    const counters = new Counters()
    const rate = measure('requests-per-second', { window: 3_600_000 })
    for (let at = 0; at < 7_200_000; at += 500) {
      counters.requests('200', 5)
      rate.take(counters.collect(), at)
    }
    expect(rate.size).toBeLessThanOrEqual(1803)
    expect(rate.read()).toBeCloseTo(10, 9)
  })
})

describe('Increases', () => {
  const counts = (): Increases => new Increases('requests_total', {}, 1, ({ values: [count = 0] }) => [count])

  it('go on when a series begins anew, and when one is new or gone', () => {
    const increases = counts()
    const labels = { route: 'r', backend: 'b', code: '200' }
    const take = (...values: readonly number[]): readonly number[] => increases.take(values.length === 0 ? new Map() : snapshot('requests_total', labels, ...values))
    expect(take(1000)).toEqual([0])
    expect(take(1010)).toEqual([10])
    expect(take(3)).toEqual([13])
    expect(take(5)).toEqual([15])
    expect(take()).toEqual([15])
    expect(take(2)).toEqual([17])
    expect(increases.take(new Map([['requests_total', [{ labels, values: Float64Array.of(2) }, { labels: { ...labels, code: '500' }, values: Float64Array.of(7) }]]]))).toEqual([24])
  })

  it('miss nothing that a thread counted before it died', () => {
    const counters = new Counters()
    const increases = counts()
    counters.requests('200', 100, undefined, 'a')
    increases.take(counters.collect())
    counters.requests('200', 5, undefined, 'a')
    counters.fold.retire('a')
    counters.requests('200', 3, undefined, 'b')
    expect(increases.take(counters.collect())).toEqual([8])
  })
})
