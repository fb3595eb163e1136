import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { Signal } from '../../http/support/signal.ts'

/** A request as a model server got it. */
export interface Seen {
  readonly method: string
  /** Path and query, octets as they came. */
  readonly target: string
  /** "name: value", in order, in the case they came in. */
  readonly lines: readonly string[]
  /** latin1 */
  body: string
  /** Whether the body is whole. */
  whole: boolean
}

export type Serve = (request: IncomingMessage, response: ServerResponse, seen: Seen) => void

/** A model server that keeps what it is asked. `begin` is called with a head, `serve` with a whole request. */
export class Origin {
  readonly seen: Seen[] = []
  readonly changed: Signal = new Signal()
  port = 0
  private readonly server: Server

  constructor(serve: Serve, begin: Serve = () => undefined) {
    this.server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      // the date is the one thing that would not be the same twice
      response.sendDate = false
      const lines: string[] = []
      for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`)
      const seen: Seen = { method: request.method ?? '', target: request.url ?? '', lines, body: '', whole: false }
      this.seen.push(seen)
      request.on('data', (chunk: Buffer) => {
        seen.body += chunk.toString('latin1')
        this.changed.fire()
      })
      request.on('end', () => {
        seen.whole = true
        if (!response.writableEnded) serve(request, response, seen)
        this.changed.fire()
      })
      request.on('error', () => undefined)
      begin(request, response, seen)
      this.changed.fire()
    })
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', resolve) })
    this.port = (this.server.address() as AddressInfo).port
    return this
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  /** Resolves with the first `count` requests once they are whole. */
  async got(count: number): Promise<readonly Seen[]> {
    await this.changed.until(() => this.seen.filter(({ whole }) => whole).length >= count)
    return this.seen
  }
}

/** A model server for one test; by default its answer to anything is `{"ok":true}`. */
export function serveModel(serve: Serve = (_request, response) => json(response, { ok: true }), begin?: Serve): Promise<Origin> {
  const origin = new Origin(serve, begin)
  onTestFinished(() => origin.close())
  return origin.listen()
}

export function json(response: ServerResponse, answer: unknown, status = 200): void {
  const body = JSON.stringify(answer)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
}
