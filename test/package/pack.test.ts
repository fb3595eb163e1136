import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { run } from '../clients/support/command.ts'
import { Origin, sendJson } from '../clients/support/origin.ts'
import { ROOT, temporaryFolder, WindtunnelProcess } from '../support/windtunnel.ts'
import { npm, npmEnvironment as env } from './support/npm.ts'

/** What npm needs to make the package, copied so that nothing is built into the checkout and nothing old is packed. */
const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'windtunnel.schema.json', 'src', 'config', 'LICENSE', 'README.md']

describe('the package', () => {
  const packed = temporaryFolder()
  const project = temporaryFolder()
  const installed = join(project, 'node_modules', 'windtunnel')
  const command = join(project, 'node_modules', '.bin', 'windtunnel')
  let files: readonly string[]
  let unpackedBytes: number
  const windtunnel = (...args: readonly string[]): ReturnType<typeof run> => run(command, args, { cwd: project, env })

  beforeAll(async () => {
    const checkout = join(packed, 'checkout')
    mkdirSync(checkout)
    for (const name of SOURCES) if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(checkout, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'))
    const printed = await npm(['pack', '--json', '--pack-destination', packed], checkout)
    const [tarball] = JSON.parse(printed.slice(printed.indexOf('['))) as [{ filename: string, unpackedSize: number, files: { path: string }[] }]
    files = tarball.files.map(({ path }) => path)
    unpackedBytes = tarball.unpackedSize
    writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true }')
    await npm(['install', '--ignore-scripts', '--prefer-offline', join(packed, tarball.filename)], project)
  }, 120_000)

  it('holds built JavaScript with its types, the JSON Schema and the examples', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -3))
    expect(files).toEqual(expect.arrayContaining(sources.flatMap((name) => [`dist/${name}.js`, `dist/${name}.d.ts`])))
    expect(files).toEqual(expect.arrayContaining(['package.json', 'LICENSE', 'windtunnel.schema.json', ...readdirSync(join(ROOT, 'config'), { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name)).map((name) => `config/${name}`)]))
  })

  it('holds nothing else: no tests, no sources, no lock file', () => {
    const more = files.filter((name) => !/^(?:dist\/.+(?:\.js|\.d\.ts)|config\/(?:gameday\/)?[\w-]+\.ya?ml|windtunnel\.schema\.json|package\.json|LICENSE|README\.md)$/.test(name))
    expect(more).toEqual([])
    expect(files.filter((name) => /(?:^|[./])test[./]/.test(name))).toEqual([])
    expect(unpackedBytes).toBeLessThan(3_000_000)
  })

  it('brings what it needs to run and no more', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
    const there = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(there).toEqual(expect.arrayContaining(Object.keys(dependencies)))
    for (const name of ['vitest', 'typescript', 'openai', 'http-proxy', 'node']) expect(there).not.toContain(name)
  })

  it('has a command that says what it can do', async () => {
    const { code, stdout, stderr } = await windtunnel('--help')
    expect([code, stderr]).toEqual([0, ''])
    for (const verb of ['run', 'validate', 'explain', 'doctor', 'schema', 'report', 'status', 'chaos']) expect(stdout.toString()).toMatch(new RegExp(`^ +${verb}\\b`, 'm'))
  })

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    expect((await windtunnel('--version')).stdout.toString().trim()).toBe(version)
  })

  it('finds its own examples good', async () => {
    for (const name of readdirSync(join(installed, 'config')).filter((file) => file.endsWith('.yaml') && file !== 'kubernetes.yaml')) {
      const { code, stderr } = await windtunnel('validate', '--strict', join(installed, 'config', name)) // oxlint-disable-line no-await-in-loop -- two cores
      expect([name, code, stderr]).toEqual([name, 0, ''])
    }
  })

  it('prints the JSON Schema that comes with it', async () => {
    const { stdout } = await windtunnel('schema')
    expect(JSON.parse(stdout.toString())).toEqual(JSON.parse(readFileSync(join(installed, 'windtunnel.schema.json'), 'utf8')))
  })

  it('runs in front of two model servers, serves a request, and ends with 0 when it is told to', async () => {
    const model = await Origin.start((_request, response) => sendJson(response, { label: 'cheap' }))
    const shadow = await Origin.start((_request, response) => sendJson(response, { label: 'dear' }))
    const tunnel = new WindtunnelProcess(['run', '--primary', model.url, '--shadow', shadow.url, '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0'], project, env, command)
    const serving = await tunnel.serving()
    const response = await fetch(`http://${String(serving['listen'])}/v1/models/house:predict`, { method: 'POST', body: '{"instances":[[1]]}' })
    expect([response.status, await response.json()]).toEqual([200, { label: 'cheap' }])
    expect((await shadow.saw(({ method }) => method === 'POST')).url).toBe('/v1/models/house:predict')
    const address = String(serving['admin'])
    expect((await windtunnel('status', '--admin', `http://${address}`)).code).toBe(0)
    tunnel.child.kill('SIGTERM')
    expect(await tunnel.exited).toBe(0)
    expect(tunnel.stderr).toBe('')
  })
})
