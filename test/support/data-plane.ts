import { readFileSync } from 'node:fs'
import { MAX_EXPERIMENTS, Switchboard } from '../../src/chaos/switchboard.ts'
import { load } from '../../src/config/load.ts'
import { formatFinding } from '../../src/config/finding.ts'
import type { Config } from '../../src/config/types.ts'
import type { Exchange } from '../../src/core/exchange.ts'
import { Handover, HANDOVER_MEMORY_BYTES, taken } from '../../src/core/handover.ts'
import { RecordReader } from '../../src/core/records.ts'
import { Deadlines } from '../../src/http/deadlines.ts'
import { Backends } from '../../src/control/backends.ts'
import { compilePlan } from '../../src/control/compile.ts'
import { HeldRequests } from '../../src/proxy/inject/held.ts'
import { Listener } from '../../src/proxy/listener.ts'
import { Peers } from '../../src/proxy/peers.ts'
import type { DataPlane } from '../../src/proxy/plan.ts'
import type { Trial } from '../../src/core/trial.ts'
import { MAX_BUDGETS } from '../../src/control/budgets.ts'
import { BUDGET_BYTES } from '../../src/shadow/daily-budget.ts'
import { readTrial, TRIAL_RECORD } from '../../src/shadow/trial.ts'
import { type ChaosRecord, chaosRecordOf } from '../../src/telemetry/chaos-record.ts'
import { exchangeMetrics } from '../../src/telemetry/exchange-metrics.ts'
import { Fold } from '../../src/telemetry/fold.ts'
import { ThreadMeter } from '../../src/telemetry/thread-meter.ts'
import { type Pair, pairsOf } from './pairs.ts'

/** A config that must hold. */
export function configOf(yaml: string, env: Record<string, string> = {}): { config: Config, hash: string } {
  const loaded = load(yaml, { file: 'test.yaml', env, readFile: (path) => readFileSync(path, 'utf8') })
  if (!loaded.ok) throw new Error(loaded.findings.map(formatFinding).join('\n'))
  return loaded
}

/** A data plane in this thread, as a thread of its own would run it. */
export interface TestDataPlane {
  readonly port: number
  readonly data: DataPlane
  readonly listener: Listener
  readonly exchanges: Exchange[]
  readonly refused: string[]
  /** What chaos decided, for clients and for copies. */
  readonly chaosRecords: ChaosRecord[]
  /** Handed to the comparison. */
  readonly trials: Trial[]
  /** Those that are in the trials. */
  readonly pairs: readonly Pair[]
  /** How late its event loop says it is. */
  readonly lag: { ms: number }
  /** What budgets take for the time of day. */
  readonly wall: { clock: () => number }
  readonly switchboard: Switchboard
  readonly handover: Handover
  readonly fold: Fold
  /** Runs every experiment of the config for an hour. */
  startChaos(): void
  /** Serves by another config from the next request on. */
  reload(yaml: string): void
  close(): Promise<void>
}

/** Starts one; `port: 0` whatever the config says. */
export async function startDataPlane(yaml: string, overrides: Partial<DataPlane> = {}): Promise<TestDataPlane> {
  const { config, hash } = configOf(yaml)
  const clock = (): number => performance.now()
  const deadlines = new Deadlines(clock)
  const fold = new Fold()
  const meter = new ThreadMeter((series) => fold.add('test', series))
  const switchboard = new Switchboard()
  const exchanges: Exchange[] = []
  const refused: string[] = []
  const lag = { ms: 0 }
  const wall = { clock: Date.now }
  const budgets = new SharedArrayBuffer(MAX_BUDGETS * BUDGET_BYTES)
  const trials: Trial[] = []
  const handover = new Handover(32 * 1024 * 1024)
  const memory = new SharedArrayBuffer(HANDOVER_MEMORY_BYTES)
  handover.connect((batch) => {
    const reader = new RecordReader(batch.memory, batch.size)
    while (!reader.done) {
      if (reader.byte() !== TRIAL_RECORD) throw new Error('not a trial')
      trials.push(readTrial(reader))
    }
    taken(memory, batch.size)
  }, memory)
  const held = new HeldRequests()
  const chaosRecords: ChaosRecord[] = []
  const backends = new Backends({ meter, deadlines, clock, threads: 1, healthy: () => true })
  const compile = (next: Config, nextHash: string): DataPlane['plan'] => {
    const plan = compilePlan(next, nextHash, {
      backends, meter, deadlines, clock, handover, switchboard, threads: 1, held, recordChaos: (record) => void chaosRecords.push(record), lagMs: () => lag.ms, wallClock: () => wall.clock(),
      budgets: { memory: budgets, slots: Object.fromEntries(next.routes.flatMap(({ name, mirrors }) => mirrors.map(({ backend }) => `${name}\n${backend}`)).map((key, i) => [key, i])) }
    })
    backends.commit()
    return plan
  }
  const count = exchangeMetrics(meter)
  let minted = 0
  const { listen } = config
  const data: DataPlane = {
    plan: compile(config, hash),
    inFlight: 0,
    draining: false,
    clock,
    wallTimeOf: (ms) => ms + wall.clock() - clock(),
    deadlines,
    mint: () => `test-${minted++}`,
    peers: new Peers({ trust: listen.forwarded.trust, forwarded: listen.forwarded.send, via: listen.forwarded.via ? 'windtunnel-test' : undefined }, listen.tls === undefined ? 'http' : 'https'),
    held,
    tunnels: new Set(),
    dateLine: () => `date: ${new Date(0).toUTCString()}\r\n`,
    observe: (exchange) => {
      count(exchange)
      exchanges.push(exchange)
      if (exchange.decisions.length > 0) chaosRecords.push(chaosRecordOf(exchange))
    },
    observerFailed: () => refused.push('observer'),
    refused: (reason) => refused.push(reason),
    ...overrides
  }
  const listener = new Listener(data, {
    host: '127.0.0.1',
    port: 0,
    shared: false,
    tls: listen.tls === undefined ? undefined : { cert: readFileSync(listen.tls.cert), key: readFileSync(listen.tls.key) },
    maxConnections: listen.maxConnections,
    connections: meter.gauge('connections', {}),
    dropped: meter.counter('connections_dropped_total', {}),
    inbound: {
      headTimeoutMs: listen.timeouts.head,
      keepAliveMs: listen.timeouts.keepAlive,
      idleMs: listen.timeouts.idle,
      lingerMs: 500,
      halfClose: listen.halfClose,
      maxHeadBytes: listen.maxHead,
      maxFields: listen.maxHeaders,
      deadlines
    }
  })
  const port = await listener.listen()
  return {
    port,
    data,
    listener,
    exchanges,
    refused,
    chaosRecords,
    trials,
    get pairs() {
      return pairsOf(trials)
    },
    lag,
    wall,
    switchboard,
    handover,
    fold,
    startChaos: () => {
      for (let slot = 0; slot < MAX_EXPERIMENTS; slot++) switchboard.start(slot, { nowMs: clock(), untilMs: clock() + 3_600_000 })
    },
    reload: (next) => {
      const loaded = configOf(next)
      data.plan = compile(loaded.config, loaded.hash)
    },
    close: () => listener.drain(0)
  }
}
