import type { Exchange } from '../../../src/core/exchange.ts'

/** An exchange with nothing special about it, but for what a test says. */
export const exchangeOf = (special: Partial<Exchange> = {}): Exchange => ({
  requestId: 'id-1', startedAtMs: 1_700_000_000_123, method: 'POST', path: '/v1/x', host: 'example.com', client: '127.0.0.1', route: 'r', backend: 'b', arm: 'b',
  status: 200, ending: 'answered', code: '', requestBytes: 10, responseBytes: 20, firstByteMs: 1.23456, durationMs: 2.34567, attempts: 1, injected: [], decisions: [], ...special
})
