import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { onTestFinished } from 'vitest'
import { Deadlines } from '../../../src/http/deadlines.ts'
import { Inbound, type InboundHandler, type InboundOptions, type RequestSink } from '../../../src/http/inbound.ts'
import type { Problem } from '../../../src/http/problems.ts'
import { Signal } from './signal.ts'
import { ticks } from './ticks.ts'

/** A request as a handler saw it. */
export interface Seen {
  readonly method: string
  readonly target: string
  readonly authority: string
  readonly minor: number
  readonly framing: string
  readonly contentLength: number
  readonly lines: string
  body: string
  trailers: string
  whole: boolean
  /** Undefined until the client is gone; then the problem's code, or empty. */
  gone: string | undefined
}

/** Serves one request of a test. */
export class Served implements RequestSink {
  readonly inbound: Inbound
  readonly seen: Seen
  readonly server: InboundServer
  readonly pieces: Buffer[] = []
  drains = 0

  constructor(inbound: Inbound, server: InboundServer) {
    this.inbound = inbound
    this.server = server
    const { head } = inbound
    this.seen = {
      method: head.method, target: head.target, authority: head.authority, minor: head.minor, framing: head.framing,
      contentLength: head.contentLength, lines: head.lines(0), body: '', trailers: '', whole: inbound.bodyDone, gone: undefined
    }
    server.seen.push(this.seen)
    if (inbound.body !== undefined) this.pieces.push(inbound.body)
    inbound.sink = this
  }

  begin(): void {
    if (this.inbound.bodyDone) this.whole(this.inbound.trailers)
    else this.server.changed.fire()
  }

  onRequestBody(chunk: Buffer): void {
    this.pieces.push(chunk)
    this.server.changed.fire()
  }

  onRequestEnd(trailers: string): void {
    this.whole(trailers)
  }

  onClientGone(problem: Problem | undefined): void {
    if (this.seen.gone !== undefined) throw new Error('the client was said to be gone twice')
    this.seen.gone = problem?.code ?? ''
    this.server.changed.fire()
  }

  onClientDrain(): void {
    this.drains++
    this.server.changed.fire()
  }

  /** Answers 200 with `body`, or what `status` says. */
  answer(body: string = this.seen.body, status = 200): void {
    const { inbound } = this
    const connection = inbound.persistent ? inbound.head.minor === 0 ? 'connection: keep-alive\r\n' : '' : 'connection: close\r\n'
    const octets = Buffer.from(body, 'latin1')
    inbound.respond(`HTTP/1.1 ${status} Fine\r\ncontent-length: ${octets.length}\r\n${connection}\r\n`, inbound.head.method === 'HEAD' ? 'none' : 'raw', octets)
    inbound.finish()
  }

  protected whole(trailers: string): void {
    this.seen.whole = true
    this.seen.body = Buffer.concat(this.pieces).toString('latin1')
    this.seen.trailers = trailers
    this.server.serve(this)
    this.server.changed.fire()
  }
}

export interface ServerSetup extends Partial<InboundOptions> {
  /** What is done with a request that is whole; by default 200 with its body. */
  readonly serve?: (served: Served) => void
  /** What is done when a head is here, in place of waiting for the body. */
  readonly begin?: (served: Served) => void
  readonly tls?: { readonly key: string, readonly cert: string }
}

/** Connections of a real server, each with an `Inbound`. Time stands still unless a test moves `time.ms`. */
export class InboundServer implements InboundHandler {
  readonly seen: Seen[] = []
  readonly served: Served[] = []
  readonly refused: string[] = []
  readonly open: Set<Inbound> = new Set()
  readonly changed: Signal = new Signal()
  readonly time: { ms: number } = { ms: 0 }
  readonly options: InboundOptions
  readonly serve: (served: Served) => void
  accepted = 0
  port = 0
  private readonly setup: ServerSetup
  private readonly server: Server
  private readonly sockets = new Set<Socket>()
  /** Under TLS, the sockets beneath, by the client's port. */
  private readonly raw = new Map<number, Socket>()

  constructor(setup: ServerSetup) {
    this.setup = setup
    this.serve = setup.serve ?? ((served) => served.answer())
    this.options = {
      headTimeoutMs: 10_000, keepAliveMs: 75_000, idleMs: 60_000, lingerMs: 5000, halfClose: 'cancel', maxHeadBytes: 16_384, maxFields: 200,
      deadlines: new Deadlines(() => this.time.ms), ...setup
    }
    const accept = (socket: Socket): void => {
      this.accepted++
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      const inbound = new Inbound(socket, this, this.options)
      inbound.transport = this.raw.get(socket.remotePort ?? 0) ?? socket
      this.open.add(inbound)
      this.changed.fire()
    }
    const options = { allowHalfOpen: true, noDelay: true }
    this.server = setup.tls === undefined ? createServer(options, accept) : createTlsServer({ ...options, ...setup.tls }, accept)
    if (setup.tls !== undefined) this.server.on('connection', (socket: Socket) => this.raw.set(socket.remotePort ?? 0, socket))
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', resolve) })
    this.port = (this.server.address() as AddressInfo).port
    return this
  }

  close(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  onRequest(inbound: Inbound): void {
    const served = new Served(inbound, this)
    this.served.push(served)
    if (this.setup.begin === undefined) return served.begin()
    this.setup.begin(served)
    this.changed.fire()
  }

  onRefused(_inbound: Inbound, problem: Problem): void {
    this.refused.push(problem.code)
    this.changed.fire()
  }

  onClosed(inbound: Inbound): void {
    this.open.delete(inbound)
    this.changed.fire()
  }

  /** Resolves when deadlines have been looked at, several times, since `time.ms` was moved. */
  ticks(): Promise<void> {
    return ticks(this.options.deadlines, this.time)
  }

  /** Resolves when no connection is open. */
  empty(): Promise<void> {
    return this.changed.until(() => this.accepted > 0 && this.open.size === 0)
  }
}

/** A server for one test; closed when that is over. */
export function serveInbound(setup: ServerSetup = {}): Promise<InboundServer> {
  const server = new InboundServer(setup)
  onTestFinished(() => server.close())
  return server.listen()
}

/** The request that was served as the `count`th, once it is. */
export async function whenSeen(server: InboundServer, count = 1): Promise<Served> {
  await server.changed.until(() => server.served.length >= count)
  return server.served[count - 1]!
}
