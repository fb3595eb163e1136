import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import { Switchboard } from '../chaos/switchboard.ts'
import type { Config } from '../config/types.ts'
import { StartupError } from '../core/errors.ts'
import { HANDOVER_MEMORY_BYTES } from '../core/handover.ts'
import type { Meter } from '../core/meter.ts'
import type { Fold } from '../telemetry/fold.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { LedgerRow } from './ledger.ts'
import type { DataPlaneStart, FromAnalyst, FromDataPlane, PlanMessage, ToAnalyst, ToDataPlane } from './messages.ts'
import type { MirrorSnapshot } from './judges.ts'
import type { Outcome, OutcomeCounts } from './outcomes.ts'
import { countLost } from './lost-copies.ts'
import { Thread } from './thread.ts'

const PREPARE_MS = 10_000
// how long an answer of the analyst is waited for
const ANSWER_MS = 5000
// how long the start waits for the analyst
const ANALYST_MS = 5000
// beyond its grace a thread may take this long to cut what is left and to hand over what it has gathered
const DRAIN_MARGIN_MS = 3000

export interface SupervisorOptions {
  readonly plan: PlanMessage
  readonly instance: string
  /** Salts the hashes of redacted values. */
  readonly secret: string
  readonly switchboard: SharedArrayBuffer
  readonly health: SharedArrayBuffer
  readonly budgets: SharedArrayBuffer
  readonly fold: Fold
  readonly meter: Meter
  readonly log: Logger
  /** A data-plane thread has died. */
  readonly onDataPlaneDeath: () => void
}

/** Threads the config asks for. */
export const threadCount = (config: Config): number => config.workers === 'auto' ? availableParallelism() : config.workers

/** A data-plane thread and what is being waited for from it. */
interface DataPlaneHandle {
  readonly thread: Thread<ToDataPlane, FromDataPlane>
  /** Whether it takes clients. */
  listening: boolean
  /** What it was started with. */
  startedWith: PlanMessage | undefined
  onListening: ((message: Extract<FromDataPlane, { kind: 'listening' | 'failed' }>) => void) | undefined
  onPrepared: ((error: string | undefined) => void) | undefined
  onDrained: (() => void) | undefined
}

/** Starts the data-plane threads and the analyst, joins them, and starts again whichever dies. */
export class Supervisor {
  private readonly options: SupervisorOptions
  private readonly analyst: Thread<ToAnalyst, FromAnalyst>
  private readonly dataPlanes: DataPlaneHandle[] = []
  /** Questions to the analyst that are open. */
  private readonly asked = new Map<number, (answer: FromAnalyst | undefined) => void>()
  private plan: PlanMessage
  /** The plan that all are being asked to take. */
  private next: PlanMessage | undefined
  private boundPort = 0
  private nextQuestion = 0
  private analystReady = false
  private readonly analystLinked = Promise.withResolvers<void>()

  constructor(options: SupervisorOptions) {
    this.options = options
    this.plan = options.plan
    const { meter, log } = options
    this.analyst = new Thread<ToAnalyst, FromAnalyst>({
      name: 'analyst',
      file: 'analyst-thread',
      data: () => ({ thread: 'analyst', plan: this.plan, secret: options.secret }),
      onMessage: (message) => this.onAnalyst(message),
      onDeath: () => this.analystDied(),
      restarts: meter.counter('worker_restarts_total', { thread: 'analyst' }),
      log
    })
    for (let i = 0; i < threadCount(options.plan.config); i++) this.dataPlanes.push(this.createDataPlane(i))
  }

  /** Port clients connect to, once started. */
  get port(): number {
    return this.boundPort
  }

  /** Data-plane threads, and how many of them take clients. */
  get threads(): { readonly count: number, readonly listening: number } {
    return { count: this.dataPlanes.length, listening: this.dataPlanes.filter(({ listening }) => listening).length }
  }

  /** Starts everything; resolves when all listen and the analyst is there, or would take too long. @throws StartupError when the port cannot be had */
  async start(): Promise<void> {
    this.analyst.start()
    this.boundPort = this.plan.config.listen.address.port
    // the first one fixes the port when the config leaves it open
    for (const handle of this.dataPlanes) {
      const listening = new Promise<Extract<FromDataPlane, { kind: 'listening' | 'failed' }>>((resolve) => { handle.onListening = resolve })
      handle.thread.start()
      const result = await listening
      if (result.kind === 'failed') throw listenError(result.code, result.message, this.plan.config)
      this.boundPort = result.port
    }
    // pairs and access lines of the first requests need someone to take them; requests themselves do not
    await Promise.race([this.analystLinked.promise, sleep(ANALYST_MS, undefined, { ref: false })])
  }

  /**
   * Has all threads take a plan, or none. One that is being started again is waited for.
   * @param onAgreed called when all can, before any does
   * @throws Error with the reason when one cannot
   */
  async apply(plan: PlanMessage, onAgreed: () => void): Promise<void> {
    this.next = plan
    const prepared = this.dataPlanes.map((handle) => new Promise<string | undefined>((resolve) => {
      const late = setTimeout(() => resolve(`${handle.thread.name} did not answer`), PREPARE_MS)
      handle.onPrepared = (error) => {
        clearTimeout(late)
        resolve(error)
      }
      handle.thread.send({ kind: 'prepare', plan })
    }))
    const error = (await Promise.all(prepared)).find((one) => one !== undefined)
    this.next = undefined
    if (error === undefined) {
      onAgreed()
      this.plan = plan
      // before the others, so that it knows of a new mirror when its first pair comes
      this.analyst.send({ kind: 'plan', plan })
    }
    for (const handle of this.dataPlanes) {
      handle.onPrepared = undefined
      handle.thread.send({ kind: error === undefined ? 'commit' : 'rollback' })
    }
    if (error !== undefined) throw new Error(error)
  }

  /** Lets requests go that faults hold back: those of one experiment, or all. */
  release(experiment?: string): void {
    for (const { thread } of this.dataPlanes) thread.send({ kind: 'release', experiment })
  }

  /** What the comparisons have found; undefined when the analyst does not answer. */
  async snapshot(): Promise<readonly MirrorSnapshot[] | undefined> {
    const answer = await this.ask((id) => ({ kind: 'snapshot', id }))
    return answer?.kind === 'snapshot' ? answer.mirrors : undefined
  }

  /** Tells the comparisons what turned out to be true; undefined when the analyst does not answer. */
  async learn(outcomes: readonly Outcome[]): Promise<OutcomeCounts | undefined> {
    const answer = await this.ask((id) => ({ kind: 'outcomes', id, outcomes }))
    return answer?.kind === 'learned' ? answer.counts : undefined
  }

  /** What chaos decided for a request; undefined when the analyst does not answer. */
  async decisionsOn(requestId: string): Promise<readonly LedgerRow[] | undefined> {
    const answer = await this.ask((id) => ({ kind: 'decisions', id, requestId }))
    return answer?.kind === 'decided' ? answer.rows : undefined
  }

  private ask(question: (id: number) => ToAnalyst): Promise<FromAnalyst | undefined> {
    const id = this.nextQuestion++
    return new Promise((resolve) => {
      const settle = (answer: FromAnalyst | undefined): void => {
        clearTimeout(timer)
        this.asked.delete(id)
        resolve(answer)
      }
      const timer = setTimeout(() => settle(undefined), ANSWER_MS)
      this.asked.set(id, settle)
      this.analyst.send(question(id))
    })
  }

  /** Stops accepting, lets requests end within `graceMs`, then ends all threads. */
  async drain(graceMs: number): Promise<void> {
    await Promise.all(this.dataPlanes.map((handle) => new Promise<void>((resolve) => {
      if (!handle.thread.retire()) return resolve()
      handle.onDrained = resolve
      handle.thread.send({ kind: 'drain', graceMs })
      setTimeout(resolve, graceMs + DRAIN_MARGIN_MS).unref()
    })))
    await this.stop()
  }

  /** Ends all threads now. */
  async stop(): Promise<void> {
    await Promise.all([...this.dataPlanes.map(({ thread }) => thread.stop()), this.analyst.stop()])
  }

  private createDataPlane(index: number): DataPlaneHandle {
    const { fold, meter, log, instance, switchboard, health, budgets, onDataPlaneDeath } = this.options
    const name = `data-plane-${index}`
    const handle: DataPlaneHandle = {
      listening: false,
      startedWith: undefined,
      onListening: undefined,
      onPrepared: undefined,
      onDrained: undefined,
      thread: new Thread<ToDataPlane, FromDataPlane>({
        name,
        file: 'data-plane-thread',
        data: (): DataPlaneStart => {
          handle.startedWith = this.plan
          return { thread: name, index, plan: this.withFirstListener(this.plan), threads: this.dataPlanes.length, port: this.boundPort, instance, switchboard, health, budgets }
        },
        onMessage: (message) => this.onDataPlane(handle, message),
        onDeath: () => {
          handle.listening = false
          countLost(fold.seriesOf(name), meter)
          fold.retire(name)
          new Switchboard(switchboard).abandon(index)
          handle.onListening?.({ kind: 'failed', code: 'thread_died', message: `${name} died while starting` })
          handle.onListening = undefined
          handle.onDrained?.()
          onDataPlaneDeath()
        },
        restarts: meter.counter('worker_restarts_total', { thread: name }),
        log
      })
    }
    return handle
  }

  private onDataPlane(handle: DataPlaneHandle, message: FromDataPlane): void {
    switch (message.kind) {
      case 'listening': return this.onListening(handle, message)
      case 'failed':
        // at the start it is for whoever asked to report it, and it is not tried again
        if (handle.onListening === undefined) this.options.log.error({ thread: handle.thread.name, code: message.code }, message.message)
        else void handle.thread.stop()
        handle.onListening?.(message)
        handle.onListening = undefined
        return
      case 'series': return this.options.fold.add(handle.thread.name, message.series)
      case 'prepared': return handle.onPrepared?.(message.error)
      case 'ejection': return this.noteEjection(handle.thread.name, message.backend, message.out)
      default: return handle.onDrained?.()
    }
  }

  private noteEjection(thread: string, backend: string, out: boolean): void {
    if (out) this.options.log.warn({ backend, thread }, 'backend is taken out: requests to it fail')
    else this.options.log.info({ backend, thread }, 'backend answers again')
  }

  private onListening(handle: DataPlaneHandle, message: Extract<FromDataPlane, { kind: 'listening' }>): void {
    handle.listening = true
    handle.onListening?.(message)
    handle.onListening = undefined
    // once for each pair of lives: a second link would have what is under way on the first counted as lost
    if (this.analystReady) this.link(handle)
    // a plan may have come into force, or be coming, while it was starting
    const { thread, startedWith } = handle
    if (startedWith !== this.plan) {
      thread.send({ kind: 'prepare', plan: this.plan })
      thread.send({ kind: 'commit' })
    }
    if (this.next !== undefined) thread.send({ kind: 'prepare', plan: this.next })
  }

  // what the listener is made of stays as it was at the start: a change takes effect after a restart of the process
  private withFirstListener(plan: PlanMessage): PlanMessage {
    const { config, tls } = this.options.plan
    return { ...plan, config: { ...plan.config, listen: config.listen }, tls: tls === undefined ? undefined : plan.tls ?? tls }
  }

  private onAnalyst(message: FromAnalyst): void {
    switch (message.kind) {
      case 'series': return this.options.fold.add('analyst', message.series)
      case 'snapshot': case 'learned': case 'decided': return this.asked.get(message.id)?.(message)
      default:
        this.analystReady = true
        for (const handle of this.dataPlanes) if (handle.listening) this.link(handle)
        this.analystLinked.resolve()
    }
  }

  private analystDied(): void {
    this.analystReady = false
    this.options.fold.retire('analyst')
    for (const { thread } of this.dataPlanes) thread.send({ kind: 'analyst', link: undefined })
  }

  // a channel from one data-plane thread to the analyst; the main thread is not on the way
  private link({ thread }: DataPlaneHandle): void {
    const { port1, port2 } = new MessageChannel()
    const memory = new SharedArrayBuffer(HANDOVER_MEMORY_BYTES)
    this.analyst.send({ kind: 'link', from: thread.name, link: { port: port2, memory } }, [port2])
    thread.send({ kind: 'analyst', link: { port: port1, memory } }, [port1])
  }
}

function listenError(code: string, message: string, { listen }: Config): StartupError {
  const where = `${listen.address.host}:${listen.address.port}`
  if (code === 'EADDRINUSE') return new StartupError('address_in_use', `listen: ${where} is in use by another process`)
  if (code === 'EACCES') return new StartupError('address_refused', `listen: not allowed to listen on ${where}`)
  return new StartupError('listen_failed', `listen: ${message}`)
}
