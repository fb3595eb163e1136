import { randomBytes } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Switchboard } from '../chaos/switchboard.ts'
import { sharedClock } from '../core/clock.ts'
import type { Exchange, ExchangeObserver } from '../core/exchange.ts'
import { Handover, type RecordFate } from '../core/handover.ts'
import { keyOf, draw, saltOf } from '../core/hash.ts'
import { Deadlines } from '../http/deadlines.ts'
import { HeldRequests } from '../proxy/inject/held.ts'
import { Listener } from '../proxy/listener.ts'
import { Peers } from '../proxy/peers.ts'
import type { DataPlane, Plan } from '../proxy/plan.ts'
import { CHAOS_RECORD, type ChaosRecord, chaosRecordOf, chaosRecordSize, writeChaosRecord } from '../telemetry/chaos-record.ts'
import { EXCHANGE_RECORD, exchangeSize, writeExchange } from '../telemetry/access-log.ts'
import { exchangeMetrics } from '../telemetry/exchange-metrics.ts'
import { ThreadMeter } from '../telemetry/thread-meter.ts'
import { Backends } from './backends.ts'
import { compilePlan, orForever } from './compile.ts'
import { clientConnections } from './file-limit.ts'
import { Lag } from './lag.ts'
import type { AnalystLink, DataPlaneStart, FromDataPlane, PlanMessage, ToDataPlane } from './messages.ts'

// octets of finished exchanges and trials that may be on their way to the analyst
const HANDOVER_BYTES = 32 * 1024 * 1024
const LINGER_MS = 5000
const MEASURE_MS = 1000
const HAND_OVER_MS = 1000

// a pattern that backtracks without end is given to the engine that never does
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/** A data-plane thread: serves on the listening port until it is told to drain. Started by the supervisor. */
class DataPlaneThread {
  private readonly port: MessagePort
  private readonly start: DataPlaneStart
  private readonly meter: ThreadMeter
  private readonly clock = sharedClock()
  private readonly deadlines = new Deadlines(this.clock)
  private readonly handover = new Handover(HANDOVER_BYTES)
  private readonly switchboard: Switchboard
  private readonly health: Int32Array
  private readonly lag: Lag
  private readonly backends: Backends
  private healthSlots: Readonly<Record<string, number>>
  private accessShare: number
  private readonly held = new HeldRequests()
  private readonly rowsLost: RecordFate
  private prepared: { readonly message: PlanMessage, readonly plan: Plan } | undefined
  private readonly data: DataPlane
  /** From our clock to the wall's, looked at once a second. */
  private wallOffsetMs: number
  private readonly listener: Listener

  constructor(port: MessagePort, start: DataPlaneStart) {
    this.port = port
    this.start = start
    this.meter = new ThreadMeter((series) => this.tell({ kind: 'series', series }))
    this.switchboard = new Switchboard(start.switchboard, start.index)
    this.health = new Int32Array(start.health)
    this.lag = new Lag(this.clock)
    this.healthSlots = start.plan.healthSlots
    this.accessShare = start.plan.config.log.access / 100
    const { meter, deadlines, clock } = this
    this.wallOffsetMs = Date.now() - clock()
    this.rowsLost = { lost: meter.counter('chaos_ledger_rows_total', { result: 'lost' }) }
    const { threads } = start
    this.backends = new Backends({
      meter, deadlines, clock, threads,
      healthy: (backend) => this.isHealthy(backend),
      onEjection: (backend, out) => this.tell({ kind: 'ejection', backend, out })
    })
    const { config } = start.plan
    const { listen } = config
    const prefix = randomBytes(6).toString('hex')
    let minted = 0
    this.data = {
      plan: this.compile(start.plan),
      inFlight: 0,
      draining: false,
      clock,
      wallTimeOf: (ms) => ms + this.wallOffsetMs,
      deadlines,
      mint: () => `${prefix}-${(minted++).toString(36)}`,
      peers: new Peers({
        trust: listen.forwarded.trust,
        forwarded: listen.forwarded.send,
        via: listen.forwarded.via ? `windtunnel-${start.instance}` : undefined
      }, listen.tls === undefined ? 'http' : 'https'),
      held: this.held,
      tunnels: new Set(),
      dateLine: createDateLine(() => deadlines.now + this.wallOffsetMs),
      observe: this.observer(),
      observerFailed: () => meter.counter('observer_failures_total', {}).add(),
      refused: (reason) => meter.counter('refused_requests_total', { reason }).add()
    }
    this.backends.commit()
    const { timeouts } = listen
    this.listener = new Listener(this.data, {
      host: listen.address.host,
      port: start.port,
      shared: threads > 1,
      tls: start.plan.tls,
      maxConnections: Math.ceil(clientConnections(config) / threads),
      connections: meter.gauge('connections', {}),
      dropped: meter.counter('connections_dropped_total', {}),
      inbound: {
        headTimeoutMs: timeouts.head,
        keepAliveMs: timeouts.keepAlive,
        idleMs: orForever(timeouts.idle),
        lingerMs: LINGER_MS,
        halfClose: listen.halfClose,
        maxHeadBytes: listen.maxHead,
        maxFields: listen.maxHeaders,
        deadlines
      }
    })
  }

  async run(): Promise<void> {
    this.port.on('message', (message: ToDataPlane) => this.onMessage(message))
    this.measure()
    try {
      this.tell({ kind: 'listening', port: await this.listener.listen() })
    } catch (error) {
      const { code = 'listen_failed', message } = error as NodeJS.ErrnoException // holds: what listen rejects with
      this.tell({ kind: 'failed', code, message })
      setImmediate(() => process.exit(1)) // the supervisor tries again, or gives up if this was the start
    }
  }

  private onMessage(message: ToDataPlane): void {
    switch (message.kind) {
      case 'prepare': return this.prepare(message.plan)
      case 'commit': return this.commit()
      case 'rollback': return this.rollback()
      case 'analyst': return this.link(message.link)
      case 'release': return this.data.held.release(message.experiment)
      default:
        void this.drain(message.graceMs)
    }
  }

  // a reload is taken by all threads or by none: each compiles it, then all switch
  private prepare(message: PlanMessage): void {
    let error: string | undefined
    try {
      this.prepared = { message, plan: this.compile(message) }
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown)
      this.rollback()
    }
    this.tell({ kind: 'prepared', error })
  }

  private commit(): void {
    if (this.prepared === undefined) return
    const { plan, message } = this.prepared
    this.prepared = undefined
    this.data.plan = plan
    this.backends.commit()
    this.healthSlots = message.healthSlots
    this.accessShare = message.config.log.access / 100
    if (message.tls !== undefined) this.listener.renew(message.tls)
  }

  private rollback(): void {
    this.prepared = undefined
    this.backends.rollback()
  }

  private compile({ config, hash, authorities, budgetSlots }: PlanMessage): Plan {
    const { backends, meter, deadlines, clock, handover, switchboard, start } = this
    backends.trust(authorities)
    return compilePlan(config, hash, {
      backends, meter, deadlines, clock, handover, switchboard,
      threads: start.threads,
      held: this.held,
      recordChaos: (record) => this.record(record),
      lagMs: () => this.lag.ms,
      wallClock: Date.now,
      budgets: { memory: start.budgets, slots: budgetSlots }
    })
  }

  private link(link: AnalystLink | undefined): void {
    if (link === undefined) return this.handover.disconnect()
    const { port, memory } = link
    this.handover.connect((batch) => port.postMessage(batch, [batch.memory]), memory)
  }

  private async drain(graceMs: number): Promise<void> {
    await this.listener.drain(graceMs)
    this.handover.flush()
    await this.handedOver()
    this.tell({ kind: 'drained' })
  }

  // the analyst ends with us, so the last access lines are waited for, if not for long
  private async handedOver(): Promise<void> {
    const untilMs = this.clock() + HAND_OVER_MS
    while (this.handover.bytes > 0 && this.clock() < untilMs) await sleep(5) // oxlint-disable-line no-await-in-loop -- polling is the point
  }

  // metrics for all, an access line for the share that is logged; errors and slow writers are the analyst's affair
  private observer(): ExchangeObserver {
    const count = exchangeMetrics(this.meter)
    const dropped = this.meter.counter('access_lines_dropped_total', {})
    const fate: RecordFate = { lost: dropped }
    const salt = saltOf('access log')
    return (exchange: Exchange) => {
      count(exchange)
      if (exchange.decisions.length > 0) this.record(chaosRecordOf(exchange))
      if (this.accessShare === 0 || (this.accessShare < 1 && draw(salt, keyOf(exchange.requestId)) >= this.accessShare)) return
      const writer = this.handover.open(exchangeSize(exchange))
      if (writer === undefined) return dropped.add()
      writer.byte(EXCHANGE_RECORD)
      writeExchange(writer, exchange)
      this.handover.close(fate)
    }
  }

  /** Hands over what chaos decided; who is behind loses it, counted. */
  private record(record: ChaosRecord): void {
    const writer = this.handover.open(chaosRecordSize(record))
    if (writer === undefined) return this.rowsLost.lost.add()
    writer.byte(CHAOS_RECORD)
    writeChaosRecord(writer, record)
    this.handover.close(this.rowsLost)
  }

  private isHealthy(backend: string): boolean {
    const slot = this.healthSlots[backend]
    return slot === undefined || this.health[slot] !== 1
  }

  private measure(): void {
    const delay = monitorEventLoopDelay({ resolution: 20 })
    delay.enable()
    const { thread } = this.start
    const lag = this.meter.gauge('event_loop_lag_seconds', { thread })
    const handover = this.meter.gauge('handover_bytes', { thread })
    const tunnels = this.meter.gauge('tunnels', {})
    const inFlight = this.meter.gauge('requests_in_flight', {})
    setInterval(() => {
      this.wallOffsetMs = Date.now() - this.clock()
      // the monitor counts from when its timer should have fired, which is one resolution before
      lag.set(Math.max(0, delay.percentile(99) / 1e9 - 0.02))
      delay.reset()
      handover.set(this.handover.bytes)
      tunnels.set(this.data.tunnels.size)
      inFlight.set(this.data.inFlight)
      this.backends.measure()
    }, MEASURE_MS).unref()
  }

  private tell(message: FromDataPlane): void {
    this.port.postMessage(message)
  }
}

/** The Date line of now (RFC 9110 section 6.6.1), made once a second. */
function createDateLine(wallClock: () => number): () => string {
  let second = 0
  let line = ''
  return () => {
    const now = Math.floor(wallClock() / 1000)
    if (now !== second) {
      second = now
      line = `date: ${new Date(now * 1000).toUTCString()}\r\n`
    }
    return line
  }
}

if (parentPort !== null) await new DataPlaneThread(parentPort, workerData as DataPlaneStart).run() // holds: what the supervisor passes
