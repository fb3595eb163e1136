import { describe, expect, it } from 'vitest'
import { Caller, callerPerThread } from '../support/callers.ts'
import { startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import { kill, TestSidecar } from '../support/sidecar.ts'

const start = (workers: number): string => `version: 1
listen: 127.0.0.1:0
workers: ${workers}
admin: { listen: 127.0.0.1:0 }
`
const chaos = `
chaos:
  limits: { percent: 100, active: 1 }
  experiments:
    - { name: hold, route: all, where: { headers: { x-hold: "1" } }, percent: 100, duration: 1h, faults: [{ kind: delay, fixed: 10m }] }
`
const died = 'thread died; starting it again'

describe('data-plane threads', () => {
  it('serve on one port, and their counts are summed', async () => {
    const model = await startModel('a')
    const windtunnel = await TestSidecar.start(`${start(2)}
backends: { a: { url: "${model.url}" } }
routes: [{ name: all, backend: a }]
`)
    expect(windtunnel.sidecar.status()).toMatchObject({ state: 'ready', threads: 2 })
    const callers = [...(await callerPerThread(windtunnel.url, 2)).values()]
    await Promise.all(callers.map((caller) => caller.call()))
    // a request is counted when it is over, and its client may know that first
    await expect.poll(() => windtunnel.metric('requests_total', { route: 'all', backend: 'a', code: '200' }), POLL).toBe(model.requests.length)
    expect(await windtunnel.metric('connections')).toBeGreaterThanOrEqual(2)
    expect(await windtunnel.metric('worker_restarts_total')).toBe(0)
  })

  it('that die are started again and counted, while the other goes on; what they counted stays, and all chaos is turned off', async () => {
    const model = await startModel('a')
    const windtunnel = await TestSidecar.start(`${start(2)}
backends: { a: { url: "${model.url}" } }
routes: [{ name: all, backend: a }]
${chaos}`)
    const callers = await callerPerThread(windtunnel.url, 2)
    await Promise.all([...callers.values()].map((caller) => caller.call()))
    await windtunnel.api('POST', '/api/v1/chaos/hold/start')
    await expect.poll(() => windtunnel.metric('requests_total'), POLL).toBe(model.requests.length)
    kill(windtunnel.threads.dataPlanes[0]!)
    expect((await windtunnel.logged(died))[0]).toMatchObject({ thread: 'data-plane-0', level: 'error' })
    expect(windtunnel.sidecar.status().chaosRunning).toEqual([])
    expect((await windtunnel.logged('chaos experiment stopped'))[0]).toMatchObject({ experiment: 'hold', reason: 'a data-plane thread died' })
    expect(await windtunnel.metric('chaos_experiment_running')).toBe(0)
    // one of the two clients has lost its connection, and the other has not noticed
    await expect.poll(() => [...callers.values()].filter(({ lost }) => lost > 0).length, POLL).toBe(1)
    const other = [...callers].find(([, { lost }]) => lost === 0)!
    for (let i = 0; i < 50; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another on one connection
      expect(await other[1].thread()).toBe(other[0])
    }
    await expect.poll(() => windtunnel.metric('requests_total'), POLL).toBe(model.requests.length)
    expect(await windtunnel.metric('worker_restarts_total', { thread: 'data-plane-0' })).toBe(1)
    expect(await windtunnel.metric('worker_restarts_total', { thread: 'data-plane-1' })).toBe(0)
    const after = await callerPerThread(windtunnel.url, 2)
    expect([...after.keys()]).toContain(other[0])
    expect(other[1].lost).toBe(0)
  })

  it('that are all down make the process unready until one is back', async () => {
    const model = await startModel('a')
    const made = TestSidecar.create(`${start(1)}
backends: { a: { url: "${model.url}" } }
routes: [{ name: all, backend: a }]
`)
    const starting = made.sidecar.start()
    expect(made.sidecar.status().state).toBe('starting')
    await starting
    try {
      expect(made.sidecar.status().state).toBe('ready')
      kill(made.threads.dataPlanes[0]!)
      await made.logged(died)
      expect(made.sidecar.status().state).toBe('starting')
      await expect.poll(async () => (await made.api('GET', '/readyz')).status, POLL).toBe(200)
      expect((await new Caller(made.url).call()).status).toBe(200)
    } finally {
      await made.sidecar.stop()
    }
  })

  it('that die under a fault give its places back', async () => {
    const model = await startModel('a')
    const windtunnel = await TestSidecar.start(`${start(1)}
backends: { a: { url: "${model.url}" } }
routes: [{ name: all, backend: a }]
${chaos}`)
    for (let round = 1; round <= 2; round++) {
      // oxlint-disable no-await-in-loop -- one after another is the point
      await windtunnel.api('POST', '/api/v1/chaos/hold/start')
      const held = new Caller(windtunnel.url).call('/', { headers: { 'x-hold': '1' } }).catch(() => 'lost')
      // the only place there is: it must be free again each time
      await expect.poll(() => windtunnel.metric('chaos_active'), POLL).toBe(1)
      kill(windtunnel.threads.dataPlanes[0]!)
      await windtunnel.logged(died, round)
      expect(await held).toBe('lost')
      expect(await windtunnel.metric('chaos_active')).toBe(0)
      await expect.poll(() => windtunnel.sidecar.status().state, POLL).toBe('ready')
      // oxlint-enable no-await-in-loop
    }
    expect(await windtunnel.metric('chaos_skipped_total')).toBe(0)
  })
})

describe('the analyst', () => {
  const mirrored = (model: string, shadow: string): string => `${start(2)}
backends: { a: { url: "${model}" }, b: { url: "${shadow}" } }
routes: [{ name: all, backend: a, mirrors: [{ backend: b, percent: 100 }] }]
`

  it('that dies loses no outcome: every request that was sampled has exactly one', async () => {
    const [model, shadow] = [await startModel('a'), await startModel('b')]
    const windtunnel = await TestSidecar.start(mirrored(model.url, shadow.url))
    const callers = [...(await callerPerThread(windtunnel.url, 2)).values()]
    const ask = (times: number): Promise<unknown> => Promise.all(callers.map(async (caller) => {
      // oxlint-disable-next-line no-await-in-loop -- one after another on one connection
      for (let i = 0; i < times; i++) expect((await caller.call()).status).toBe(200)
    }))
    const differing = (): Promise<number> => windtunnel.metric('mirror_requests_total', { outcome: 'differ' })
    const compares = async (): Promise<void> => {
      const before = await differing()
      await expect.poll(async () => {
        await ask(1)
        return differing()
      }, POLL).toBeGreaterThan(before)
    }
    let deaths = 0
    do {
      // oxlint-disable no-await-in-loop -- until it has died while it was needed
      await compares()
      const asking = ask(40)
      kill(windtunnel.threads.analyst)
      await windtunnel.logged(died, ++deaths)
      await Promise.all([asking, ask(20)])
      // oxlint-enable no-await-in-loop
    } while (await windtunnel.metric('mirror_requests_total', { outcome: 'dropped_handover' }) === 0 || deaths < 2)
    expect(await windtunnel.metric('worker_restarts_total', { thread: 'analyst' })).toBe(deaths)
    const settled = (): Promise<unknown> => expect.poll(async () => {
      const metrics = await windtunnel.metrics()
      return [metrics.sum('mirror_sampled_total') - model.requests.length, metrics.sum('mirror_requests_total') - model.requests.length]
    }, POLL).toEqual([0, 0])
    await settled()
    // it is back, and compares again
    await compares()
    await settled()
    const { json } = await windtunnel.api('GET', '/api/v1/mirrors')
    expect(json.mirrors).toHaveLength(1)
    expect(json.mirrors[0]).toMatchObject({ route: 'all', mirror: 'b', shadow: { backend: 'b', underWay: 0, sampled: model.requests.length }, baseline: null })
  })

  it('is not needed for requests, metrics or the rest of the API', async () => {
    const [model, shadow] = [await startModel('a'), await startModel('b')]
    const windtunnel = await TestSidecar.start(mirrored(model.url, shadow.url))
    await windtunnel.threads.analyst.stop()
    expect((await new Caller(windtunnel.url).call()).status).toBe(200)
    expect(await windtunnel.metric('mirror_sampled_total')).toBe(1)
    expect((await windtunnel.api('GET', '/api/v1/status')).status).toBe(200)
    expect((await windtunnel.api('GET', '/api/v1/mirrors')).json).toMatchObject({ mirrors: [{ shadow: { sampled: 1 }, judgement: null }] })
  })
})
