import { extname } from 'node:path'
import { type MessagePort, Worker } from 'node:worker_threads'
import type { Counter } from '../core/meter.ts'
import type { Logger } from '../telemetry/logger.ts'

// a thread that dies again and again is started ever more slowly
const FIRST_RESTART_MS = 100
const MAX_RESTART_MS = 10_000
const HEALTHY_AFTER_MS = 30_000

export interface ThreadOptions<From> {
  /** Unique; names its metrics and log lines. */
  readonly name: string
  /** File beside this one, without extension. */
  readonly file: string
  /** What it is started with, asked for at each start. */
  readonly data: () => unknown
  readonly onMessage: (message: From) => void
  /** It has died, and will be started again unless it was retired. */
  readonly onDeath: () => void
  readonly restarts: Counter
  readonly log: Logger
}

/** A worker thread that is started again when it dies. */
export class Thread<To, From> {
  readonly name: string
  private readonly options: ThreadOptions<From>
  private worker: Worker | undefined
  private restartMs = FIRST_RESTART_MS
  private startedMs = 0
  private stopped = false
  private last = false
  private timer: NodeJS.Timeout | undefined

  constructor(options: ThreadOptions<From>) {
    this.options = options
    this.name = options.name
  }

  start(): void {
    const { file, data, name, onMessage, log } = this.options
    // beside this file, which is TypeScript in a checkout and JavaScript in the package
    const worker = new Worker(new URL(`./${file}${extname(import.meta.url)}`, import.meta.url), { workerData: data(), name })
    this.worker = worker
    this.startedMs = performance.now()
    worker.on('message', onMessage)
    worker.on('error', (error) => log.error({ thread: name, err: error }, 'thread failed'))
    worker.on('exit', (code) => this.exited(worker, code))
  }

  send(message: To, transfer: readonly MessagePort[] = []): void {
    this.worker?.postMessage(message, transfer)
  }

  /** It is not started again when it ends. @returns whether it lives */
  retire(): boolean {
    this.last = true
    clearTimeout(this.timer)
    return this.worker !== undefined
  }

  /** Ends the thread for good. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.worker?.terminate()
  }

  private exited(worker: Worker, code: number): void {
    if (worker !== this.worker) return
    this.worker = undefined
    if (this.stopped) return
    const { name, log, restarts, onDeath } = this.options
    if (this.last) {
      log.error({ thread: name, code }, 'thread died')
      return onDeath()
    }
    restarts.add()
    const lived = performance.now() - this.startedMs
    const delayMs = lived > HEALTHY_AFTER_MS ? FIRST_RESTART_MS : this.restartMs
    this.restartMs = Math.min(MAX_RESTART_MS, delayMs * 2)
    log.error({ thread: name, code, restartMs: delayMs }, 'thread died; starting it again')
    onDeath()
    this.timer = setTimeout(() => this.start(), delayMs)
  }
}
