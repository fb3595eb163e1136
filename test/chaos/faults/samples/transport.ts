import type { Samples } from './index.ts'

export const transport: Samples = {
  abort: [{ status: 503 }, { status: 429, headers: { 'retry-after': '1' }, body: '{"error":"busy"}' }, { status: 529, dialect: 'anthropic', phase: 'after' }],
  delay: [{ fixed: '2s' }, { fixed: '0s' }, { fixed: '100ms', jitter: '1s' }, { uniform: { min: '1s', max: '2s' }, phase: 'after' }, { normal: { mean: '1s', sd: '1s' } },
    { lognormal: { median: '1s', sigma: 0.5 } }, { lognormal: { median: '1s', sigma: 2, max: '2s' } }, { percentiles: { p50: '100ms', p95: '1s', p99: '2s', p999: '9s' } }],
  reset: [{}, { phase: 'after' }],
  hang: [{}],
  empty: [{}],
  garbage: [{}, { octets: 1000 }],
  'malformed-chunk': [{}, { body: '{"a":' }],
  quota: [{ requests: 3, per: '1m' }, { tokens: 100, per: '1m', dialect: 'anthropic' }]
}
