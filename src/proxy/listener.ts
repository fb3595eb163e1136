import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, Server as TlsServer, type TlsOptions } from 'node:tls'
import type { Counter, Gauge } from '../core/meter.ts'
import { Inbound, type InboundHandler, type InboundOptions } from '../http/inbound.ts'
import type { Problem } from '../http/problems.ts'
import { adopt } from '../http/tcp-socket.ts'
import type { Peer } from './peers.ts'
import { serve } from './pipeline.ts'
import type { DataPlane } from './plan.ts'
import { Run } from './run.ts'
import { Transports } from './transports.ts'

export interface ListenerOptions {
  readonly host: string
  readonly port: number
  /** Whether other threads listen on the same port. */
  readonly shared: boolean
  /** Certificate and key, for a listener that speaks TLS. */
  readonly tls: Pick<TlsOptions, 'cert' | 'key'> | undefined
  /** Client connections at once in this thread; one more is closed. */
  readonly maxConnections: number
  readonly inbound: InboundOptions
  readonly connections: Gauge
  /** Of connections beyond `maxConnections`. */
  readonly dropped: Counter
}

/** Accepts clients for one data-plane thread; several threads may listen on one port. */
export class Listener implements InboundHandler {
  private readonly data: DataPlane
  private readonly options: ListenerOptions
  private readonly server: Server
  private readonly open = new Set<Inbound>()
  private onEmpty: (() => void) | undefined

  constructor(data: DataPlane, options: ListenerOptions) {
    this.data = data
    // a tunnel's socket is no inbound's any more, so that it must tell by itself when it no longer holds up a drain
    data.onTunnelEnd = () => this.settle()
    this.options = options
    const settings = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }
    if (options.tls === undefined) {
      this.server = createServer({ ...settings, pauseOnConnect: true }, (socket) => this.accept(adopt(socket)))
    } else {
      this.server = createTlsServer({ ...settings, ...options.tls, ALPNProtocols: ['http/1.1', 'http/1.0'] })
      const transports = new Transports(this.server)
      this.server.on('secureConnection', (socket: Socket) => { this.accept(socket).transport = transports.under(socket) })
    }
    this.server.maxConnections = options.maxConnections
    this.server.on('drop', () => options.dropped.add())
    // a handshake that fails is the client's affair; out of file descriptors is nobody's: both pass
    this.server.on('tlsClientError', () => undefined)
  }

  /** Starts to listen. @returns the port; rejects when it cannot be had */
  listen(): Promise<number> {
    const { host, port, shared } = this.options
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen({ host, port, reusePort: shared, backlog: 4096 }, () => {
        this.server.off('error', reject)
        this.server.on('error', () => undefined)
        const address = this.server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : port)
      })
    })
  }

  /** Takes a new certificate for connections to come. */
  renew(tls: Pick<TlsOptions, 'cert' | 'key'>): void {
    if (this.server instanceof TlsServer) this.server.setSecureContext(tls)
  }

  /** Takes no more connections, and lets requests that are under way end. Resolves when none is left or `graceMs` is over. */
  drain(graceMs: number): Promise<void> {
    this.data.draining = true
    this.server.close()
    for (const inbound of [...this.open]) inbound.retire()
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.onEmpty?.(), graceMs)
      this.onEmpty = () => {
        clearTimeout(timer)
        this.onEmpty = undefined
        for (const inbound of [...this.open]) cut(inbound)
        for (const end of [...this.data.tunnels]) end()
        resolve()
      }
      this.settle()
    })
  }

  onRequest(inbound: Inbound): void {
    serve(new Run(this.data, inbound, inbound.tag as Peer)) // holds: accept has set it
  }

  onRefused(_inbound: Inbound, problem: Problem): void {
    this.data.refused(problem.code)
  }

  onClosed(inbound: Inbound): void {
    if (this.open.delete(inbound)) this.options.connections.add(-1)
    this.settle()
  }

  private accept(socket: Socket): Inbound {
    const inbound = new Inbound(socket, this, this.options.inbound)
    inbound.tag = this.data.peers.peer(socket.remoteAddress ?? '')
    this.open.add(inbound)
    this.options.connections.add(1)
    return inbound
  }

  private settle(): void {
    if (this.onEmpty !== undefined && this.open.size === 0 && this.data.tunnels.size === 0) this.onEmpty()
  }
}

function cut(inbound: Inbound): void {
  if (inbound.sink instanceof Run) inbound.sink.cut()
  else inbound.abort()
}
