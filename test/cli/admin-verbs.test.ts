import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { atEndOfFile } from '../support/at-end.ts'
import { cli, cliProcess, type CliRun } from '../support/cli.ts'
import { type Model, startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import { testFolder, TestSidecar } from '../support/sidecar.ts'

const atEnd = atEndOfFile()
let models: readonly Model[]
let windtunnel: TestSidecar
let folder: string
let admin: string
let token: readonly string[]

const config = (canary: number): string => `version: 1
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0, tokenFile: ${JSON.stringify(join(folder, 'token'))} }
backends: { stable: { url: "${models[0]!.url}", health: { path: /healthz } }, canary: { url: "${models[1]!.url}", health: { path: /healthz } }, next: { url: "${models[2]!.url}" } }
routes:
  - name: house
    unit: { header: x-user-id }
    split: [{ backend: stable, weight: ${100 - canary} }, { backend: canary, weight: ${canary} }]
    mirrors: [{ backend: next, percent: 100, timeout: 1m, compare: { ignore: [/headers] } }]
chaos:
  limits: { percent: 100, active: 10 }
  experiments: [{ name: slow, route: house, percent: 10, duration: 1h, faults: [{ kind: delay, fixed: 1ms }, { kind: abort, status: 503 }] }]
`

beforeAll(async () => {
  folder = testFolder(atEnd)
  writeFileSync(join(folder, 'token'), 'open sesame\n')
  token = ['--token-file', join(folder, 'token')]
  models = await Promise.all(['stable', 'canary', 'next'].map((name) => startModel(name, atEnd)))
  windtunnel = await TestSidecar.start(config(5), { atEnd })
  ;({ admin } = windtunnel.sidecar.addresses)
})

const ask = (...args: readonly string[]): Promise<CliRun> => cli([...args, '--admin', admin])

describe('status', () => {
  it('says how a running Windtunnel is', async () => {
    const { code, out, err } = await cliProcess(['status', '--admin', admin])
    expect([code, err]).toEqual([0, ''])
    const { listen } = windtunnel.sidecar.addresses
    expect(out).toMatch(new RegExp(`^Windtunnel \\S+ ready, on ${listen} since \\S+, 1 data-plane thread\n`))
    expect(out).toContain(`config  ${windtunnel.file} (${windtunnel.sidecar.config.hash}), loaded `)
    for (const { name, url } of models) expect(out).toContain(`backend ${name} ${url} ${name === 'next' ? 'no health check' : 'healthy'}\n`)
    expect(out).toMatch(/\nchaos {3}none running\n$/)
  })

  it('prints JSON', async () => {
    const { code, out } = await ask('status', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(windtunnel.sidecar.status())))
  })

  it('takes an address with a scheme, and without one', async () => {
    expect((await cli(['status', '--admin', `http://${admin}/`])).code).toBe(0)
  })
})

describe('reload', () => {
  it('has the config loaded again and says what changed', async () => {
    writeFileSync(windtunnel.file, config(10))
    const { code, out, err } = await ask('reload', ...token)
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe(`route house: stable 95 % -> 90 %\nroute house: canary 5 % -> 10 %\nin force: ${windtunnel.sidecar.config.hash}\n`)
    expect((await ask('reload', ...token)).out).toBe(`nothing changed (${windtunnel.sidecar.config.hash})\n`)
    expect(JSON.parse((await ask('reload', '--json', ...token)).out)).toMatchObject({ ok: true, changes: [] })
  })

  it('says what is wrong with a config that is not taken, as status then does, and ends with 1', async () => {
    writeFileSync(windtunnel.file, config(10).replace('mirrors', 'mirors'))
    const { code, out, err } = await ask('reload', ...token)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('routes[0].mirors: unknown key - did you mean "mirrors"?')
    expect((await ask('status')).out).toMatch(/\nreload {2}refused at \S+:\n.*routes\[0\]\.mirors: unknown key/)
    writeFileSync(windtunnel.file, config(10))
    await ask('reload', ...token)
    expect((await ask('status')).out).not.toContain('refused')
  })

  it('needs the token, and says so', async () => {
    expect(await ask('reload')).toEqual({ code: 1, out: '', err: 'this needs the token of its config\'s admin.tokenFile; give --token-file\n' })
    const wrong = join(folder, 'wrong')
    writeFileSync(wrong, 'sesame\n')
    expect(await ask('reload', '--token-file', wrong)).toEqual({ code: 1, out: '', err: `--token-file: the token in ${wrong} is not the one of its config's admin.tokenFile\n` })
    expect(await ask('reload', '--token-file', '/not/there')).toEqual({ code: 1, out: '', err: '--token-file: /not/there cannot be read\n' })
  })
})

describe('chaos', () => {
  it('lists, starts and stops experiments', async () => {
    expect((await ask('chaos', 'list')).out).toMatch(/^experiment {2}state {4}share {2}route {2}faults\nslow {8}stopped {2}10 % {3}house {2}delay\+abort\n$/)
    const started = await cliProcess(['chaos', 'start', 'slow', '--admin', admin, ...token])
    expect([started.code, started.err]).toEqual([0, ''])
    expect(started.out).toMatch(/\nslow {8}running {2}10 % {3}house {2}delay\+abort {2}until \d{4}-\S+Z\n$/)
    expect((await ask('status')).out).toMatch(/\nchaos {3}slow\n$/)
    expect(JSON.parse((await ask('chaos', 'list', '--json')).out)).toMatchObject({ experiments: [{ name: 'slow', state: 'running' }] })
    expect((await ask('chaos', 'stop', 'slow', ...token)).out).toContain('stopped')
    await ask('chaos', 'start', 'slow', ...token)
    expect(await ask('chaos', 'stop', '--all', ...token)).toEqual({ code: 0, out: 'stopped 1\n', err: '' })
    expect(JSON.parse((await ask('chaos', 'stop', '--all', '--json', ...token)).out)).toEqual({ stopped: 0 })
  })

  it.each([['start', 'nobody'], ['stop', 'nobody'], ['start', '../../config/reload?']])('of an experiment that is not there says so: %s %s', async (verb, name) => {
    const { code, out, err } = await ask('chaos', verb, name, ...token)
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^there is no chaos experiment .+; there are slow\n$/)
  })

  it('suggests the experiment whose name is like the one given', async () => {
    for (const verb of ['start', 'stop']) expect((await ask('chaos', verb, 'slwo', ...token)).err).toBe('there is no chaos experiment slwo - did you mean "slow"?\n')
  })
})

describe('report', () => {
  it('says what the shadow answers differently, with examples', async () => {
    const before = await windtunnel.metric('mirror_requests_total')
    for (let i = 0; i < 20; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await (await fetch(`${windtunnel.url}/v1`, { headers: { 'x-user-id': `u${i}`, 'x-request-id': `id-${i}` } })).text()
    }
    await expect.poll(() => windtunnel.metric('mirror_requests_total'), POLL).toBe(before + 20)
    const { code, out, err } = await cliProcess(['report', '--admin', admin, '--examples', '2'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^\nhouse -> next\nsampled 20: differ 20\n/)
    expect(out).toMatch(/^\/model +inconclusive +100\.0 % of 20 +- +- +no baseline: /m)
    expect(out).toMatch(/^no difference seen in \d+ other fields; each could still differ in up to \d+\.\d % of answers: 0 of them equivalent; the others need up to \d+ more requests$/m)
    expect(out.match(/^example id-\d+ \/model /gm)).toHaveLength(2)
    const { mirrors } = JSON.parse((await ask('report', '--json')).out) as { mirrors: unknown[] }
    expect(mirrors).toMatchObject([{ route: 'house', mirror: 'next', shadow: { backend: 'next', sampled: 20, outcomes: { differ: 20 }, underWay: 0 }, baseline: null, judgement: { shadow: { compared: 20 } } }])
  })
})

describe('where no Windtunnel runs', () => {
  it.each([['status'], ['report'], ['reload'], ['chaos', 'list'], ['chaos', 'start', 'x']])('%s says so in a line, and ends with 1', async (...args) => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => { server.once('listening', resolve) })
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => { server.close(resolve) })
    const address = `127.0.0.1:${port}`
    expect(await cli([...args, '--admin', address])).toEqual({ code: 1, out: '', err: `no Windtunnel answers at http://${address} (ECONNREFUSED); is it running, and is --admin right?\n` })
  })

  it('status ends its process with 1 and no stack', async () => {
    const { code, out, err } = await cliProcess(['status', '--admin', 'http://[::1'])
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^no Windtunnel answers at .*\n$/)
  })

  it('but something else does, says that', async () => {
    const server = createServer((_, response) => response.end('<html>'))
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    const { code, err } = await cli(['status', '--admin', `127.0.0.1:${(server.address() as AddressInfo).port}`])
    expect(code).toBe(1)
    expect(err).toMatch(/does not answer as Windtunnel does; is --admin right\?\n$/)
  })
})
