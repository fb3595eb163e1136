import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/*
 * Holds the rooms of src/ apart: who may import whom, which packages a room may use, and that time, chance and the process's
 * surroundings come in at the edges alone.
 */

/**
 * Rooms each room may import, itself aside. `*` is every room but those that stand above all: cli, demo and dashboard.
 * Experiment, monitor and record are yet to be built; their rows say where they will stand.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  http: [],
  stats: [],
  core: [],
  route: ['core'],
  chaos: ['core', 'stats', 'compare'],
  compare: ['core', 'stats'],
  monitor: ['core', 'stats'],
  experiment: ['core', 'stats'],
  config: ['core', 'route', 'chaos', 'compare'],
  shadow: ['core', 'http'],
  proxy: ['core', 'http', 'route', 'experiment', 'chaos', 'shadow'],
  record: ['core', 'stats'],
  telemetry: ['core', 'stats'],
  control: ['*'],
  demo: ['core'],
  cli: ['*', 'demo'],
  main: ['cli']
}

const ABOVE = new Set(['cli', 'demo', 'dashboard', 'main'])

/** Of other rooms' files, all that these rooms may import at run time; their types are free. */
const ONLY: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  // the registries say what there is and what fields it takes; how many experiments fit is for the switchboard to say
  config: { route: ['route/matchers/index.ts'], chaos: ['chaos/faults/index.ts', 'chaos/switchboard.ts'], compare: ['compare/comparators/index.ts', 'compare/codecs/index.ts'] },
  // what kind of answer it is, and the bell curve; nothing that counts, compares or judges
  chaos: { compare: ['compare/codecs/index.ts'], stats: ['stats/normal-quantile.ts'] }
}

/** Packages a room may use, `*` for any. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: ['zod'],
  route: ['zod'],
  chaos: ['zod'],
  stats: ['cephes'],
  compare: ['zod', 'ajv'],
  config: ['zod', 'yaml', 'fast-json-stable-stringify', 'croner'],
  telemetry: ['pino', 'prom-client'],
  control: ['undici', 'fast-json-stable-stringify', 'zod', 'croner'],
  cli: ['commander', 'undici'],
  demo: ['*']
}

/** Modules of node's that reach out of the thread, and the rooms that may use them: no request waits for a disk. Others are free. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  'node:fs': ['control', 'cli', 'main'],
  'node:child_process': [],
  'node:worker_threads': ['control'],
  'node:os': ['control'],
  // config for what an address is
  'node:net': ['http', 'config', 'proxy', 'control', 'demo'],
  'node:tls': ['http', 'proxy', 'control'],
  'node:dns': ['http'],
  // http and proxy for its table of reasons; the others serve with it
  'node:http': ['http', 'proxy', 'control', 'demo'],
  'node:https': [],
  'node:http2': []
}

/** What comes in from outside, and the only files that may touch it. */
const EDGES: readonly { readonly what: string, readonly pattern: RegExp, readonly files: readonly string[] }[] = [
  { what: 'chance', pattern: /\bMath\s*\.\s*random\b/, files: [] },
  // ids that must not be guessed or met twice; nothing is decided by them but what a request without an id is drawn for
  {
    what: 'ids that are random', pattern: /\brandom(?:UUID|Bytes|Int|Fill|FillSync)\b|\bgetRandomValues\b/,
    files: ['control/sidecar.ts', 'control/data-plane-thread.ts', 'demo/model-server.ts', 'demo/llm-server.ts']
  },
  // a thread is an edge of its own: nobody hands it a clock
  { what: 'the wall clock', pattern: /\bDate\s*\.\s*now\b|\bnew Date\(\)|(?<!new )\bDate\(\)/, files: ['main.ts', 'control/data-plane-thread.ts'] },
  { what: 'the environment', pattern: /\bprocess\s*\.\s*env\b/, files: ['main.ts'] },
  { what: 'the command line', pattern: /\bprocess\s*\.\s*argv\b/, files: ['main.ts'] },
  { what: 'standard output', pattern: /\bconsole\s*\.|\bprocess\s*\.\s*std(?:out|err|in)\b/, files: ['main.ts'] },
  { what: 'signals and the end of the process', pattern: /\bprocess\s*\.\s*(?:on|once|exit|exitCode|kill|abort)\b/, files: ['main.ts', 'control/data-plane-thread.ts'] },
  { what: 'the monotonic clock', pattern: /\bperformance\s*\.\s*now\b|\bprocess\s*\.\s*hrtime\b/, files: ['core/clock.ts', 'control/thread.ts', 'control/watch.ts', 'cli/demo.ts'] }
]

type Files = ReadonlyMap<string, string>

interface Import {
  readonly from: string
  /** File below src, or the name of a package. */
  readonly to: string
  readonly local: boolean
  /** Whether nothing of it is left at run time. */
  readonly typeOnly: boolean
}

const roomOf = (file: string): string => file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, '')

// comments out, so that prose about Date.now is no use of it; in code, no string holds one of the comment marks
const withoutComments = (text: string): string => text.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/(?<=^|\s)\/\/.*$/gm, '')

function importsOf(from: string, text: string): Import[] {
  const code = withoutComments(text)
  const found = [
    ...[...code.matchAll(/^(?:import|export)\s+(type\s+)?([^'"]*?)\s*from\s+['"]([^'"]+)['"]/gm)].map(([, type, names = '', to = '']) => {
      const members = /^\{([^]*)\}$/.exec(names)?.[1]?.split(',').map((member) => member.trim()).filter((member) => member !== '')
      return { to, typeOnly: type !== undefined || members?.every((member) => member.startsWith('type ')) === true }
    }),
    ...[...code.matchAll(/^import\s+['"]([^'"]+)['"]/gm), ...code.matchAll(/\b(?:import|require)\(\s*['"`]([^'"`]+)['"`]/g)].map(([, to = '']) => ({ to, typeOnly: false }))
  ]
  return found.map(({ to, typeOnly }) => to.startsWith('.')
    ? { from, to: posix.normalize(posix.join(posix.dirname(from), to)), local: true, typeOnly }
    : { from, to: to.split('/').slice(0, to.startsWith('@') ? 2 : 1).join('/'), local: false, typeOnly })
}

const allImports = (files: Files): Import[] => [...files].flatMap(([file, text]) => importsOf(file, text))

function forbiddenImports(files: Files): string[] {
  return allImports(files).flatMap(({ from, to, local, typeOnly }) => {
    const room = roomOf(from)
    const said = `${from} imports ${to}`
    const allowed = MAY_IMPORT[room]
    if (allowed === undefined) return [`${from}: ${room} is no room`]
    if (to.startsWith('node:')) return OUTSIDE[to]?.includes(room) === false ? [said] : []
    if (!local) return PACKAGES[room]?.some((name) => name === to || name === '*') === true ? [] : [said]
    if (!files.has(to)) return [`${said}, which is not there`]
    const other = roomOf(to)
    if (other === room) return []
    if (!allowed.includes(other) && !(allowed.includes('*') && !ABOVE.has(other))) return [said]
    const only = ONLY[room]?.[other]
    return only === undefined || typeOnly || only.includes(to) ? [] : [`${said} for more than its types`]
  })
}

/** Each way round, named once. */
function cycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found = new Set<string>()
  const done = new Set<string>()
  const walk = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node)
    if (at >= 0) {
      const ring = path.slice(at)
      const first = ring.indexOf(ring.toSorted()[0]!)
      found.add([...ring.slice(first), ...ring.slice(0, first + 1)].join(' -> '))
      return
    }
    if (done.has(node)) return
    for (const next of edges.get(node) ?? []) walk(next, [...path, node])
    done.add(node)
  }
  for (const node of edges.keys()) walk(node, [])
  return [...found]
}

function graph(imports: readonly Import[], nameOf: (file: string) => string): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>()
  for (const { from, to, local } of imports) {
    if (!local || nameOf(from) === nameOf(to)) continue
    const known = edges.get(nameOf(from)) ?? new Set()
    edges.set(nameOf(from), known.add(nameOf(to)))
  }
  return edges
}

const roomCycles = (files: Files): string[] => cycles(graph(allImports(files), roomOf))
const fileCycles = (files: Files): string[] => cycles(graph(allImports(files).filter(({ typeOnly }) => !typeOnly), (file) => file))

const edgeUses = (files: Files): string[] => [...files].flatMap(([file, text]) => EDGES
  .filter(({ pattern, files: allowed }) => !allowed.includes(file) && pattern.test(withoutComments(text)))
  .map(({ what }) => `${file} touches ${what}`))

const SRC = fileURLToPath(new URL('../src', import.meta.url))
const sources: Files = new Map(globSync('**/*.ts', { cwd: SRC }).toSorted().map((file) => [file, readFileSync(`${SRC}/${file}`, 'utf8')]))

describe('the rooms of src', () => {
  it('import each other downhill only, and no package that is not theirs', () => {
    expect(sources.size).toBeGreaterThan(100)
    expect(allImports(sources).filter(({ local }) => local).length).toBeGreaterThan(200)
    expect(forbiddenImports(sources)).toEqual([])
  })

  it('are in no ring, even of types', () => {
    expect(roomCycles(sources)).toEqual([])
  })

  it('have no files that need each other to be loaded', () => {
    expect(fileCycles(sources)).toEqual([])
  })

  it('touch time, chance and surroundings at the edges alone', () => {
    expect(edgeUses(sources)).toEqual([])
  })

  it('need every exception that is made here', () => {
    for (const { what, pattern, files } of EDGES) {
      for (const file of files) expect(pattern.test(withoutComments(sources.get(file) ?? '')), `${file} no longer touches ${what}`).toBe(true)
    }
    const imports = allImports(sources)
    for (const [room, packages] of Object.entries(PACKAGES)) {
      for (const name of packages) if (name !== '*') expect(imports.some(({ from, to }) => roomOf(from) === room && to === name), `${room} no longer uses ${name}`).toBe(true)
    }
    for (const [module, rooms] of Object.entries(OUTSIDE)) {
      for (const room of rooms) expect(imports.some(({ from, to }) => roomOf(from) === room && to === module), `${room} no longer uses ${module}`).toBe(true)
    }
    for (const [room, files] of Object.entries(ONLY).flatMap(([name, rooms]) => Object.values(rooms).map((of) => [name, of] as const))) {
      for (const file of files) expect(imports.some(({ from, to, typeOnly }) => roomOf(from) === room && to === file && !typeOnly), `${room} no longer runs ${file}`).toBe(true)
    }
  })
})

describe('these checks', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['an uphill import', { 'core/a.ts': "import { b } from '../proxy/b.ts'", 'proxy/b.ts': '' }, /^core\/a\.ts imports proxy\/b\.ts$/],
    ['an uphill import over several lines', { 'core/a.ts': "import {\n  b,\n  c\n} from '../proxy/b.ts'", 'proxy/b.ts': '' }, /core/],
    ['an uphill export', { 'http/a.ts': "export { b } from '../core/b.ts'", 'core/b.ts': '' }, /http/],
    ['an uphill type', { 'shadow/a.ts': "import type { B } from '../proxy/b.ts'", 'proxy/b.ts': '' }, /shadow/],
    ['an uphill import in other quotes', { 'core/a.ts': 'import { b } from "../proxy/b.ts"', 'proxy/b.ts': '' }, /core/],
    ['an import for its effect', { 'core/a.ts': "import '../http/b.ts'", 'http/b.ts': '' }, /core/],
    ['an import when asked for', { 'core/a.ts': "const b = await import('../http/b.ts')", 'http/b.ts': '' }, /core/],
    ['the hot path naming a comparator', { 'proxy/a.ts': "import { b } from '../compare/b.ts'", 'compare/b.ts': '' }, /proxy/],
    ['control naming the command line', { 'control/a.ts': "import { b } from '../cli/b.ts'", 'cli/b.ts': '' }, /control/],
    ['more of a builder than its registry', { 'config/a.ts': "import { b } from '../route/split.ts'", 'route/split.ts': '' }, /more than its types/],
    ['a disk in the hot path', { 'proxy/a.ts': "import { readFileSync } from 'node:fs'" }, /^proxy\/a\.ts imports node:fs$/],
    ['a disk that is waited for', { 'shadow/a.ts': "import { readFile } from 'node:fs/promises'" }, /node:fs/],
    ['a process that is started', { 'control/a.ts': "import { execFile } from 'node:child_process'" }, /node:child_process/],
    ['a package that is not the room\'s', { 'http/a.ts': "import { request } from 'undici'" }, /undici/],
    ['a file that is not there', { 'core/a.ts': "import { b } from './b.ts'" }, /not there/],
    ['a room nobody knows', { 'utils/a.ts': "import 'node:fs'" }, /no room/]
  ])('find %s', (_, files, expected) => {
    expect(forbiddenImports(new Map(Object.entries(files))).join('\n')).toMatch(expected)
  })

  it('let types of builders pass, and what a comment says', () => {
    const files = new Map([
      ['config/a.ts', "import type { A } from '../route/unit.ts'\nimport { type B, type C } from '../route/unit.ts'\n// import { x } from '../proxy/x.ts'\n/* Date.now */\n"],
      ['route/unit.ts', '']
    ])
    expect([...forbiddenImports(files), ...edgeUses(files)]).toEqual([])
  })

  it('find rings of rooms and of files', () => {
    const rooms = new Map([['core/a.ts', "import type { B } from '../http/b.ts'"], ['http/b.ts', "import type { C } from '../stats/c.ts'"], ['stats/c.ts', "import type { A } from '../core/a.ts'"]])
    expect(roomCycles(rooms)).toEqual(['core -> http -> stats -> core'])
    expect(fileCycles(rooms)).toEqual([])
    expect(fileCycles(new Map([['core/a.ts', "import { b } from './b.ts'"], ['core/b.ts', "import { a } from './a.ts'"]]))).toEqual(['core/a.ts -> core/b.ts -> core/a.ts'])
  })

  it.each([
    'const x = Math.random()', 'const id = randomUUID()', 'const id = crypto.randomBytes(4)', 'crypto.getRandomValues(octets)', 'const t = Date.now()', 'const t = new Date()', 'wallClock: Date.now,', "const e = process.env['X']", 'const { a } = process.env', 'process.argv[2]',
    "console.log('x')", 'process.stdout.write(x)', 'process.exit(1)', 'performance.now()'
  ])('find %s away from the edges', (text) => {
    expect(edgeUses(new Map([['proxy/a.ts', text]]))).toHaveLength(1)
    expect(edgeUses(new Map([['proxy/a.ts', `// ${text}`]]))).toHaveLength(0)
  })
})
