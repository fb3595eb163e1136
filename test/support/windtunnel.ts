import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { Signal } from '../http/support/signal.ts'

/** Top of the repository. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url))

/** How a config of these tests begins: on ports the system picks. */
export const ON_FREE_PORTS = `version: 1
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
`

/** A line of the log. */
export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly [key: string]: unknown
}

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const running = new Set<ChildProcess>()
const folders: string[] = []

// a run that is broken off leaves nothing behind either
const killAll = (): void => { for (const child of running) child.kill('SIGKILL') }
process.once('exit', killAll)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    killAll()
    process.kill(process.pid, signal)
  })
}
afterAll(async () => {
  await Promise.all([...running].map(end))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A process that is killed when the tests of the file are over, whatever becomes of them. */
export function keep<T extends ChildProcess>(child: T): T {
  running.add(child)
  child.once('close', () => running.delete(child))
  child.once('error', () => running.delete(child))
  return child
}

/** Kills a process and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return
  const gone = new Promise((resolve) => { child.once('close', resolve) })
  child.kill('SIGKILL')
  await gone
}

/** A folder for the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'windtunnel-test-'))
  folders.push(folder)
  return folder
}

/** Asks again and again until the answer is yes; for what no event tells of. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- polling is the point
  while (!await holds()) await new Promise((resolve) => { setTimeout(resolve, 10) })
}

/** A Windtunnel as its users run it: a process of its own, with its config in a file. */
export class Windtunnel {
  /** Where clients connect, as "host:port". */
  readonly address: string
  readonly url: string
  readonly port: number
  /** Where the admin API is, without a slash at the end. */
  readonly admin: string
  readonly file: string
  private readonly process: WindtunnelProcess

  private constructor(process: WindtunnelProcess, file: string, serving: LogLine) {
    this.process = process
    this.file = file
    this.address = String(serving['listen'])
    this.url = `http://${this.address}`
    this.port = Number(this.address.split(':').at(-1))
    this.admin = `http://${String(serving['admin'])}`
  }

  /** Runs one with this config; rejects with what it printed when it does not start. */
  static async start(yaml: string, env: Readonly<Record<string, string>> = {}): Promise<Windtunnel> {
    const file = join(temporaryFolder(), 'windtunnel.yaml')
    writeFileSync(file, yaml)
    const process = new WindtunnelProcess(['src/main.ts', 'run', file], ROOT, env)
    return new Windtunnel(process, file, await process.serving())
  }

  /** Lines logged so far. */
  get logs(): readonly LogLine[] {
    return this.process.logs
  }

  /** The first line with this message, once there is one. */
  logged(msg: string): Promise<LogLine> {
    return this.process.logged(msg)
  }

  /** Calls the admin API and returns what it answers. */
  async api(method: string, path: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.admin}${path}`, { method })
    return await response.json() as Record<string, unknown>
  }

  /** Resolves when pairs are compared: that begins a moment after requests are served, and those before are counted as dropped. */
  compares(): Promise<void> {
    return until(async () => ((await this.api('GET', '/api/v1/mirrors'))['mirrors'] as readonly unknown[]).length > 0)
  }

  /** Puts another config in force. */
  async reload(yaml: string): Promise<void> {
    writeFileSync(this.file, yaml)
    const result = await this.api('POST', '/api/v1/config/reload')
    if (result['ok'] !== true) throw new Error(`not taken: ${JSON.stringify(result)}`)
  }

  async metrics(): Promise<readonly Sample[]> {
    const page = await (await fetch(`${this.admin}/metrics`)).text()
    return page.split('\n').flatMap((line) => {
      const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? []
      if (name === undefined) return []
      return [{ name, labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text])), value: Number(value) }]
    })
  }

  /** The sum of a metric's series with these labels; named without the prefix. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const samples = await this.metrics()
    return samples.filter((sample) => sample.name === `windtunnel_${name}` && Object.entries(labels).every(([key, text]) => sample.labels[key] === text))
      .reduce((sum, { value }) => sum + value, 0)
  }

  signal(name: NodeJS.Signals): void {
    this.process.child.kill(name)
  }

  /** Resolves with the exit code once it has ended; null when a signal ended it. */
  get exited(): Promise<number | null> {
    return this.process.exited
  }

  /**
   * Resolves when it holds nothing of requests that are over, as it must once all clients have gone.
   * @throws Error when a thread died, an observer failed or an error was logged in the meantime
   */
  async rests(): Promise<void> {
    // some gauges are set once a second: a zero from before the traffic would prove nothing
    await new Promise((resolve) => { setTimeout(resolve, MEASURED_MS) })
    await until(async () => {
      const samples = await this.metrics()
      return samples.every(({ name, value }) => !HELD.has(name) || value === 0)
    })
    const broken = (await this.metrics()).filter(({ name, value }) => BROKEN.has(name) && value !== 0)
    const errors = this.logs.filter(({ level }) => level === 'error' || level === 'fatal')
    if (broken.length + errors.length > 0) throw new Error(`it did not come through whole: ${JSON.stringify([...broken, ...errors])}`)
    if (this.process.stderr !== '') throw new Error(`it wrote to standard error: ${this.process.stderr}`)
  }
}

const MEASURED_MS = 1100
const HELD = new Set(['requests_in_flight', 'tunnels', 'upstream_waiting', 'mirror_in_flight', 'mirror_held_bytes', 'chaos_active'].map((name) => `windtunnel_${name}`))
const BROKEN = new Set(['worker_restarts_total', 'observer_failures_total', 'series_dropped_total'].map((name) => `windtunnel_${name}`))

/** A process that runs `windtunnel run ...`, and what it prints. */
export class WindtunnelProcess {
  readonly child: ChildProcess
  readonly logs: LogLine[] = []
  readonly exited: Promise<number | null>
  stderr = ''
  private ended = false
  private partial = ''
  private readonly changed = new Signal()

  constructor(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}, command: string = process.execPath) {
    this.child = keep(spawn(command, args, { cwd, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] }))
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.read(text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.stderr += text })
    this.exited = new Promise((resolve) => {
      const over = (code: number | null): void => {
        this.ended = true
        this.changed.fire()
        resolve(code)
      }
      this.child.once('close', over)
      this.child.once('error', (error) => {
        this.stderr += error.message
        over(null)
      })
    })
  }

  /** The line that says where it serves. */
  serving(): Promise<LogLine> {
    return this.logged('serving')
  }

  /** The first line with this message; rejects when the process ends without one. */
  async logged(msg: string): Promise<LogLine> {
    const find = (): LogLine | undefined => this.logs.find((line) => line.msg === msg)
    await this.changed.until(() => this.ended || find() !== undefined)
    const line = find()
    if (line === undefined) throw new Error(`ended without "${msg}":\n${this.logs.map((one) => JSON.stringify(one)).join('\n')}\n${this.partial}${this.stderr}`)
    return line
  }

  private read(text: string): void {
    const lines = `${this.partial}${text}`.split('\n')
    this.partial = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('{')) this.logs.push(JSON.parse(line) as LogLine)
    this.changed.fire()
  }
}
