import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { sharedClock } from '../core/clock.ts'
import { type Batch, taken } from '../core/handover.ts'
import { RecordReader } from '../core/records.ts'
import type { Trial } from '../core/trial.ts'
import { unreachable } from '../core/unreachable.ts'
import { readTrial, TRIAL_RECORD } from '../shadow/trial.ts'
import { accessLine, readExchange } from '../telemetry/access-log.ts'
import { CHAOS_RECORD, readChaosRecord } from '../telemetry/chaos-record.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import { ThreadMeter } from '../telemetry/thread-meter.ts'
import { Captures } from './capture.ts'
import { Ledger } from './ledger.ts'
import { Judges } from './judges.ts'
import { LegCounts } from './leg-counts.ts'
import type { AnalystLink, AnalystStart, FromAnalyst, PlanMessage, ToAnalyst } from './messages.ts'
import { countOutcome, NO_OUTCOMES, type Outcome, type OutcomeCounts } from './outcomes.ts'
import { standardOutput } from './standard-output.ts'

const TELL_MS = 1000

/** The analyst: compares answers, judges shadows and writes access lines, off every path a client waits on. Started by the supervisor. */
class AnalystThread {
  private readonly port: MessagePort
  private readonly meter: ThreadMeter
  private readonly judges: Judges
  private readonly captures: Captures
  private readonly ledger: Ledger
  private readonly clock = sharedClock()
  private readonly log: Logger
  private readonly legs: LegCounts

  constructor(port: MessagePort, { plan, secret }: AnalystStart) {
    this.port = port
    this.meter = new ThreadMeter((series) => this.tell({ kind: 'series', series }))
    const lost = this.meter.counter('access_lines_dropped_total', {})
    this.log = createLogger('info', 'windtunnel', standardOutput, () => lost.add())
    this.judges = new Judges(this.meter, secret)
    this.captures = new Captures(this.meter, (file, error) => this.log.warn({ file, err: error }, 'capture stopped: its file cannot be written'))
    this.ledger = new Ledger(this.meter, (file, error) => this.log.warn({ file, err: error }, 'ledger stopped: its file cannot be written'))
    this.legs = new LegCounts(this.meter)
    this.take(plan)
  }

  run(): void {
    this.port.on('message', (message: ToAnalyst) => this.onMessage(message))
    setInterval(() => this.judges.tell(), TELL_MS)
    this.tell({ kind: 'ready' })
  }

  private onMessage(message: ToAnalyst): void {
    switch (message.kind) {
      case 'plan': return this.take(message.plan)
      case 'link': return this.listen(message.link)
      case 'snapshot': return this.tell({ kind: 'snapshot', id: message.id, mirrors: this.judges.snapshot() })
      case 'decisions': return this.tell({ kind: 'decided', id: message.id, rows: this.ledger.find(message.requestId) })
      case 'outcomes': return this.tell({ kind: 'learned', id: message.id, counts: this.learn(message.outcomes) })
      default: return unreachable(message)
    }
  }

  private take({ config }: PlanMessage): void {
    this.judges.take(config)
    this.captures.take(config)
    this.ledger.take(config)
  }

  private listen({ port, memory }: AnalystLink): void {
    port.on('message', (batch: Batch) => this.work(batch, memory))
  }

  // counts go up together with the receipt, so that a batch is either counted here or, if we die on it, by its sender
  private work(batch: Batch, memory: SharedArrayBuffer): void {
    const { legs } = this
    const reader = new RecordReader(batch.memory, batch.size)
    const nowMs = this.clock()
    while (!reader.done) {
      const kind = reader.byte()
      if (kind !== TRIAL_RECORD) {
        if (kind === CHAOS_RECORD) this.ledger.add(readChaosRecord(reader))
        else this.log.info(accessLine(readExchange(reader)), 'request')
        continue
      }
      const trial = readTrial(reader)
      legs.count(trial, this.judges.add(trial, nowMs))
      this.capture(trial)
    }
    legs.tell()
    taken(memory, batch.size)
  }

  // a file that is in the way of a comparison helps nobody
  private capture(trial: Trial): void {
    try {
      this.captures.offer(trial)
    } catch (error) {
      this.log.warn({ err: error }, 'a trial could not be captured')
    }
  }

  private learn(outcomes: readonly Outcome[]): OutcomeCounts {
    const counts = { ...NO_OUTCOMES }
    const nowMs = this.clock()
    for (const { requestId, value } of outcomes) countOutcome(counts, this.judges.learn(requestId, value, nowMs))
    for (const [result, count] of Object.entries(counts)) if (count > 0) this.meter.counter('outcomes_total', { result }).add(count)
    return counts
  }

  private tell(message: FromAnalyst): void {
    this.port.postMessage(message)
  }
}

if (parentPort !== null) new AnalystThread(parentPort, workerData as AnalystStart).run() // holds: what the supervisor passes
