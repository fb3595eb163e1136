import { Ejection } from '../../../src/core/ejection.ts'
import { Upstream } from '../../../src/proxy/upstream.ts'
import type { TestDataPlane } from '../../support/data-plane.ts'
import { upstreamOf } from './proxy.ts'

/** Gives the backend of a route, which has only one, a health that the test decides. */
export function healthOf(proxy: TestDataPlane, route = 0): { healthy: boolean } {
  const health = { healthy: true }
  const { name, pool, forward, retries } = upstreamOf(proxy, route)
  const target = new Upstream({ name, pool, forward, retries, ejection: new Ejection({ failures: 5, baseMs: 1000, maxMs: 30_000 }), healthy: () => health.healthy })
  const { plan } = proxy.data
  const routes = plan.routes.map((one, i) => i === route ? { ...one, split: () => ({ name, weight: 1, target }) } : one)
  proxy.data.plan = { ...plan, routes }
  return health
}
