import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { atEndOfFile } from '../support/at-end.ts'
import { Caller } from '../support/callers.ts'
import { type Model, startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import { type Answer, TestSidecar } from '../support/sidecar.ts'

const atEnd = atEndOfFile()
let model: Model
let windtunnel: TestSidecar

const ABORT = 'faults: [{ kind: abort, status: 503 }]'
const EXPERIMENTS = [
  // what is asked of it holds, whatever is injected
  `{ name: passes, route: all, percent: 10, duration: 1h, stages: [{ percent: 5, duration: 1s }, { percent: 10, duration: 2s }], minRequests: 5, hypothesis: [{ condition: { measure: error-percent, max: 90, window: 5s } }], ${ABORT} }`,
  `{ name: fails, route: all, percent: 20, duration: 2s, minRequests: 5, hypothesis: [{ condition: { measure: error-percent, max: 1, window: 5s } }], ${ABORT} }`,
  `{ name: halts, route: all, percent: 20, duration: 1h, stop: [{ condition: { name: errors, measure: error-percent, max: 10, window: 5s } }], ${ABORT} }`,
  `{ name: harmful, route: all, percent: 20, control: 20, duration: 1h, minRequests: 20, harm: [{ of: errors, more: 5 }], ${ABORT} }`,
  `{ name: unhealthy, route: all, percent: 1, duration: 1h, baseline: 1s, hypothesis: [{ condition: { measure: requests-per-second, min: 1000000, window: 2s } }], ${ABORT} }`,
  `{ name: unseen, route: all, percent: 20, duration: 1s, hypothesis: [{ condition: { measure: p99, max: 1s, window: 2s } }], where: { headers: { x-none: "1" } }, ${ABORT} }`,
  `{ name: closed, route: all, percent: 1, duration: 1m, schedule: { window: { days: [mon], from: "03:00", to: "03:01", timezone: Pacific/Kiritimati } }, ${ABORT} }`,
  `{ name: ramped, route: all, percent: 4, duration: 1h, ramp: { shape: step, of: both, over: 10, from: 50 }, faults: [{ kind: delay, fixed: 1ms }] }`
]

beforeAll(async () => {
  model = await startModel('a', atEnd)
  windtunnel = await TestSidecar.start(`version: 1
listen: 127.0.0.1:0
workers: 2
admin: { listen: 127.0.0.1:0 }
backends: { a: { url: "${model.url}" } }
routes: [{ name: all, backend: a }]
chaos:
  limits: { percent: 100, active: 1000 }
  experiments:
${EXPERIMENTS.map((one) => `    - ${one}`).join('\n')}
`, { atEnd })
})

afterEach(() => void windtunnel.sidecar.chaos.stopAll('the test is over'))

const post = (name: string, action = 'start'): Promise<Answer> => windtunnel.api('POST', `/api/v1/chaos/${name}/${action}`)
const get = async (path: string): Promise<any> => (await windtunnel.api('GET', `/api/v1/chaos${path}`)).json // oxlint-disable-line typescript/no-explicit-any -- an answer

interface Ended { readonly id: string, readonly how: string, readonly verdict: { readonly kind: string, readonly reasons: readonly { readonly code: string }[] } }

/** Runs an experiment under load until it has ended. */
async function play(name: string, { requests = true, meanwhile = async (): Promise<void> => undefined } = {}): Promise<Ended> {
  const before = (await get('/runs')).runs.length as number
  expect((await post(name)).status).toBe(200)
  const over = new AbortController()
  const load = (async () => {
    const caller = new Caller(windtunnel.url)
    if (!requests) return
    while (!over.signal.aborted) await caller.call() // oxlint-disable-line no-await-in-loop -- a closed loop
  })()
  await meanwhile()
  await expect.poll(async () => (await get('/runs')).runs.length, { ...POLL, timeout: 30_000 }).toBe(before + 1)
  over.abort()
  await load
  return (await get('/runs')).runs[0]
}

describe('the gauges of an experiment', () => {
  it('say what it is now, along its ramp', async () => {
    const gauges = (): Promise<readonly number[]> => Promise.all(['chaos_share', 'chaos_strength'].map((name) => windtunnel.metric(name, { experiment: 'ramped' })))
    expect(await gauges()).toEqual([0, 0])
    await post('ramped')
    expect(await gauges()).toEqual([0.02, 0.5])
    const caller = new Caller(windtunnel.url)
    for (let i = 0; i < 10; i++) await caller.call() // oxlint-disable-line no-await-in-loop -- one after the other
    await expect.poll(gauges, POLL).toEqual([0.04, 1])
    await post('ramped', 'stop')
    expect(await gauges()).toEqual([0, 0])
  })
})

describe('a run', () => {
  it('whose hypothesis holds through all its stages passes, and its experiment says so', async () => {
    const { how, verdict, id } = await play('passes', {
      meanwhile: async () => {
        await expect.poll(() => windtunnel.metric('chaos_share', { experiment: 'passes' }), POLL).toBe(0.05)
        await expect.poll(() => windtunnel.metric('chaos_share', { experiment: 'passes' }), POLL).toBe(0.1)
      }
    })
    expect([how, verdict.kind, verdict.reasons[0]!.code]).toEqual(['completed', 'PASS', 'hypothesis_held'])
    expect((await get('')).experiments[0]).toMatchObject({ state: 'stopped', lastVerdict: 'PASS' })
    expect((await get(`/runs/${id}`)).stages).toHaveLength(2)
    expect(await windtunnel.metric('chaos_runs_total', { experiment: 'passes', verdict: 'PASS' })).toBe(1)
    const journal = await get(`/runs/${id}/journal`)
    expect([journal.status, journal.deviated, journal.experiment.title]).toEqual(['completed', false, expect.stringContaining('passes')])
    expect((await windtunnel.api('GET', `/api/v1/chaos/runs/${id}/junit`)).text).toContain('<testsuite name="passes"')
  })

  it('whose hypothesis does not hold fails', async () => {
    const { how, verdict } = await play('fails')
    expect([how, verdict.kind, verdict.reasons[0]!.code]).toEqual(['completed', 'FAIL', 'hypothesis_violated'])
  })

  it('that breaks a stop rule is halted, and hits nobody any more', async () => {
    const { how, verdict } = await play('halts')
    expect([how, verdict.kind]).toEqual(['halted', 'FAIL'])
    const caller = new Caller(windtunnel.url)
    for (let i = 0; i < 20; i++) expect((await caller.call()).status).toBe(200) // oxlint-disable-line no-await-in-loop -- one after another
  })

  it('that does more harm to those it hits than to those it spares is halted', async () => {
    const { how, verdict, ...rest } = await play('harmful') as Ended & { readonly arms: Readonly<Record<string, { readonly requests: number, readonly errors: number }>> }
    expect([how, verdict.kind, verdict.reasons[0]!.code]).toEqual(['halted', 'FAIL', 'harm'])
    expect([rest.arms['experiment']!.errors, rest.arms['control']!.errors]).toEqual([rest.arms['experiment']!.requests, 0])
  })

  it('does not begin where its steady state is none', async () => {
    const { how, verdict } = await play('unhealthy')
    expect([how, verdict.kind, verdict.reasons[0]!.code]).toEqual(['aborted_baseline', 'INCONCLUSIVE', 'baseline_unhealthy'])
    expect(await windtunnel.metric('chaos_eligible_total', { experiment: 'unhealthy' })).toBe(0)
  })

  it('that none was part of concludes nothing', async () => {
    const { verdict } = await play('unseen', { requests: false })
    expect(verdict.kind).toBe('INCONCLUSIVE')
  })

  it('that somebody stops is over at once, and concludes nothing', async () => {
    const { how, verdict } = await play('passes', {
      meanwhile: async () => {
        expect((await get('')).experiments[0]).toMatchObject({ state: 'running', phase: 'running' })
        await post('passes', 'stop')
      }
    })
    expect([how, verdict.kind]).toEqual(['stopped', 'INCONCLUSIVE'])
  })

  it('outside the window of its schedule is not started', async () => {
    const refused = await post('closed')
    expect([refused.status, refused.json.error.code]).toEqual([409, 'outside_window'])
  })
})
