import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { output, run } from '../clients/support/command.ts'
import { Origin, sendJson } from '../clients/support/origin.ts'
import { npmEnvironment } from '../package/support/npm.ts'
import { keep, ROOT, temporaryFolder, until, WindtunnelProcess } from '../support/windtunnel.ts'
import { blocks, commands } from './support/readme.ts'

/** Commands that are run by something else: installing by whoever sets up the tests, and testing by the tests. */
const ELSEWHERE = ['npm ci && npm test']
const VERB = 'npm run -s windtunnel -- '

let demo: ChildProcess
let ended: Promise<unknown>
let printed = ''
let admin = ''
let clients = ''

beforeAll(async () => {
  expect(commands).toContain('npm ci && npm start')
  // what is installed is what is tested; on ports of its own, so that a demo may run beside it
  const args = ['start', '--', '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', '--seconds', '3']
  // in a process group of its own: Ctrl-C reaches everything that npm has started
  demo = keep(spawn('npm', args, { cwd: ROOT, env: npmEnvironment, stdio: ['ignore', 'pipe', 'inherit'], detached: true }))
  ended = once(demo, 'close')
  demo.stdout?.on('data', (chunk: Buffer) => { printed += chunk.toString() })
  await Promise.race([until(() => printed.includes('Try it:')), ended])
  admin = /admin +http:\/\/(\S+)/.exec(printed)?.[1] ?? ''
  clients = /clients +http:\/\/(\S+)/.exec(printed)?.[1] ?? ''
}, 60_000)

afterAll(async () => {
  process.kill(-(demo.pid ?? 0), 'SIGINT')
  await ended
}, 30_000)

/** Runs a verb as the README says, against the demo of these tests. */
const ask = async (command: string): Promise<string> => await output('npm', [...command.slice('npm '.length).split(' '), '--admin', admin], { cwd: ROOT, env: npmEnvironment })

describe('the README\'s commands', () => {
  it('start Windtunnel in front of models, and say where it is', () => {
    expect(printed).toMatch(/training .*\n[^]*Windtunnel is running/)
    expect([clients, admin]).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/), expect.stringMatching(/^127\.0\.0\.1:\d+$/)])
  })

  it('are answered by the line that is printed to try', async () => {
    const [, url = '', body = ''] = /curl -i (\S+) -H 'x-user-id: you' -d '(.*)'/.exec(printed) ?? []
    const response = await fetch(url, { method: 'POST', headers: { 'x-user-id': 'you' }, body })
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ predictions: [expect.objectContaining({ label: expect.any(String) })] })])
  })

  it('show what the shadow answers differently', async () => {
    await until(async () => (await ask(`${VERB}report`)).includes('differ'))
    expect(await ask(`${VERB}report`)).toMatch(/^house-price -> next$/m)
  })

  it.each(commands.filter((command) => command.startsWith(VERB)))('%s', async (command) => {
    expect((await ask(command)).length).toBeGreaterThan(5)
  })

  it('read the metrics', async () => {
    expect(commands).toContain('curl -s http://127.0.0.1:9901/metrics')
    expect(await (await fetch(`http://${admin}/metrics`)).text()).toContain('windtunnel_requests_total{')
  })

  it('run without a config file', async () => {
    const command = commands.find((one) => one.startsWith('windtunnel run --primary ')) ?? ''
    const [primary, shadow] = await Promise.all([1, 2].map((n) => Origin.start((_request, response) => sendJson(response, { n }))))
    const args = command.replace('http://127.0.0.1:8000', primary!.url).replace('http://127.0.0.1:8001', shadow!.url).split(' ').slice(1)
    const tunnel = new WindtunnelProcess(['src/main.ts', ...args, '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0'], ROOT)
    const { listen } = await tunnel.serving()
    expect(await (await fetch(`http://${String(listen)}/`)).json()).toEqual({ n: 1 })
    tunnel.child.kill('SIGTERM')
    expect(await tunnel.exited).toBe(0)
  })

  it('are all known here', () => {
    const known = (command: string): boolean => [...ELSEWHERE, 'npm ci && npm start', 'curl -s http://127.0.0.1:9901/metrics'].includes(command) || command.startsWith(VERB) || command.startsWith('windtunnel run --primary ')
    expect(commands.filter((command) => !known(command))).toEqual([])
  })

  it('print of a config with a mistake what is shown', async () => {
    const [shown = ''] = blocks('console')
    const [yaml = ''] = blocks('yaml')
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'windtunnel.yaml'), yaml.replace('canary, weight: 5', 'canary, wieght: 5'))
    const { code, stdout, stderr } = await run(process.execPath, [join(ROOT, 'src/main.ts'), 'validate', 'windtunnel.yaml'], { cwd: folder })
    expect([code, `$ windtunnel validate windtunnel.yaml\n${stdout.toString()}${stderr}`]).toEqual([1, shown])
  })
})
