import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { run } from '../clients/support/command.ts'
import { Origin, sendJson } from '../clients/support/origin.ts'
import { ON_FREE_PORTS, ROOT, temporaryFolder, WindtunnelProcess } from '../support/windtunnel.ts'
import { npm } from './support/npm.ts'

/** A line of a Dockerfile, continued lines joined. */
interface Instruction {
  readonly word: string
  readonly rest: string
}

/** A stage of a Dockerfile. */
interface Stage {
  readonly image: string
  readonly name: string | undefined
  readonly instructions: readonly Instruction[]
}

const isComment = (line: string): boolean => line.trimStart().startsWith('#')

function stagesOf(text: string): readonly Stage[] {
  const lines = text.split('\n').filter((line) => !isComment(line)).join('\n').replaceAll(/\\\n\s*/g, ' ').split('\n').filter((line) => line.trim() !== '')
  const stages: { image: string, name: string | undefined, instructions: Instruction[] }[] = []
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
    const [, image = '', name] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest) ?? []
    if (word === 'FROM') stages.push({ image, name, instructions: [] })
    else stages.at(-1)!.instructions.push({ word, rest })
  }
  return stages
}

/** A COPY taken apart. */
function copyOf(rest: string): { readonly from: string | undefined, readonly sources: readonly string[], readonly target: string } {
  const words = rest.split(/\s+/)
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length)
  const paths = words.filter((word) => !word.startsWith('--'))
  return { from, sources: paths.slice(0, -1), target: paths.at(-1)! }
}

/** Whether a path is in the context that is sent to the builder: the last pattern that matches it or a folder above it decides. */
function isInContext(path: string, patterns: readonly string[]): boolean {
  let inside = true
  for (const pattern of patterns) {
    const bare = pattern.replace(/^!/, '').replace(/\/$/, '')
    const expression = new RegExp(`^${bare.split('/').map((part) => part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '[^/]*')).join('/')}(?:/|$)`)
    if (expression.test(path)) inside = pattern.startsWith('!')
  }
  return inside
}

const stages = stagesOf(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))
const last = stages.at(-1)!
const of = (word: string, stage = last): string[] => stage.instructions.filter((one) => one.word === word).map(({ rest }) => rest)
const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n').filter((line) => line.trim() !== '' && !isComment(line))
const { engines, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string }, devDependencies: Record<string, string> }

describe('the Dockerfile', () => {
  it('has a stage that builds and one that runs, which takes only what was built', () => {
    expect(stages.length).toBeGreaterThan(1)
    expect(of('RUN')).toEqual([])
    const names = stages.map(({ name }) => name)
    const taken = of('COPY').map(copyOf).filter(({ from }) => from !== undefined)
    expect(taken.length).toBeGreaterThan(0)
    for (const { from } of taken) expect(names).toContain(from)
    // no config of its own: where the models are, only who runs it knows
    expect(of('COPY').map(copyOf).filter(({ from }) => from === undefined)).toEqual([])
    for (const { sources } of taken) for (const source of sources) expect(source).not.toMatch(/\/(?:src|test)\b/)
  })

  it('is built on the Node that the tests run on, which is one that the package allows', () => {
    const [, major] = /^\^(\d+)\./.exec(devDependencies['node']!)!
    for (const { image } of stages) expect(image).toMatch(new RegExp(`^node:${major}[.-]`))
    expect(Number(major)).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)![0]))
  })

  it('runs as a user by number who is not root, from the copying on', () => {
    const user = of('USER').at(-1)
    expect(user).toMatch(/^\d+(?::\d+)?$/)
    expect(user).not.toMatch(/^0+(?::|$)/)
  })

  it('starts, and checks its health, without a shell in between', () => {
    expect(JSON.parse(of('ENTRYPOINT')[0]!)).toEqual(expect.arrayContaining(['node', '/app/dist/main.js']))
    expect(JSON.parse(of('CMD')[0]!)).toEqual(['run', expect.stringMatching(/^\/.+\.yaml$/)])
    expect(healthCheck()[0]).toBe('node')
  })

  it('copies what is there, and what the builder is sent', () => {
    const sources = stages.flatMap((stage) => of('COPY', stage)).map(copyOf).filter(({ from }) => from === undefined).flatMap(({ sources: paths }) => paths)
    expect(sources).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', 'src']))
    for (const source of sources) expect([source, existsSync(join(ROOT, source)), isInContext(source, ignored)]).toEqual([source, true, true])
  })

  it('sends the builder neither tests nor what lies about', () => {
    for (const path of ['.git/HEAD', 'config/quickstart.yaml', 'node_modules/zod/package.json', 'dist/main.js', 'test/support/windtunnel.ts', '.env', '.npmrc', 'windtunnel-0.1.0.tgz']) expect([path, isInContext(path, ignored)]).toEqual([path, false])
  })
})

const healthCheck = (): string[] => JSON.parse(of('HEALTHCHECK')[0]!.replace(/^(?:--\S+\s+)*CMD\s+/, '')) as string[]

describe('the image', () => {
  const build = temporaryFolder()
  const app = join(temporaryFolder(), 'app')
  const home = temporaryFolder()
  const command = (JSON.parse(of('ENTRYPOINT')[0]!) as string[]).slice(1).map((word) => word.replace(/^\/app/, app))
  const filesOf = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()

  // as its stages do it, but that the tools to build with are those of the checkout
  beforeAll(async () => {
    for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'src']) cpSync(join(ROOT, name), join(build, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(build, 'node_modules'))
    mkdirSync(app)
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(ROOT, name), join(app, name))
    await Promise.all([npm(['run', 'build'], build), npm(['ci', '--omit=dev', '--prefer-offline'], app)])
    cpSync(join(build, 'dist'), join(app, 'dist'), { recursive: true })
  }, 120_000)

  it('serves, says that it is well, ends with 0 when it is told to, and writes nothing to disk', async () => {
    const before = filesOf(app)
    const model = await Origin.start((_request, response) => sendJson(response, { label: 'cheap' }))
    const file = join(temporaryFolder(), 'windtunnel.yaml')
    writeFileSync(file, `${ON_FREE_PORTS}
workers: 2
backends:
  model: { url: "${model.url}" }
routes:
  - { name: all, backend: model, mirrors: [{ backend: model, percent: 100 }] }
`)
    const tunnel = new WindtunnelProcess([...command, 'run', file], app, { NODE_ENV: 'production', HOME: home, TMPDIR: home })
    const serving = await tunnel.serving()
    expect(await (await fetch(`http://${String(serving['listen'])}/`)).json()).toEqual({ label: 'cheap' })
    const admin = String(serving['admin'])
    const isWell = async (): Promise<number | null> => (await run(process.execPath, healthCheck().slice(1).map((word) => word.replace('127.0.0.1:9901', admin)))).code
    expect(await isWell()).toBe(0)
    tunnel.child.kill('SIGTERM')
    expect([await tunnel.exited, tunnel.stderr]).toEqual([0, ''])
    expect(await isWell()).toBe(1)
    expect([filesOf(app), filesOf(home)]).toEqual([before, []])
  })
})
