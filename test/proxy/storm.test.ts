import { expect, it, onTestFinished, vi } from 'vitest'
import { Random, runSeed } from '../http/support/random.ts'
import { eventually } from '../http/support/signal.ts'
import { leftOver, metric, reload, type Setup, startProxy } from './support/proxy.ts'
import { behave, StormBackend } from './support/storm.ts'

const REQUESTS = 2000
// a machine that is busy with other things answers so late that some of what can happen is rare
const MOST_REQUESTS = 20_000
const ENDINGS = ['answered', 'broken', 'client_gone', 'local', 'tunnel']
const CODES = ['closed', 'bad_response', 'first_byte_timeout', 'client_gone', 'injected', 'no_route']
const COUNTERS = ['retries_total', 'fallbacks_total', 'ejections_total']
const CLIENTS = 40

const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length

it('every request ends once and leaves nothing, whatever clients and backends do', { timeout: 60_000 }, async () => {
  const random = new Random(runSeed())
  const before = sockets()
  const backends = await Promise.all(Array.from({ length: 3 }, (_, i) => new StormBackend(new Random(random.seed + i)).listen()))
  const [a, b, c] = backends.map(({ port }) => port)
  onTestFinished(() => backends.forEach((backend) => backend.close()))
  const limits = 'maxConnections: 8, maxWaiting: 12, eject: { failures: 4, base: 5ms, max: 20ms }, timeouts: { connect: 100ms }'
  const timeouts = 'timeouts: { firstByte: 60ms, idle: 60ms, connect: 100ms }'
  const setup: Setup = {
    listen: 'timeouts: { head: 300ms, idle: 300ms }',
    backends: { a: [a!, limits], b: [b!, limits], c: [c!, limits] },
    routes: [
      `name: plain, match: { path: { prefix: /plain } }, backend: a, ${timeouts}`,
      `name: body, match: { path: { prefix: /body } }, unit: { body: /u }, maxBuffer: 100KiB, backend: a, ${timeouts}`,
      `name: fallback, match: { path: { prefix: /fallback } }, backend: a, fallback: b, ${timeouts}`,
      `name: chaos, match: { path: { prefix: /chaos } }, backend: b, ${timeouts}`,
      `name: mirror, match: { path: { prefix: /mirror } }, backend: b, mirrors: [{ backend: c, percent: 100, timeout: 60ms, maxBody: 50KiB, maxInFlight: 5 }], ${timeouts}`
    ],
    chaos: 'limits: { percent: 100, active: 10 }, experiments: [{ name: one, route: chaos, percent: 50, duration: 1h, faults: [{ kind: delay, fixed: 20ms, jitter: 20ms }] }, { name: two, route: chaos, percent: 50, duration: 1h, faults: [{ kind: delay, fixed: 5ms }, { kind: abort, status: 503 }] }]'
  }
  const proxy = await startProxy(setup)
  proxy.startChaos()
  const accepted = vi.spyOn(proxy.listener, 'onRequest')

  const missing = (): string[] => [
    ...ENDINGS.filter((ending) => !proxy.exchanges.some((exchange) => exchange.ending === ending)),
    ...CODES.filter((code) => !proxy.exchanges.some((exchange) => exchange.code === code)),
    ...COUNTERS.filter((name) => metric(proxy, name) === 0)
  ]
  let begun = 0
  await Promise.all(Array.from({ length: CLIENTS }, async (_, i) => {
    const own = new Random(random.seed + 1000 + i)
    while (begun < REQUESTS || (begun < MOST_REQUESTS && missing().length > 0)) {
      // oxlint-disable-next-line no-await-in-loop -- a client does one thing after another
      const count = await behave(own, proxy.port)
      begun += count
    }
  }))

  const what = `seed ${random.seed}`
  await eventually(() => proxy.data.inFlight === 0 && metric(proxy, 'connections') === 0 && proxy.data.tunnels.size === 0)
  expect(leftOver(proxy), what).toEqual({ inFlight: 0, held: 0, tunnels: 0, places: 0 })
  expect([proxy.exchanges.length, new Set(proxy.exchanges.map(({ requestId }) => requestId)).size], what).toEqual([accepted.mock.calls.length, accepted.mock.calls.length])
  // it has been a storm: all there is has happened
  expect(missing(), what).toEqual([])
  await eventually(() => metric(proxy, 'mirror_in_flight') === 0 && metric(proxy, 'mirror_held_bytes') === 0)
  expect(proxy.data.plan.routes.map((route) => route.split(0).target.pool.counts.waiting), what).toEqual([0, 0, 0, 0, 0])

  // and no socket is left once the pools are let go, on any side
  reload(proxy, { backends: { d: 1 } })
  await eventually(() => backends.every((backend) => backend.sockets.size === 0))
  await eventually(() => sockets() <= before)
})
