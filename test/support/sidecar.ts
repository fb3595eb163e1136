import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { Sidecar } from '../../src/control/sidecar.ts'
import { Signal } from '../http/support/signal.ts'
import { Metrics } from './metrics.ts'

export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly [key: string]: unknown
}

/** An answer of the admin API. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The body as JSON. */
  readonly json: any // oxlint-disable-line typescript/no-explicit-any -- tests look into it as they expect it to be
}

/** What the threads of a sidecar are to a test: it may send them what makes them die. */
export interface ThreadHandle {
  readonly name: string
  send(message: unknown): void
  stop(): Promise<void>
}

/** When what a test made is taken away again: after it, unless it says otherwise. */
export type AtEnd = (cleanUp: () => void | Promise<void>) => void

/** A folder for one test. */
export function testFolder(atEnd: AtEnd = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'windtunnel-test-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface TestSidecarOptions {
  readonly file?: string
  readonly env?: Readonly<Record<string, string>>
  readonly atEnd?: AtEnd
}

/** A sidecar in the process of the test, with threads of its own, and its config in a file. */
export class TestSidecar {
  readonly sidecar: Sidecar
  readonly file: string
  readonly logs: LogLine[]
  private readonly changed: Signal

  private constructor(sidecar: Sidecar, file: string, logs: LogLine[], changed: Signal) {
    this.sidecar = sidecar
    this.file = file
    this.logs = logs
    this.changed = changed
  }

  /** Makes one without starting it. */
  static create(yaml: string, { atEnd = onTestFinished, file = join(testFolder(atEnd), 'windtunnel.yaml'), env = {} }: TestSidecarOptions = {}): TestSidecar {
    writeFileSync(file, yaml)
    const logs: LogLine[] = []
    const changed = new Signal()
    const log = pino({ level: 'debug', base: null, timestamp: false, formatters: { level: (level) => ({ level }) } }, {
      write: (line: string) => {
        logs.push(JSON.parse(line) as LogLine)
        changed.fire()
      }
    })
    const sidecar = new Sidecar({ source: { kind: 'file', file }, env, wallClock: Date.now, log })
    return new TestSidecar(sidecar, file, logs, changed)
  }

  /** Starts one for a test; ended when that is over. */
  static async start(yaml: string, options: TestSidecarOptions = {}): Promise<TestSidecar> {
    const made = TestSidecar.create(yaml, options)
    const { atEnd = onTestFinished } = options
    atEnd(() => made.sidecar.stop())
    await made.sidecar.start()
    return made
  }

  /** Where clients connect. */
  get url(): string {
    return `http://${this.sidecar.addresses.listen}`
  }

  get port(): number {
    return Number(this.sidecar.addresses.listen.split(':').at(-1))
  }

  get adminPort(): number {
    return Number(this.sidecar.addresses.admin.split(':').at(-1))
  }

  /** Calls the admin API; headers are sent as they are given, Host included. */
  api(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port: this.adminPort, method, path, headers, agent: false }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
        response.on('end', () => resolve({
          status: response.statusCode ?? 0, headers: response.headers, text,
          get json(): unknown { return JSON.parse(text) }
        }))
      })
      request.on('error', reject)
      request.end(body)
    })
  }

  /** Puts another config in the file, and in force. */
  async reload(yaml: string): Promise<void> {
    writeFileSync(this.file, yaml)
    const result = await this.sidecar.reload()
    if (!result.ok) throw new Error(result.message)
  }

  /** Lines logged with this message, once there are so many. */
  async logged(msg: string, times = 1): Promise<readonly LogLine[]> {
    const find = (): LogLine[] => this.logs.filter((line) => line.msg === msg)
    await this.changed.until(() => find().length >= times)
    return find()
  }

  /** What Prometheus would read at this moment. */
  async metrics(): Promise<Metrics> {
    return new Metrics((await this.api('GET', '/metrics')).text)
  }

  /** The sum of a metric's series with these labels; named without the prefix. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    return (await this.metrics()).sum(name, labels)
  }

  /** Its threads: the supervisor keeps them to itself, and a test that has one die has to reach in. */
  get threads(): { readonly analyst: ThreadHandle, readonly dataPlanes: readonly ThreadHandle[] } {
    const { supervisor } = this.sidecar as unknown as { supervisor: { analyst: ThreadHandle, dataPlanes: readonly { thread: ThreadHandle }[] } }
    return { analyst: supervisor.analyst, dataPlanes: supervisor.dataPlanes.map(({ thread }) => thread) }
  }
}

/** Makes a thread die for real: it is sent a link that is none, which nothing in it catches. */
export function kill(thread: ThreadHandle): void {
  thread.send(thread.name === 'analyst' ? { kind: 'link', link: null } : { kind: 'analyst', link: null })
}
