import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { Deadlines } from '../../../src/http/deadlines.ts'
import { Outbound, type OutboundFailure, type OutboundOwner, type ResponseSink } from '../../../src/http/outbound.ts'
import type { Pool, PoolFailure, Waiter } from '../../../src/http/pool.ts'
import type { Problem } from '../../../src/http/problems.ts'
import type { ResponseHead } from '../../../src/http/response-head.ts'
import { Signal } from './signal.ts'
import { ticks } from './ticks.ts'

/** One exchange as whoever asked saw it. */
export class Exchange implements ResponseSink, Waiter {
  ticket: Waiter['ticket'] = undefined
  outbound: Outbound | undefined
  /** Whether the connection had been used before. */
  reused: boolean | undefined
  status = 0
  lines = ''
  body = ''
  trailers: string | undefined
  readonly interim: number[] = []
  failure: OutboundFailure | PoolFailure | undefined
  problem: string | undefined
  flushes = 0
  drains = 0
  readonly changed: Signal = new Signal()
  /** What is sent once there is a connection, and what is done then. */
  private readonly request: ((outbound: Outbound) => void) | undefined

  constructor(request?: (outbound: Outbound) => void) {
    this.request = request
  }

  /** Sends a request of a head alone. */
  get(outbound: Outbound, method = 'GET', timeouts: { firstByteMs: number, idleMs: number } = TIMEOUTS): this {
    this.outbound = outbound
    this.reused = outbound.reused
    outbound.send(this, method, `${method} / HTTP/1.1\r\nhost: a\r\n\r\n`, 'none', undefined, true, timeouts)
    return this
  }

  /** Asks a pool for a connection and sends `GET /` on it. */
  ask(pool: Pool, options?: { fresh?: boolean, connectTimeoutMs?: number }): this {
    const ready = pool.acquire(this, options)
    if (ready !== undefined) this.onConnected(ready)
    return this
  }

  onConnected(outbound: Outbound): void {
    this.once()
    this.outbound = outbound
    if (this.request === undefined) this.get(outbound)
    else this.request(outbound)
    this.changed.fire()
  }

  onUnconnected(failure: PoolFailure): void {
    this.once()
    this.failure = failure
    this.changed.fire()
  }

  onInterim(head: ResponseHead): void {
    this.once()
    this.interim.push(head.status)
    this.changed.fire()
  }

  onResponse(outbound: Outbound, head: ResponseHead): void {
    this.once()
    this.outbound = outbound
    this.status = head.status
    this.lines = head.lines(0)
    this.changed.fire()
  }

  onResponseBody(chunk: Buffer): void {
    this.once()
    this.body += chunk.toString('latin1')
    this.changed.fire()
  }

  onResponseEnd(trailers: string): void {
    this.once()
    this.trailers = trailers
    this.changed.fire()
  }

  onResponseFlush(): void {
    this.flushes++
  }

  onOutboundFailed(failure: OutboundFailure, problem: Problem | undefined): void {
    this.once()
    this.failure = failure
    this.problem = problem?.code
    this.changed.fire()
  }

  onOutboundDrain(): void {
    this.drains++
    this.changed.fire()
  }

  get over(): boolean {
    return this.trailers !== undefined || this.failure !== undefined
  }

  /** Resolves when the answer is whole or has failed. */
  async ended(): Promise<this> {
    await this.changed.until(() => this.over)
    return this
  }

  // an exchange ends once, and nothing comes after that
  private once(): void {
    if (this.over) throw new Error('something came after the end of an exchange')
  }
}

export const TIMEOUTS = { firstByteMs: 30_000, idleMs: 60_000 }

/** A connection that is kept by the test. */
export class Kept implements OutboundOwner {
  readonly time: { ms: number } = { ms: 0 }
  readonly deadlines: Deadlines = new Deadlines(() => this.time.ms)
  reusable = 0
  gone = 0
  readonly outbound: Outbound

  constructor(socket: Socket, maxHeadBytes = 16_384) {
    this.outbound = new Outbound(socket, '127.0.0.1', this, { deadlines: this.deadlines, maxHeadBytes, maxFields: 200 })
    onTestFinished(() => this.outbound.destroy())
  }

  onReusable(): void {
    this.reusable++
  }

  onGone(): void {
    this.gone++
  }

  /** Resolves when deadlines have been looked at, several times, since `time.ms` was moved. */
  ticks(): Promise<void> {
    return ticks(this.deadlines, this.time)
  }
}

export async function openOutbound(port: number, maxHeadBytes?: number): Promise<Kept> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  socket.removeAllListeners('error').on('error', () => undefined)
  return new Kept(socket, maxHeadBytes)
}
