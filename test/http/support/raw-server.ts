import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { RawClient } from './raw-client.ts'
import { Signal } from './signal.ts'

/** A server that does on each connection what a test says, octet by octet. */
export class RawServer {
  port = 0
  readonly connections: RawClient[] = []
  readonly changed: Signal = new Signal()
  private readonly server: Server

  constructor(serve: (connection: RawClient, index: number) => void, host: string) {
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) => {
      const connection = new RawClient(socket)
      this.connections.push(connection)
      serve(connection, this.connections.length - 1)
      this.changed.fire()
    })
    this.host = host
  }

  readonly host: string

  async listen(port: number): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(port, this.host, resolve)
    })
    this.port = (this.server.address() as AddressInfo).port
    return this
  }

  close(): void {
    this.server.close()
    for (const { socket } of this.connections) socket.destroy()
  }

  /** Resolves when this many connections have been made. */
  async connected(count: number): Promise<void> {
    await this.changed.until(() => this.connections.length >= count)
  }
}

/** A raw server for one test; closed when that is over. */
export function serveRaw(serve: (connection: RawClient, index: number) => void, host = '127.0.0.1', port = 0): Promise<RawServer> {
  const server = new RawServer(serve, host)
  onTestFinished(() => server.close())
  return server.listen(port)
}

/** Calls `answer` for each request head that comes, with the number of heads so far; bodies are not looked for. */
export function onRequests(connection: RawClient, answer: (number: number, head: string) => void): void {
  let at = 0
  let number = 0
  connection.socket.on('data', () => {
    for (let end = connection.text.indexOf('\r\n\r\n', at); end >= 0; end = connection.text.indexOf('\r\n\r\n', at)) {
      const head = connection.text.slice(at, end + 4)
      at = end + 4
      answer(number++, head)
    }
  })
}

/** A small whole answer. */
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Answers every request at once. */
export const ready = (): Promise<RawServer> => serveRaw((connection) => onRequests(connection, () => { connection.send(OK) }))

/** Says nothing unless the test does. */
export const silent = (): Promise<RawServer> => serveRaw(() => undefined)
