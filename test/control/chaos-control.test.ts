import { writeFileSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { draw, keyOf, saltOf } from '../../src/core/hash.ts'
import { atEndOfFile } from '../support/at-end.ts'
import { Caller } from '../support/callers.ts'
import { type Model, startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import { type Answer, TestSidecar } from '../support/sidecar.ts'

const START = `version: 1
listen: 127.0.0.1:0
workers: 2
admin: { listen: 127.0.0.1:0 }
`

const base = ({ url }: Model): string => `${START}
backends: { a: { url: "${url}" } }
routes: [{ name: all, backend: a }]
`

const SHARE = 0.25
const experiment = (name: string, more: string): string => `    - { name: ${name}, route: all, percent: ${SHARE * 100}, ${more} }\n`
const config = (to: Model): string => `${base(to)}
chaos:
  limits: { percent: 100, active: 100 }
  experiments:
${experiment('held', 'duration: 1h, faults: [{ kind: delay, fixed: 10m }]')}${experiment('short', 'duration: 300ms, faults: [{ kind: delay, fixed: 10m }]')}${experiment('failing', 'duration: 1h, faults: [{ kind: abort, status: 503, headers: { retry-after: "7" }, body: "chaos" }]')}`

/** Request ids that an experiment hits, and that those of `not` do not. */
const victims = (name: string, count: number, not: readonly string[] = []): string[] => {
  const hits = (experimentName: string, id: string): boolean => draw(saltOf('chaos', experimentName), keyOf(id)) < SHARE
  return Array.from({ length: 1000 }, (_, i) => `r${i}`).filter((id) => hits(name, id) && !not.some((other) => hits(other, id))).slice(0, count)
}

const atEnd = atEndOfFile()
let model: Model
let windtunnel: TestSidecar

beforeAll(async () => {
  model = await startModel('a', atEnd)
  windtunnel = await TestSidecar.start(config(model), { atEnd })
})

afterEach(() => void windtunnel.sidecar.chaos.stopAll('the test is over'))

const post = (path: string): Promise<Answer> => windtunnel.api('POST', `/api/v1/chaos/${path}`)
const states = (answer: Answer): Record<string, string> => Object.fromEntries((answer.json.experiments as { name: string, state: string }[]).map(({ name, state }) => [name, state]))
const ALL_OFF = { held: 'stopped', short: 'stopped', failing: 'stopped' }

const call = (id: string): ReturnType<Caller['call']> => new Caller(windtunnel.url).call('/', { headers: { 'x-request-id': id } })

/** Sends requests that are held; resolves when they all are, with what they will be answered. */
async function hold(name: string, count: number, not: readonly string[] = []): Promise<{ readonly answers: Promise<number[]> }> {
  const answers = Promise.all(victims(name, count, not).map(async (id) => (await call(id)).status))
  await expect.poll(() => windtunnel.metric('chaos_active'), POLL).toBe(count)
  return { answers }
}

describe('a chaos experiment', () => {
  it('does nothing until it is started', async () => {
    expect(states(await windtunnel.api('GET', '/api/v1/chaos'))).toEqual(ALL_OFF)
    expect((await call(victims('failing', 1)[0]!)).status).toBe(200)
  })

  it('once started hits its share and no other request, and says when it will end', async () => {
    const answer = await post('failing/start')
    expect(states(answer)).toEqual({ ...ALL_OFF, failing: 'running' })
    const { startedAt, endsAt, ...rest } = answer.json.experiments[2]
    expect(rest).toEqual({ name: 'failing', route: 'all', arm: 'primary', dryRun: false, percent: 25, durationMs: 3_600_000, faults: ['abort'], state: 'running' })
    expect(Date.parse(endsAt) - Date.parse(startedAt)).toBe(3_600_000)
    const before = await windtunnel.metric('chaos_injected_total', { experiment: 'failing', fault: 'abort' })
    const hit = await call(victims('failing', 1)[0]!)
    expect(hit).toMatchObject({ status: 503, text: 'chaos', headers: { 'retry-after': '7' } })
    for (const id of victims('held', 3, ['failing'])) {
      // oxlint-disable-next-line no-await-in-loop -- three
      expect((await call(id)).status).toBe(200)
    }
    expect(await windtunnel.metric('chaos_injected_total', { experiment: 'failing', fault: 'abort' })).toBe(before + 1)
    expect(await windtunnel.metric('chaos_experiment_running', { experiment: 'failing' })).toBe(1)
    expect((await windtunnel.logged('chaos experiment started')).at(-1)).toMatchObject({ level: 'warn', experiment: 'failing', percent: 25 })
    expect(windtunnel.sidecar.status().chaosRunning).toEqual(['failing'])
  })

  it('lets go at once what it holds when it is stopped, and what another holds stays held', async () => {
    await post('held/start')
    const { answers } = await hold('held', 6)
    await post('short/stop')
    expect(await windtunnel.metric('chaos_active')).toBe(6)
    expect(states(await post('held/stop'))).toEqual(ALL_OFF)
    expect(await answers).toEqual([200, 200, 200, 200, 200, 200])
    expect(await windtunnel.metric('chaos_active')).toBe(0)
    expect((await call(victims('held', 1)[0]!)).status).toBe(200)
    expect((await windtunnel.logged('chaos experiment stopped')).at(-1)).toMatchObject({ experiment: 'held', reason: 'it was stopped' })
  })

  it('ends by itself and lets go what it holds', async () => {
    await post('short/start')
    const sent = Promise.all(victims('short', 3).map(async (id) => (await call(id)).status))
    expect(await sent).toEqual([200, 200, 200])
    await expect.poll(async () => states(await windtunnel.api('GET', '/api/v1/chaos')), POLL).toEqual(ALL_OFF)
    expect((await windtunnel.logged('chaos experiment stopped')).at(-1)).toMatchObject({ experiment: 'short', reason: 'its duration is over' })
    expect(await windtunnel.metric('chaos_experiment_running')).toBe(0)
    expect(await windtunnel.metric('chaos_active')).toBe(0)
  })

  it('that is started anew runs for its whole time again', async () => {
    const first = await post('held/start')
    const again = await post('held/start')
    expect(states(again)).toEqual({ ...ALL_OFF, held: 'running' })
    expect(Date.parse(again.json.experiments[0].endsAt)).toBeGreaterThanOrEqual(Date.parse(first.json.experiments[0].endsAt))
    expect((await post('stop')).json).toEqual({ stopped: 1 })
  })

  it('is stopped with all others at once', async () => {
    for (const name of ['held', 'failing']) {
      // oxlint-disable-next-line no-await-in-loop -- two
      await post(`${name}/start`)
    }
    const { answers } = await hold('held', 4, ['failing'])
    expect((await post('stop')).json).toEqual({ stopped: 2 })
    expect(await answers).toEqual([200, 200, 200, 200])
    expect(states(await windtunnel.api('GET', '/api/v1/chaos'))).toEqual(ALL_OFF)
    expect((await call(victims('failing', 1)[0]!)).status).toBe(200)
    expect((await post('stop')).json).toEqual({ stopped: 0 })
  })

  it('is off after a reload, and lets go what it holds', async () => {
    await post('held/start')
    const { answers } = await hold('held', 2)
    // in another place of the list, so that its slot is another's now
    const lines = config(model).trimEnd().split('\n')
    await windtunnel.reload([...lines.slice(0, -3), ...lines.slice(-3).toReversed(), ''].join('\n'))
    expect(await answers).toEqual([200, 200])
    expect(states(await windtunnel.api('GET', '/api/v1/chaos'))).toEqual(ALL_OFF)
    expect((await call(victims('held', 1)[0]!)).status).toBe(200)
    expect((await windtunnel.logged('chaos experiment stopped')).at(-1)).toMatchObject({ experiment: 'held', reason: 'a config was loaded' })
    await windtunnel.reload(config(model))
  })

  it('that is started while a config is loaded waits for it, and hits what it says there', async () => {
    // what was first is another: a start by the old place would set off the wrong one
    const lines = config(model).trimEnd().split('\n')
    writeFileSync(windtunnel.file, [...lines.slice(0, -3), ...lines.slice(-3).toReversed(), ''].join('\n'))
    const loading = windtunnel.sidecar.reload()
    const started = windtunnel.sidecar.startChaos('failing')
    expect(windtunnel.sidecar.status().chaosRunning).toEqual([])
    await loading
    expect(await started).toBeUndefined()
    expect(states(await windtunnel.api('GET', '/api/v1/chaos'))).toEqual({ ...ALL_OFF, failing: 'running' })
    expect((await call(victims('failing', 1)[0]!)).status).toBe(503)
    expect((await call(victims('held', 1, ['failing'])[0]!)).status).toBe(200)
    await windtunnel.reload(config(model))
  })
})

describe('an experiment that starts on load', () => {
  it('runs from the start and after each config that is loaded, but not after it was stopped', async () => {
    const onLoad = (more = ''): string => config(model).replace('name: failing,', 'name: failing, start: on-load,') + more
    const other = await TestSidecar.start(onLoad())
    const running = (): readonly string[] => other.sidecar.status().chaosRunning
    expect(running()).toEqual(['failing'])
    await other.api('POST', '/api/v1/chaos/stop')
    expect(running()).toEqual([])
    await other.sidecar.reload()
    expect(running()).toEqual([])
    await other.reload(onLoad('log: { access: 0.001 }\n'))
    expect(running()).toEqual(['failing'])
  })
})
