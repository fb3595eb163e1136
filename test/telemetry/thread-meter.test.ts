import { describe, expect, it } from 'vitest'
import { SECONDS_BUCKETS } from '../../src/telemetry/metrics.ts'
import { type Series, ThreadMeter } from '../../src/telemetry/thread-meter.ts'

function createMeter(): { readonly meter: ThreadMeter, readonly series: Series[] } {
  const series: Series[] = []
  return { meter: new ThreadMeter((one) => series.push(one)), series }
}

const values = ({ memory }: Series): number[] => [...new Float64Array(memory)]

describe('a meter of a thread', () => {
  it('announces a series once, and counts into the memory it announced', () => {
    const { meter, series } = createMeter()
    meter.counter('requests_total', { route: 'r', backend: 'b', code: '200' }).add()
    meter.counter('requests_total', { code: '200', backend: 'b', route: 'r' }).add(2)
    expect(series).toHaveLength(1)
    expect(series[0]).toMatchObject({ metric: 'requests_total', labels: { route: 'r', backend: 'b', code: '200' } })
    expect(series[0]!.memory).toBeInstanceOf(SharedArrayBuffer)
    expect(values(series[0]!)).toEqual([3])
  })

  it('tells series apart by each of their labels', () => {
    const { meter, series } = createMeter()
    for (const labels of [{ route: 'a', backend: 'b' }, { route: 'b', backend: 'a' }, { route: 'ab', backend: '' }, { route: '', backend: 'ab' }]) meter.histogram('request_duration_seconds', labels)
    expect(series).toHaveLength(4)
  })

  it('sets gauges and moves them', () => {
    const { meter, series } = createMeter()
    const gauge = meter.gauge('connections', {})
    gauge.set(5)
    gauge.add(-2)
    expect(values(series[0]!)).toEqual([3])
  })

  it('puts a value into the bucket whose bound it does not pass', () => {
    const { meter, series } = createMeter()
    const histogram = meter.histogram('first_byte_seconds', { route: 'r', backend: 'b' })
    const bounds = SECONDS_BUCKETS
    for (const value of [0, bounds[0]!, bounds[0]! + 1e-9, bounds[5]!, bounds.at(-1)!, bounds.at(-1)! + 1]) histogram.observe(value)
    const counts = values(series[0]!)
    const sum = counts.pop()
    expect(counts).toHaveLength(bounds.length + 1)
    expect(counts.map((count, i) => [i, count]).filter(([, count]) => count !== 0)).toEqual([[0, 2], [1, 1], [5, 1], [bounds.length - 1, 1], [bounds.length, 1]])
    expect(sum).toBeCloseTo(bounds[0]! * 2 + 1e-9 + bounds[5]! + bounds.at(-1)! * 2 + 1, 9)
  })

  it('has no metric that is not in the table', () => {
    expect(() => createMeter().meter.counter('requests', {})).toThrow('no such metric: requests')
  })

  it('makes no more series than it may, counts those it did not make, and goes on counting the others', () => {
    const { meter, series } = createMeter()
    for (let i = 0; i < 10_000; i++) meter.counter('refused_requests_total', { reason: `r${i}` }).add()
    expect(series).toHaveLength(8192 + 1)
    const dropped = series.filter(({ metric }) => metric === 'series_dropped_total')
    expect(dropped.map(values)).toEqual([[10_000 - 8192]])
    meter.counter('refused_requests_total', { reason: 'r7' }).add()
    expect(values(series[7]!)).toEqual([2])
    expect(() => meter.histogram('first_byte_seconds', { route: 'r', backend: 'b' }).observe(1)).not.toThrow()
  })
})
