import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { faults } from '../../src/chaos/faults/index.ts'
import { captureTrial } from '../../src/compare/captured-trial.ts'
import type { Answer as ModelAnswer } from '../../src/core/answer.ts'
import { atEndOfFile } from '../support/at-end.ts'
import { Caller } from '../support/callers.ts'
import { cli, type CliRun } from '../support/cli.ts'
import { type Model, startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import { testFolder, TestSidecar } from '../support/sidecar.ts'
import { keep, WindtunnelProcess } from '../support/windtunnel.ts'

const atEnd = atEndOfFile()
let model: Model
let windtunnel: TestSidecar
let admin: string
let folder: string

const config = (url: string): string => `version: 1
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
backends: { a: { url: "${url}" } }
routes: [{ name: all, backend: a }]
chaos:
  limits: { percent: 100, active: 10 }
  ledger: { file: ${join(folder, 'ledger.ndjson')} }
  experiments:
    - { name: down, route: all, percent: 50, duration: 1h, faults: [{ kind: abort, status: 503 }] }
    - { name: proven, route: all, percent: 25, control: 25, duration: 2s, minRequests: 0, hypothesis: [{ condition: { measure: requests-per-second, min: 0, window: 1s } }], faults: [{ kind: delay, fixed: 1ms }] }
    - { name: broken, route: all, percent: 25, duration: 1h, minRequests: 0, stop: [{ condition: { measure: requests-per-second, min: 1000000, window: 1s } }], faults: [{ kind: delay, fixed: 1ms }] }
`

beforeAll(async () => {
  folder = testFolder(atEnd)
  model = await startModel('a', atEnd)
  windtunnel = await TestSidecar.start(config(model.url), { atEnd })
  ;({ admin } = windtunnel.sidecar.addresses)
})

afterEach(() => void windtunnel.sidecar.chaos.stopAll('the test is over'))

const ask = (...args: readonly string[]): Promise<CliRun> => cli(['chaos', ...args, '--admin', admin])
const call = async (id: string): Promise<number> => (await new Caller(windtunnel.url).call('/', { headers: { 'x-request-id': id } })).status

describe('chaos explain', () => {
  it('says what was done to a request and why, of a running Windtunnel or from its ledger', async () => {
    await ask('start', 'down')
    const ids = Array.from({ length: 12 }, (_, i) => `id-${i}`)
    const statuses = await Promise.all(ids.map(call))
    const [hit, missed] = [ids[statuses.indexOf(503)]!, ids[statuses.indexOf(200)]!]
    await expect.poll(async () => (await ask('explain', missed)).out, POLL).toMatch(/^down: not drawn, drew \d+(?:\.\d+)? of 50 %, at a, 20/)
    expect((await ask('explain', hit)).out).toMatch(/^down abort: injected \(503\), drew \d+(?:\.\d+)? of 50 %, at a, [^]*\n {2}down: hit \(\d+(?:\.\d+)? of 50 %\), for every request\n/)
    expect((await ask('explain', 'never')).out).toContain('nothing is remembered of this request')
    await expect.poll(async () => (await cli(['chaos', 'explain', hit, '--ledger', join(folder, 'ledger.ndjson')])).out, POLL).toMatch(/^down abort: injected/)
    expect((await cli(['chaos', 'explain', 'never', '--ledger', join(folder, 'ledger.ndjson')])).out).toBe('the ledger has no line of this request\n')
    expect(await cli(['chaos', 'explain', hit, '--ledger', join(folder, 'none')])).toMatchObject({ code: 1, err: expect.stringContaining('cannot be read') })
    expect(JSON.parse((await ask('explain', hit, '--json')).out)).toMatchObject({ requestId: hit, decisions: [{ injected: true }], draws: expect.any(Array) })
  })
})

describe('chaos start', () => {
  it('--wait ends with the verdict, in words and as the exit code', async () => {
    const passed = await ask('start', 'proven', '--wait')
    expect([passed.code, passed.err]).toEqual([0, ''])
    expect(passed.out).toMatch(/PASS proven-\d+ \(completed\)\n {2}1 conditions held/)
    const failed = await ask('start', 'broken', '--wait')
    expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('FAIL broken-')])
    const { out } = await ask('runs')
    expect(out).toMatch(/^broken-\d+ +FAIL +halted[^]*\nproven-\d+ +PASS +completed/)
    const [, id = ''] = /^(broken-\d+)/.exec(out) ?? []
    expect(JSON.parse((await ask('journal', id)).out)).toMatchObject({ status: 'failed', experiment: { title: expect.any(String) } })
    expect((await ask('journal', id, '--format', 'junit')).out).toContain('<testsuite name="broken"')
    await ask('journal', id, '--format', 'json', '--out', join(folder, 'run.json'))
    expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toMatchObject({ id, how: 'halted' })
    expect(await ask('journal', 'nothing')).toMatchObject({ code: 1, err: 'no run nothing is remembered\n' })
    expect((await ask('journal', id, '--format', 'pdf')).code).toBe(2)
  })

  it('--dry-run is listed as one', async () => {
    expect((await ask('start', 'down', '--dry-run')).out).toMatch(/down +dry run/)
  })

  it('--hold stops what it has started when it is interrupted, and leaves nothing running when it is killed', async () => {
    const hold = (): ReturnType<typeof spawn> => keep(spawn(process.execPath, [fileURLToPath(new URL('../../src/main.ts', import.meta.url)), 'chaos', 'start', 'down', '--hold', '--lease', '3s', '--admin', admin], { stdio: 'ignore' }))
    const isRunning = (): boolean => windtunnel.sidecar.chaos.isRunning('down')
    const held = hold()
    await expect.poll(isRunning, POLL).toBe(true)
    await expect.poll(() => windtunnel.sidecar.chaos.list()[0]!.leaseUntil, POLL).toBeDefined()
    const first = windtunnel.sidecar.chaos.list()[0]!.leaseUntil
    await expect.poll(() => windtunnel.sidecar.chaos.list()[0]!.leaseUntil, POLL).not.toBe(first) // renewed
    held.kill('SIGINT')
    await expect.poll(isRunning, POLL).toBe(false)
    const killed = hold()
    await expect.poll(isRunning, POLL).toBe(true)
    killed.kill('SIGKILL')
    await expect.poll(isRunning, POLL).toBe(false)
    expect((await windtunnel.logged('chaos experiment stopped')).some(({ reason }) => reason === 'its lease was not renewed')).toBe(true)
  })
})

describe('chaos faults', () => {
  it('lists every kind, and says all about one', async () => {
    const { out } = await cli(['chaos', 'faults'])
    for (const { name } of faults) expect(out).toContain(`${name} `)
    const one = await cli(['chaos', 'faults', 'label-flip'])
    expect(one.out).toMatch(/^label-flip: [^]*\n {2}at +[^]*\neffect +[^]*\non +whole answers, by their kind, of clients and of shadows\nstrength +scales /)
    expect(await cli(['chaos', 'faults', 'dealy'])).toMatchObject({ code: 1, err: 'no fault is called dealy - did you mean "delay"?\n' })
  })
})

describe('chaos forecast', () => {
  const answer: ModelAnswer = { status: 200, contentType: 'application/json', contentEncoding: '', fields: [], body: Buffer.from('{}'), firstByteMs: 1, durationMs: 1, marks: [] }
  const line = (requestId: string): string => captureTrial({ route: 'all', mirror: 'b', baselineBackend: '', requestId, path: '/', request: undefined, headers: [], probability: 1, primary: answer, shadow: answer, baseline: undefined }, [])!

  it('says whom an experiment would have hit, and how many it takes', async () => {
    const capture = join(folder, 'capture.jsonl')
    writeFileSync(capture, `${Array.from({ length: 400 }, (_, i) => line(`f-${i}`)).join('\n')}\n{"half`)
    const { code, out } = await cli(['chaos', 'forecast', windtunnel.file, 'proven', '--requests', capture, '--per-minute', '100', '--from', '1', '--to', '5'])
    expect(code).toBe(0)
    expect(out).toMatch(/^proven would have\n {2}in scope +400 of 400, 100 % [^]*\n {2}hit +\d+ of 400, 2\d(?:\.\d)? % \([^]*a minute\n {2}control +\d+ of 400[^]*about \d+ requests under faults looked at once, \d+ minutes, or \d+ when watched/)
    // the very requests: ids are drawn as they are when serving
    const { hit } = JSON.parse((await cli(['chaos', 'forecast', windtunnel.file, 'proven', '--requests', capture, '--json'])).out) as { hit: { count: number } }
    const drawn = Array.from({ length: 400 }, (_, i) => windtunnel.sidecar.drawsOf(`f-${i}`).find(({ experiment }) => experiment === 'proven')!.wouldHit)
    expect(hit.count).toBe(drawn.filter((is) => is === true).length)
  })

  it.each<[readonly string[], number, RegExp]>([
    [['provn', '--requests', 'x'], 1, /did you mean "proven"/], [['proven', '--requests', '/nowhere'], 1, /cannot be read/], [['proven'], 2, /--requests/],
    [['proven', '--requests', 'x', '--from', '1'], 2, /both --from and --to/], [['proven', '--requests', 'x', '--from', '5', '--to', '1'], 2, /more than --from/]
  ])('refuses %j', async (args, exit, message) => {
    const { code, err } = await cli(['chaos', 'forecast', windtunnel.file, ...args])
    expect([code, err]).toEqual([exit, expect.stringMatching(message)])
  })
})

describe('SIGUSR2', () => {
  it('stops everything at once, and the process goes on', async () => {
    const file = join(testFolder(), 'windtunnel.yaml')
    writeFileSync(file, `version: 1
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
backends: { a: { url: "${model.url}" } }
routes: [{ name: all, backend: a }]
chaos: { limits: { percent: 100, active: 10 }, experiments: [{ name: down, route: all, percent: 100, duration: 1h, start: on-load, faults: [{ kind: hang }] }] }
`)
    const tunnel = new WindtunnelProcess([fileURLToPath(new URL('../../src/main.ts', import.meta.url)), 'run', file], folder)
    const { listen } = await tunnel.serving()
    await tunnel.logged('chaos experiment started')
    const held = new Caller(`http://${String(listen)}`).call()
    await new Promise((resolve) => { setTimeout(resolve, 50) })
    tunnel.child.kill('SIGUSR2')
    expect((await held).status).toBe(200) // whom it held goes on
    expect((await new Caller(`http://${String(listen)}`).call()).status).toBe(200)
    expect(await tunnel.logged('chaos experiment stopped')).toMatchObject({ reason: 'a signal said so' })
    tunnel.child.kill('SIGTERM')
    expect(await tunnel.exited).toBe(0)
  })
})
