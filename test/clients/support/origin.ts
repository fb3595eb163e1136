import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'
import { Signal } from '../../http/support/signal.ts'

const open = new Set<Origin>()
afterAll(async () => { await Promise.all([...open].map((origin) => origin.close())) })

/** What a server does with a request. */
export type Handler = (request: IncomingMessage, response: ServerResponse, origin: Origin) => void | Promise<void>

/** A request as a server saw it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Whether its connection was gone before the answer was whole. */
  cut: boolean
}

/** A model server made of node:http: closed when the tests of the file are over. */
export class Origin {
  readonly seen: Seen[] = []
  /** Connections made so far. */
  connections = 0
  readonly sockets = new Set<Socket>()
  readonly changed: Signal = new Signal()
  handler: Handler
  readonly server: Server
  private readonly scheme: string

  private constructor(handler: Handler, options: ServerOptions & TlsOptions) {
    this.handler = handler
    this.scheme = options.cert === undefined ? 'http' : 'https'
    const listener = (request: IncomingMessage, response: ServerResponse): void => this.serve(request, response)
    // the connection is closed by nobody but the client, so that who closes is told apart
    const settings = { keepAliveTimeout: 60_000, ...options }
    this.server = options.cert === undefined ? createServer(settings, listener) : createTlsServer(settings, listener)
    this.server.on('connection', (socket: Socket) => {
      this.connections++
      this.sockets.add(socket)
      socket.once('close', () => {
        this.sockets.delete(socket)
        this.changed.fire()
      })
      this.changed.fire()
    })
  }

  static async start(handler: Handler, options: ServerOptions & TlsOptions = {}, port = 0): Promise<Origin> {
    const origin = new Origin(handler, options)
    await new Promise<void>((resolve, reject) => {
      origin.server.once('error', reject)
      origin.server.listen(port, '127.0.0.1', resolve)
    })
    open.add(origin)
    return origin
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`
  }

  /** The latest request. */
  get last(): Seen {
    return this.seen.at(-1)!
  }

  /** The first request for which `holds`, once it has come. */
  async saw(holds: (seen: Seen) => boolean): Promise<Seen> {
    await this.changed.until(() => this.seen.some(holds))
    return this.seen.find(holds)!
  }

  /** Resolves when the connection of the first request for which `holds` is gone before its answer was whole. */
  async lost(holds: (seen: Seen) => boolean): Promise<Seen> {
    const seen = await this.saw(holds)
    await this.changed.until(() => seen.cut)
    return seen
  }

  async close(): Promise<void> {
    open.delete(this)
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve())
      this.server.closeAllConnections()
      for (const socket of this.sockets) socket.destroy()
    })
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const seen: Seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, request, response, cut: false }
    this.seen.push(seen)
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    response.once('close', () => {
      seen.cut = !response.writableFinished
      this.changed.fire()
    })
    this.changed.fire()
    // a handler that throws leaves its answer broken off, which the test then sees
    Promise.resolve(this.handler(request, response, this)).catch(() => { response.destroy() })
  }
}

/** Answers with what it was sent. */
export const echo: Handler = (request, response) => {
  const { 'content-type': type } = request.headers
  response.writeHead(200, { 'content-type': type ?? 'application/octet-stream', ...request.headers['content-length'] !== undefined && { 'content-length': request.headers['content-length'] } })
  request.pipe(response)
}

/** The whole body of a request as JSON. */
export const jsonOf = async (request: IncomingMessage): Promise<Record<string, unknown>> => JSON.parse(await text(request)) as Record<string, unknown>

/** Sends JSON. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
