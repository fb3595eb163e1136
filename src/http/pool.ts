import type { Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import type { Deadlines } from './deadlines.ts'
import { Outbound, type OutboundOptions, type OutboundOwner } from './outbound.ts'
import { PatientSocket } from './patient-socket.ts'
import { type Lookup, Resolver } from './resolver.ts'
import { type PoolFailure, type Ticket, type Waiter, WaitingLine } from './waiting-line.ts'

export type { PoolFailure, Waiter } from './waiting-line.ts'

export interface PoolOptions extends OutboundOptions {
  readonly hostname: string
  readonly port: number
  /** Present for a server that speaks TLS; certificates are verified unless it says otherwise. */
  readonly tls: ConnectionOptions | undefined
  /** Connections at most, used and idle. */
  readonly maxConnections: number
  /** Requests that may wait for a connection; one more is refused. */
  readonly maxWaiting: number
  /** ms for a connection to be there, waiting for a free one included. */
  readonly connectTimeoutMs: number
  /** ms an unused connection is kept. Shorter than the server's own limit, or requests meet connections just closed. */
  readonly idleMs: number
  /** ms after which a host name is looked up again. */
  readonly dnsTtlMs: number
  readonly clock: () => number
  readonly lookUp: Lookup
}

// of several addresses each gets its part of the time there is, but not less than this
const MIN_ATTEMPT_MS = 250

/**
 * Kept-alive connections to one server, with a cap on connections and on who may wait for one.
 *
 *     acquire --> idle connection --------------------------> exchange --> cooling --> idle
 *             \-> queue (bounded) --> connecting (bounded) -/
 *
 * A connection cools for a whole turn of the event loop before it is used again: what a server sends unasked right after its
 * answer is then read first, and closes the connection instead of being taken for the next answer.
 */
export class Pool implements OutboundOwner {
  private readonly options: PoolOptions
  private readonly resolver: Resolver
  private readonly deadlines: Deadlines
  private readonly idle: Outbound[] = []
  private readonly all = new Set<Outbound>()
  private readonly line: WaitingLine
  private readonly attempts = new Set<Socket>()
  /** Connections whose answer has just ended, and those that have rested for a turn of the event loop since. */
  private cooling: Outbound[] = []
  private rested: Outbound[] = []
  private settling = false
  private connecting = 0
  private turn = 0
  private closed = false
  private retired = false
  private session: Buffer | undefined

  constructor(options: PoolOptions) {
    this.options = options
    this.deadlines = options.deadlines
    this.line = new WaitingLine(options.deadlines, (late) => this.refuse(late))
    this.resolver = new Resolver(options.hostname, options.dnsTtlMs, options.clock, options.lookUp, (addresses) => this.follow(addresses))
  }

  get counts(): { readonly connections: number, readonly idle: number, readonly waiting: number } {
    return { connections: this.all.size, idle: this.idle.length, waiting: this.line.length }
  }

  /** A connection if one is idle, unless it must be a new one (`fresh`); else undefined, and the waiter hears later. */
  acquire(waiter: Waiter, options?: { readonly fresh?: boolean, readonly connectTimeoutMs?: number }): Outbound | undefined {
    this.resolver.current()
    if (options?.fresh === true) this.makeRoom()
    else {
      const ready = this.takeIdle()
      if (ready !== undefined) return ready
    }
    if (this.closed || (!this.hasRoom && this.line.length - this.connecting >= this.options.maxWaiting)) {
      waiter.onUnconnected(this.closed ? 'pool_closed' : 'pool_full')
      return undefined
    }
    this.line.join(waiter, options?.fresh === true, options?.connectTimeoutMs ?? this.options.connectTimeoutMs)
    this.grow()
    return undefined
  }

  /** Takes a waiter out of the queue; it hears nothing more. */
  cancel(waiter: Waiter): void {
    if (waiter.ticket !== undefined) this.line.leave(waiter.ticket)
  }

  /** Refuses newcomers, closes what is idle and lets exchanges end. */
  close(): void {
    this.closed = true
    for (let { first } = this.line; first !== undefined; { first } = this.line) this.refuse(first, 'pool_closed')
    for (const socket of this.attempts) socket.destroy()
    for (const outbound of this.idle.splice(0)) outbound.destroy()
    for (const outbound of [...this.cooling, ...this.rested]) outbound.destroy()
  }

  /** Keeps no connection for later: those in use end with their exchange, and who still asks is served by a new one. */
  retire(): void {
    this.retired = true
    for (const outbound of this.idle.splice(0)) outbound.destroy()
  }

  onReusable(outbound: Outbound): void {
    this.cooling.push(outbound)
    if (this.settling) return
    this.settling = true
    setImmediate(() => this.settle())
  }

  onGone(outbound: Outbound): void {
    this.all.delete(outbound)
    const at = this.idle.indexOf(outbound)
    if (at >= 0) this.idle.splice(at, 1)
    this.grow()
  }

  private takeIdle(): Outbound | undefined {
    for (let outbound = this.idle.pop(); outbound !== undefined; outbound = this.idle.pop()) {
      if (!outbound.gone && outbound.deadlineMs > this.deadlines.now) return outbound
      outbound.destroy()
    }
    return undefined
  }

  // runs when a turn's reads are done: of what has cooled since the last time, those of a whole turn are known
  private settle(): void {
    const { rested, cooling } = this
    this.rested = cooling
    this.cooling = []
    this.settling = cooling.length > 0
    if (this.settling) setImmediate(() => this.settle())
    for (const outbound of rested) if (!outbound.gone) this.offer(outbound)
    this.grow()
  }

  // gives a connection to the first who waits, or keeps it, or gives it up where the first has no use but for its place
  private offer(outbound: Outbound): void {
    if (outbound.reused && this.line.freshLength > this.connecting && !this.hasRoom && this.line.first?.fresh === true) return outbound.destroy()
    const keepMs = this.keepMs(outbound)
    const ticket = this.line.next(outbound.reused)
    // a new connection is good for one exchange, whatever becomes of it then
    if (ticket !== undefined && (keepMs > 0 || !outbound.reused)) {
      this.line.leave(ticket)
      ticket.waiter.onConnected(outbound)
      return
    }
    if (keepMs <= 0 || this.retired) return outbound.destroy()
    outbound.deadlineMs = this.deadlines.now + keepMs
    this.idle.push(outbound)
  }

  // how long a connection may lie unused
  private keepMs({ address, head }: Outbound): number {
    if (this.closed || !this.resolver.current().includes(address)) return 0
    // one second less than the server says: it counts from when its last octet left, we from when it came
    const saidMs = head.keepAliveS >= 0 ? (head.keepAliveS - 1) * 1000 : Infinity
    return Math.min(this.options.idleMs, saidMs)
  }

  private get hasRoom(): boolean {
    return this.all.size + this.connecting < this.options.maxConnections
  }

  // who asks for a new connection has met a stale one: the longest idle goes first
  private makeRoom(): void {
    if (!this.hasRoom) this.idle[0]?.destroy()
  }

  // connections that are about to be free again are waited for
  private get wanted(): number {
    return Math.max(this.line.freshLength, this.line.length - this.cooling.length - this.rested.length)
  }

  private grow(): void {
    while (!this.closed && this.wanted > this.connecting && this.hasRoom) {
      this.connecting++
      void this.connect()
    }
  }

  private async connect(): Promise<void> {
    const asked = this.line.drawn
    const reached = await this.reach().catch((): PoolFailure => 'connect_refused')
    this.connecting--
    if (typeof reached !== 'string') {
      this.all.add(reached)
      return this.offer(reached)
    }
    const { first: ticket } = this.line
    // who came after this attempt had begun gets one of its own, and that time is up is for each ticket to find
    if (reached === 'connect_refused' && ticket !== undefined && ticket.number <= asked) this.refuse(ticket, reached)
    this.grow()
  }

  // tries every address once, beginning with another one each time
  private async reach(): Promise<Outbound | PoolFailure> {
    const addresses = await this.resolver.wait()
    const first = this.turn++
    let failure: PoolFailure = 'connect_refused'
    for (let i = 0; i < addresses.length && !this.closed && this.line.length > 0; i++) {
      const address = addresses[(first + i) % addresses.length] ?? ''
      // oxlint-disable-next-line no-await-in-loop -- the next address is tried when this one has failed
      const socket = await this.open(address, this.options.connectTimeoutMs / addresses.length)
      if (typeof socket !== 'string') return new Outbound(socket, address, this, this.options)
      if (socket === 'connect_timeout') failure = socket
    }
    return failure
  }

  private open(address: string, timeoutMs: number): Promise<Socket | PoolFailure> {
    const { options } = this
    return new Promise((resolve) => {
      const target = { host: address, port: options.port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }
      const socket = options.tls === undefined
        ? new PatientSocket(target).connect(target)
        : connectTls({ ...target, ...options.tls, ...(this.session && { session: this.session }) })
      this.attempts.add(socket)
      const settle = (failure: PoolFailure | undefined): void => {
        if (!this.attempts.delete(socket)) return
        clearTimeout(timer)
        socket.removeAllListeners('error').on('error', () => undefined)
        if (failure !== undefined) socket.destroy()
        resolve(failure ?? socket)
      }
      const timer = setTimeout(() => settle('connect_timeout'), Math.max(timeoutMs, MIN_ATTEMPT_MS))
      socket.once(options.tls === undefined ? 'connect' : 'secureConnect', () => settle(undefined))
      socket.once('error', () => settle('connect_refused'))
      socket.once('close', () => settle('connect_refused'))
      if (options.tls !== undefined) socket.on('session', (session: Buffer) => { this.session = session })
    })
  }

  private refuse(ticket: Ticket, failure?: PoolFailure): void {
    this.line.leave(ticket)
    const atCap = this.all.size >= this.options.maxConnections
    ticket.waiter.onUnconnected(failure ?? (atCap ? 'pool_timeout' : 'connect_timeout'))
  }

  // connections to addresses the name no longer has are not used again
  private follow(addresses: readonly string[]): void {
    for (const outbound of this.idle.filter(({ address }) => !addresses.includes(address))) outbound.destroy()
  }
}
