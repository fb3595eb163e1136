import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cliProcess } from '../support/cli.ts'
import { startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import type { AtEnd } from '../support/sidecar.ts'
import { keep, ON_FREE_PORTS, ROOT, temporaryFolder, Windtunnel, WindtunnelProcess } from '../support/windtunnel.ts'

const CONFIG = 'backends: { a: { url: "http://127.0.0.1:1" } }\nroutes: [{ name: r, backend: a }]\n'

/** A port that is in use. */
async function takenPort(atEnd: AtEnd): Promise<number> {
  const server: Server = createServer()
  atEnd(() => void server.close())
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return (server.address() as AddressInfo).port
}

function fileWith(yaml: string): string {
  const file = join(temporaryFolder(), 'windtunnel.yaml')
  writeFileSync(file, yaml)
  return file
}

describe('run', () => {
  it.for([1, 2])('with its port in use and %i threads says so in a line, and ends with 1', async (workers, { onTestFinished }) => {
    const port = await takenPort(onTestFinished)
    const run = await cliProcess(['run', fileWith(`version: 1\nlisten: 127.0.0.1:${port}\nworkers: ${workers}\nadmin: { listen: 127.0.0.1:0 }\n${CONFIG}`)])
    expect(run).toEqual({ code: 1, out: '', err: `listen: 127.0.0.1:${port} is in use by another process\n` })
  })

  it('with the port of its admin API in use says so in a line, and ends with 1', async ({ onTestFinished }) => {
    const port = await takenPort(onTestFinished)
    const run = await cliProcess(['run', fileWith(`version: 1\nlisten: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:${port} }\n${CONFIG}`)])
    expect(run).toEqual({ code: 1, out: '', err: `admin.listen: 127.0.0.1:${port} is in use by another process\n` })
  })

  it('of a config that does not hold lists what is wrong, and ends with 1', async () => {
    const { code, out, err } = await cliProcess(['run', fileWith(`${ON_FREE_PORTS}backend: {}\n${CONFIG}`)])
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/windtunnel\.yaml:4:1: backend: unknown key - did you mean "backends"\?\n/)
    expect(err).not.toContain('    at ')
  })

  it('of a file that is not there says so, and ends with 1', async () => {
    expect(await cliProcess(['run', '/not/there.yaml'])).toEqual({ code: 1, out: '', err: '/not/there.yaml: no such file\n' })
  })

  it('logs in JSON where it serves, and ends with 0 on Ctrl-C', async () => {
    const windtunnel = await Windtunnel.start(`${ON_FREE_PORTS}${CONFIG}`)
    const serving = await windtunnel.logged('serving')
    expect(serving).toMatchObject({ level: 'info', name: 'windtunnel', config: windtunnel.file, hash: expect.stringMatching(/^[0-9a-f]{12}$/), pid: expect.any(Number) })
    expect(Date.parse(String(serving['time']))).toBeGreaterThan(0)
    windtunnel.signal('SIGINT')
    expect(await windtunnel.exited).toBe(0)
  })

  it('logs as much as the config says, or the command line in its place', async () => {
    const chaos = 'chaos: { limits: { percent: 1, active: 1 }, experiments: [{ name: x, route: r, percent: 1, duration: 1h, start: on-load, faults: [{ kind: abort, status: 503 }] }] }'
    const file = fileWith(`${ON_FREE_PORTS}log: { level: warn }\n${CONFIG}${chaos}\n`)
    const runs = [[], ['--log-level', 'info']].map((more) => new WindtunnelProcess(['src/main.ts', 'run', file, ...more], ROOT))
    const said = await Promise.all(runs.map(async (run) => {
      await run.logged('chaos experiment started') // the last it does before it serves
      run.child.kill('SIGTERM')
      expect(await run.exited).toBe(0)
      return run.logs.map(({ msg }) => msg)
    }))
    const warnings = ['chaos experiment started', 'chaos experiment stopped']
    expect(said).toEqual([warnings, [warnings[0], 'serving', warnings[1], 'draining', 'stopped']])
  })

  it('without a file stands in front of one model and mirrors to another', async ({ onTestFinished }) => {
    const [primary, shadow] = [await startModel('primary', onTestFinished), await startModel('shadow', onTestFinished)]
    const process = new WindtunnelProcess(['src/main.ts', 'run', '--primary', primary.url, '--shadow', shadow.url, '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0'], ROOT)
    const { listen, admin, config } = await process.serving()
    expect(config).toBe('command line')
    expect(await (await fetch(`http://${String(listen)}/v1`, { method: 'POST', body: '{"x":1}' })).json()).toMatchObject({ model: 'primary', method: 'POST', url: '/v1' })
    await expect.poll(async () => {
      await (await fetch(`http://${String(listen)}/v1`)).text()
      return await (await fetch(`http://${String(admin)}/api/v1/mirrors`)).json()
    }, POLL).toMatchObject({ mirrors: [{ route: 'all', shadow: { backend: 'shadow', outcomes: { differ: expect.any(Number) } } }] })
    expect(shadow.requests[0]).toMatchObject({ method: 'POST', url: '/v1' })
    process.child.kill('SIGTERM')
    expect(await process.exited).toBe(0)
  })

  it.each([['--shadow', 'http://127.0.0.1:1'], ['--listen', '127.0.0.1:1'], ['--admin-listen', '127.0.0.1:1']])('with a file refuses %s rather than passing over it', async (option, value) => {
    expect(await cliProcess(['run', '/not/read.yaml', option, value])).toEqual({ code: 2, out: '', err: `${option} goes with --primary; with a config file, say it there\n` })
  })

  it('says, where a verb prints, that nothing can be written, and ends with 1', async ({ onTestFinished }) => {
    const full = openSync('/dev/full', 'w')
    onTestFinished(() => closeSync(full))
    const child = keep(spawn(process.execPath, ['src/main.ts', 'schema'], { cwd: ROOT, stdio: ['ignore', full, 'pipe'] }))
    let err = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { err += text })
    const code = await new Promise((resolve) => { child.once('close', resolve) })
    expect([code, err]).toEqual([1, 'standard output: ENOSPC: no space left on device, write\n'])
  })

  it('lives and ends in order when its log cannot be written', async ({ onTestFinished }) => {
    const model = await startModel('a', onTestFinished)
    const full = openSync('/dev/full', 'w') // a disk without room
    onTestFinished(() => closeSync(full))
    const file = fileWith(`${ON_FREE_PORTS}backends: { a: { url: "${model.url}", health: { path: /healthz, interval: 10ms } } }\nroutes: [{ name: r, backend: a }]\n`)
    const child = keep(spawn(process.execPath, ['src/main.ts', 'run', file], { cwd: ROOT, stdio: ['ignore', full, 'pipe'] }))
    let err = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { err += text })
    const ended = new Promise((resolve) => { child.once('close', (code) => resolve(code)) })
    await Promise.race([ended, model.changed.until(() => model.requests.length > 20)])
    child.kill('SIGTERM')
    expect([await ended, err]).toEqual([0, ''])
  })

  it.each([
    [['--primary', 'localhost'], /backends\.primary\.url: expected a URL such as http:\/\/127\.0\.0\.1:8000; got "localhost"/],
    [['--primary', 'http://127.0.0.1:1', '--listen', '8080'], /listen: expected an address .* did you mean "127\.0\.0\.1:8080"/],
    [['--primary', 'http://127.0.0.1:1", evil: "'], /backends\.primary\.url: /]
  ])('without a file says what is wrong with %j, and ends with 1', async (args, expected) => {
    const { code, out, err } = await cliProcess(['run', '--admin-listen', '127.0.0.1:0', ...args])
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(expected)
    expect(err).not.toContain('    at ')
  })
})

describe('demo', () => {
  it('with its port in use says so and ends with 1, leaving no server behind that would keep it alive', async ({ onTestFinished }) => {
    const port = await takenPort(onTestFinished)
    const { code, err } = await cliProcess(['demo', '--listen', `127.0.0.1:${port}`, '--admin-listen', '127.0.0.1:0'])
    expect({ code, err }).toEqual({ code: 1, err: `listen: 127.0.0.1:${port} is in use by another process\n` })
  })
})
