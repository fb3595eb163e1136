import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type Batch, taken } from '../core/handover.ts'
import { RecordReader } from '../core/records.ts'
import { unreachable } from '../core/unreachable.ts'
import { PAIR_RECORD } from '../shadow/mirror.ts'
import { readPair } from '../shadow/pair.ts'
import { accessLine, readExchange } from '../telemetry/access-log.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import { ThreadMeter } from '../telemetry/thread-meter.ts'
import type { AnalystLink, AnalystStart, FromAnalyst, ToAnalyst } from './messages.ts'
import { MirrorTallies } from './mirror-tallies.ts'
import { standardOutput } from './standard-output.ts'

const TELL_MS = 1000

/** The analyst: compares pairs and writes access lines, off every path a client waits on. Started by the supervisor. */
class AnalystThread {
  private readonly port: MessagePort
  private readonly meter: ThreadMeter
  private readonly tallies: MirrorTallies
  private log: Logger

  constructor(port: MessagePort, { plan }: AnalystStart) {
    this.port = port
    this.meter = new ThreadMeter((series) => this.tell({ kind: 'series', series }))
    this.tallies = new MirrorTallies(this.meter)
    this.tallies.take(plan.config)
    const lost = this.meter.counter('access_lines_dropped_total', {})
    this.log = createLogger('info', 'windtunnel', standardOutput, () => lost.add())
  }

  run(): void {
    this.port.on('message', (message: ToAnalyst) => this.onMessage(message))
    setInterval(() => this.tallies.tell(), TELL_MS)
    this.tell({ kind: 'ready' })
  }

  private onMessage(message: ToAnalyst): void {
    switch (message.kind) {
      case 'plan': return this.tallies.take(message.plan.config)
      case 'link': return this.listen(message.link)
      case 'snapshot': return this.tell({ kind: 'snapshot', id: message.id, mirrors: this.tallies.snapshot() })
      default: return unreachable(message)
    }
  }

  private listen({ port, memory }: AnalystLink): void {
    port.on('message', (batch: Batch) => this.work(batch, memory))
  }

  // counts go up together with the receipt, so that a batch is either counted here or, if we die on it, by its sender
  private work(batch: Batch, memory: SharedArrayBuffer): void {
    const outcomes = new Map<string, { labels: Record<string, string>, count: number }>()
    const reader = new RecordReader(batch.memory, batch.size)
    while (!reader.done) {
      if (reader.byte() !== PAIR_RECORD) {
        this.log.info(accessLine(readExchange(reader)), 'request')
        continue
      }
      const pair = readPair(reader)
      const { route, mirror, backend, leg } = pair
      const outcome = this.tallies.add(pair) ?? 'dropped_reload'
      const key = `${route}\n${mirror}\n${backend}\n${leg}\n${outcome}`
      const counted = outcomes.get(key)
      if (counted === undefined) outcomes.set(key, { labels: { route, mirror, backend, leg, outcome }, count: 1 })
      else counted.count++
    }
    for (const { labels, count } of outcomes.values()) this.meter.counter('mirror_requests_total', labels).add(count)
    taken(memory, batch.size)
  }

  private tell(message: FromAnalyst): void {
    this.port.postMessage(message)
  }
}

if (parentPort !== null) new AnalystThread(parentPort, workerData as AnalystStart).run() // holds: what the supervisor passes
