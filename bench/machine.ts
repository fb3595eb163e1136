import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

/** What was measured, and on what. Nothing in it names a machine or a path. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly kernel: string
  /** Load average over the minute before the first measurement. */
  readonly load: number
  readonly node: string
  readonly commit: string
  readonly tools: Readonly<Record<string, string>>
}

/** Load average over 1, 5 and 15 minutes. */
export const loadAverage = (): readonly number[] => loadavg().map((load) => Number(load.toFixed(2)))

/** Whether a program is there to run. */
export const isInstalled = (command: string): boolean => versionOf(command) !== undefined

export function describeMachine(): Machine {
  const versions = {
    nginx: /nginx\/(\S+)/.exec(versionOf('nginx') ?? '')?.[1],
    haproxy: /version (\S+)/.exec(versionOf('haproxy') ?? '')?.[1],
    wrk: /wrk (\S+)/.exec(versionOf('wrk') ?? '')?.[1],
    autocannon: packageVersion('autocannon'),
    undici: packageVersion('undici'),
    'http-proxy': packageVersion('http-proxy')
  }
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: /^[\d.]+/.exec(release())?.[0] ?? 'unknown',
    load: loadAverage()[0] ?? NaN,
    node: process.version,
    commit: describeCommit(),
    tools: Object.fromEntries(Object.entries(versions).map(([name, version]) => [name, version ?? 'not installed']))
  }
}

function describeCommit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', ['--no-optional-locks', ...args], { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const changed = git('status', '--porcelain', '--', '../src', '../package-lock.json')
    return `${git('rev-parse', '--short=12', 'HEAD')}${changed === '' ? '' : ' with uncommitted changes in src'}`
  } catch {
    return 'unknown' // an unpacked archive, or a machine without git
  }
}

// wrk exits with 1 for it, and nginx prints it to standard error
function versionOf(command: string): string | undefined {
  const { error, stdout, stderr } = spawnSync(command, ['-v'], { encoding: 'utf8' })
  return error === undefined ? stdout + stderr : undefined
}

function packageVersion(name: string): string | undefined {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : undefined
}
