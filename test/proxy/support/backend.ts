import type { RawClient } from '../../http/support/raw-client.ts'
import { type RawServer, serveRaw } from '../../http/support/raw-server.ts'
import { Signal } from '../../http/support/signal.ts'
import { type Message, readRequest } from './message.ts'

/** A request as a backend got it. */
export interface Received extends Message {
  readonly method: string
  readonly target: string
  /** All its octets. */
  readonly raw: string
  readonly connection: RawClient
  /** How many came before it, on any connection. */
  readonly number: number
}

/** A backend that takes whole requests and sends what it is told, octet by octet. */
export class Backend {
  readonly requests: Received[] = []
  readonly changed: Signal = new Signal()
  private readonly server: RawServer

  constructor(server: RawServer) {
    this.server = server
  }

  get port(): number {
    return this.server.port
  }

  get connections(): readonly RawClient[] {
    return this.server.connections
  }

  /** Connections that are open. */
  get open(): number {
    return this.connections.filter(({ socket }) => !socket.destroyed).length
  }

  /** Resolves with the request that is the `count`th. */
  async received(count = 1): Promise<Received> {
    await this.changed.until(() => this.requests.length >= count)
    return this.requests[count - 1]!
  }

  stop(): void {
    this.server.close()
  }
}

export const ok = (body = 'ok', lines = ''): string => `HTTP/1.1 200 OK\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`

/** A backend for one test. What `answer` returns is sent; by default that is 200. */
export async function serveBackend(answer: (request: Received) => string | undefined = () => ok(), port = 0): Promise<Backend> {
  let backend: Backend | undefined
  const server = await serveRaw((connection) => {
    let at = 0
    connection.socket.on('data', () => {
      for (let message = readRequest(connection.text, at); message !== undefined; message = readRequest(connection.text, at)) {
        const [method = '', target = ''] = message.start.split(' ')
        const received: Received = { ...message, method, target, raw: connection.text.slice(at, message.end), connection, number: backend!.requests.length }
        at = message.end
        backend!.requests.push(received)
        const text = answer(received)
        if (text !== undefined) connection.send(text)
        backend!.changed.fire()
      }
    })
  }, '127.0.0.1', port)
  backend = new Backend(server)
  return backend
}

/** A port on which nothing listens. */
export async function deadPort(): Promise<number> {
  const server = await serveRaw(() => undefined)
  server.close()
  return server.port
}
