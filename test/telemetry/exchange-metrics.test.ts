import { describe, expect, it } from 'vitest'
import { exchangeMetrics } from '../../src/telemetry/exchange-metrics.ts'
import { Fold } from '../../src/telemetry/fold.ts'
import { ThreadMeter } from '../../src/telemetry/thread-meter.ts'
import { exchangeOf } from './support/exchange.ts'

function counted(...exchanges: readonly Parameters<typeof exchangeOf>[0][]): Fold {
  const fold = new Fold()
  const observe = exchangeMetrics(new ThreadMeter((series) => fold.add('t', series)))
  for (const one of exchanges) observe(exchangeOf(one))
  return fold
}

const observations = (fold: Fold, metric: string): number =>
  (fold.collect().get(metric) ?? []).reduce((sum, { values }) => sum + values.slice(0, -1).reduce((count, bucket) => count + bucket, 0), 0)

describe('metrics of exchanges', () => {
  it('count each by route, backend and status', () => {
    const fold = counted({}, {}, { status: 500 }, { backend: 'c' }, { route: '', backend: '', status: 404 })
    expect(fold.value('requests_total', { route: 'r', backend: 'b', code: '200' })).toBe(2)
    expect(fold.value('requests_total', { route: 'r', backend: 'b', code: '500' })).toBe(1)
    expect(fold.value('requests_total', { route: 'r', backend: 'c', code: '200' })).toBe(1)
    expect(fold.value('requests_total', { route: '', backend: '', code: '404' })).toBe(1)
    expect(observations(fold, 'request_duration_seconds')).toBe(5)
  })

  it('call a request that got no status "none"', () => {
    expect(counted({ status: 0, ending: 'client_gone', code: 'client_gone' }).value('requests_total', { route: 'r', backend: 'b', code: 'none' })).toBe(1)
  })

  it('count the time to the first octet only where there was one', () => {
    expect(observations(counted({ firstByteMs: -1 }, { firstByteMs: 0 }, {}), 'first_byte_seconds')).toBe(2)
  })

  it('count why Windtunnel answered itself, and nothing where it did not', () => {
    const fold = counted({}, { code: 'closed' }, { code: 'closed' }, { code: 'injected' })
    expect(fold.value('request_errors_total', { route: 'r', backend: 'b', reason: 'closed' })).toBe(2)
    expect(fold.collect().get('request_errors_total')).toHaveLength(2)
  })

  it('go on with what they counted when routes have come and gone without end', () => {
    const others = Array.from({ length: 5000 }, (_, i) => ({ route: `gone-${i}` }))
    expect(counted({}, ...others, {}).value('requests_total', { route: 'r', backend: 'b', code: '200' })).toBe(2)
  })

  it('are in seconds', () => {
    const values = counted({ durationMs: 1500, firstByteMs: 20 }).collect()
    expect(values.get('request_duration_seconds')![0]!.values.at(-1)).toBe(1.5)
    expect(values.get('first_byte_seconds')![0]!.values.at(-1)).toBe(0.02)
  })
})
