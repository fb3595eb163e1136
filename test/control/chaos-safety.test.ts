import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chaosSalt } from '../../src/control/compile-chaos.ts'
import type { LedgerRow } from '../../src/control/ledger.ts'
import { draw, keyOf } from '../../src/core/hash.ts'
import { atEndOfFile } from '../support/at-end.ts'
import { Caller } from '../support/callers.ts'
import { type Model, startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import { type Answer, testFolder, TestSidecar } from '../support/sidecar.ts'

const atEnd = atEndOfFile()
let model: Model
let windtunnel: TestSidecar
let killFile = ''
let ledger = ''

beforeAll(async () => {
  model = await startModel('a', atEnd)
  const folder = testFolder(atEnd)
  killFile = join(folder, 'chaos-off')
  ledger = join(folder, 'ledger.ndjson')
  windtunnel = await TestSidecar.start(`version: 1
listen: 127.0.0.1:0
workers: 2
admin: { listen: 127.0.0.1:0 }
backends: { a: { url: "${model.url}" } }
routes: [{ name: all, backend: a }]
chaos:
  limits: { percent: 100, active: 100 }
  killFile: ${killFile}
  ledger: { file: ${ledger} }
  experiments:
    - { name: held, route: all, percent: 25, duration: 1h, faults: [{ kind: delay, fixed: 10m }] }
    - { name: leased, route: all, percent: 25, duration: 1h, lease: 1s, faults: [{ kind: abort, status: 503 }] }
    - { name: half, route: all, percent: 50, duration: 1h, faults: [{ kind: abort, status: 503 }] }
`, { atEnd })
})

afterEach(() => {
  rmSync(killFile, { force: true })
  windtunnel.sidecar.chaos.stopAll('the test is over')
})

const post = (path: string, body?: object): Promise<Answer> => windtunnel.api('POST', `/api/v1/chaos/${path}`, {}, body === undefined ? undefined : JSON.stringify(body))
const running = async (): Promise<readonly string[]> => ((await windtunnel.api('GET', '/api/v1/chaos')).json.experiments as { name: string, state: string }[]).filter(({ state }) => state === 'running').map(({ name }) => name)
const call = async (id: string): Promise<number> => (await new Caller(windtunnel.url).call('/', { headers: { 'x-request-id': id } })).status
const drawOf = (name: string, id: string): number => draw(chaosSalt(name, ''), keyOf(id))
const victims = (name: string, share: number, count: number): string[] => Array.from({ length: 500 }, (_, i) => `r${i}`).filter((id) => drawOf(name, id) < share).slice(0, count)

describe('the kill file', () => {
  it('stops everything, lets go whom it holds, and lets nothing start while it is there', async () => {
    await post('held/start')
    const held = Promise.all(victims('held', 0.25, 4).map(call))
    await expect.poll(() => windtunnel.metric('chaos_active'), POLL).toBe(4)
    writeFileSync(killFile, '')
    expect(await held).toEqual([200, 200, 200, 200])
    expect(await running()).toEqual([])
    const refused = await post('half/start')
    expect([refused.status, refused.json.error.code, await windtunnel.metric('chaos_killed')]).toEqual([409, 'killed', 1])
    rmSync(killFile)
    expect((await post('half/start')).status).toBe(200)
    expect(await running()).toEqual(['half'])
  })
})

describe('a lease', () => {
  it('that is renewed goes on, and one that is not ends the experiment', async () => {
    const { json } = await post('leased/start')
    expect(Date.parse(json.experiments[1].leaseUntil) - Date.parse(json.experiments[1].startedAt)).toBeLessThanOrEqual(1100)
    expect((await post('leased/renew')).status).toBe(200)
    expect(await running()).toEqual(['leased'])
    await expect.poll(running, POLL).toEqual([])
    expect((await windtunnel.logged('chaos experiment stopped')).some(({ reason }) => reason === 'its lease was not renewed')).toBe(true)
    const late = await post('leased/renew')
    expect([late.status, late.json.error.code]).toEqual([404, 'not_running'])
  })

  it('may be asked for at the start', async () => {
    await post('half/start', { lease: '1s' })
    expect(await running()).toEqual(['half'])
    await expect.poll(running, POLL).toEqual([])
  })

  it.each([{ lease: '10' }, { lease: '1ms' }, { dryRun: 'yes' }, { other: 1 }])('that cannot be understood starts nothing: %j', async (body) => {
    expect((await post('half/start', body)).status).toBe(400)
    expect(await running()).toEqual([])
  })

  it('of the main thread itself ends all faults when that goes away', async () => {
    await post('half/start')
    const [hit] = victims('half', 0.5, 1)
    expect(await call(hit!)).toBe(503)
    // this test lives in the main thread: while it does not yield, nobody tells the data plane to go on
    const until = performance.now() + 3300
    while (performance.now() < until);
    expect(await call(hit!)).toBe(200)
    await expect.poll(running, POLL).toEqual([])
  })
})

describe('a dry run', () => {
  it('injects nothing, and says whom it would have hit', async () => {
    const { json } = await post('half/start', { dryRun: true })
    expect(json.experiments[2]).toMatchObject({ state: 'running', dryRun: true })
    const ids = Array.from({ length: 20 }, (_, i) => `dry-${i}`)
    expect(await Promise.all(ids.map(call))).toEqual(ids.map(() => 200))
    const would = ids.filter((id) => drawOf('half', id) < 0.5)
    await expect.poll(() => windtunnel.metric('chaos_skipped_total', { experiment: 'half', reason: 'dry_run' }), POLL).toBe(would.length)
  })
})

describe('what chaos did to a request', () => {
  const explained = async (id: string): Promise<any> => (await windtunnel.api('GET', `/api/v1/chaos/requests/${id}`)).json // oxlint-disable-line typescript/no-explicit-any -- an answer

  it('can be asked for afterwards, whether it was hit or not, and what it would draw', async () => {
    await post('half/start')
    const [hit, missed] = [victims('half', 0.5, 1)[0]!, Array.from({ length: 100 }, (_, i) => `m${i}`).find((id) => drawOf('half', id) >= 0.5)!]
    expect([await call(hit), await call(missed)]).toEqual([503, 200])
    await expect.poll(async () => (await explained(missed)).decisions.length, POLL).toBe(1)
    expect((await explained(hit)).decisions.at(-1)).toMatchObject({ experiment: 'half', fault: 'abort', injected: true, detail: '503', arm: 'primary', route: 'all', share: 0.5 })
    expect((await explained(missed)).decisions[0]).toMatchObject({ experiment: 'half', injected: false, group: 'rest', drawn: drawOf('half', missed) })
    expect((await explained('never-seen')).decisions).toEqual([])
    expect((await explained(hit)).draws).toContainEqual({ experiment: 'half', route: 'all', scope: 'every request', draw: Math.round(drawOf('half', hit) * 1e6) / 1e4, percent: 50, wouldHit: true })
  })

  it('has a line in the ledger, for each decision one', async () => {
    await post('half/start')
    const ids = Array.from({ length: 30 }, (_, i) => `ledger-${i}`)
    const statuses = await Promise.all(ids.map(call))
    const rows = (): LedgerRow[] => readFileSync(ledger, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as LedgerRow).filter(({ requestId }) => requestId.startsWith('ledger-'))
    await expect.poll(() => rows().length, POLL).toBe(30)
    const told = new Map(rows().map(({ requestId, injected }) => [requestId, injected]))
    expect(ids.map((id) => told.get(id))).toEqual(statuses.map((status) => status === 503))
    expect(rows().every(({ drawn, share, at }) => drawn !== undefined && share === 0.5 && !Number.isNaN(Date.parse(at)))).toBe(true)
    await expect.poll(() => windtunnel.metric('chaos_ledger_rows_total', { result: 'written' }), POLL).toBeGreaterThanOrEqual(30)
  })
})

describe('requests that chaos has touched', () => {
  it('are counted apart, so that what is alerted on can leave them out', async () => {
    const before = await windtunnel.metric('injected_requests_total', { code: '503' })
    await post('half/start')
    await Promise.all(victims('half', 0.5, 5).map(call))
    await expect.poll(() => windtunnel.metric('injected_requests_total', { code: '503' }), POLL).toBe(before + 5)
  })
})
