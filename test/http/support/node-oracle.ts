import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'

/** A request that Node's own parser took whole. */
export interface NodeRequest {
  readonly startLine: string
  readonly fields: readonly (readonly [string, string])[]
  readonly body: string
}

/** Node's own server, strict as it comes; it answers every request that is whole. */
export class NodeOracle {
  private readonly server = createServer({ insecureHTTPParser: false, maxHeaderSize: 16_384, keepAlive: true }, (request, response) => this.take(request, response))
  private readonly found = new Map<Socket, { readonly request: IncomingMessage, readonly pieces: Buffer[] }[]>()
  private port = 0

  async listen(): Promise<this> {
    const { server } = this
    server.on('connection', (socket: Socket) => {
      this.found.set(socket, [])
      this.accepted?.(socket)
    })
    server.on('checkContinue', (request, response) => this.take(request, response))
    server.on('checkExpectation', (request, response) => this.take(request, response))
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      this.found.get(socket)?.push({ request, pieces: [] })
      socket.destroy()
    })
    server.on('clientError', (_error, socket) => socket.destroy())
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    this.port = (server.address() as AddressInfo).port
    return this
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  /** The requests in `raw` that Node takes whole, in order. */
  async read(raw: Buffer): Promise<readonly NodeRequest[]> {
    const server = new Promise<Socket>((resolve) => { this.accepted = resolve })
    const client = connect({ port: this.port, host: '127.0.0.1', noDelay: true })
    client.on('error', () => undefined).resume()
    const socket = await server
    client.write(raw)
    while (!socket.destroyed && socket.bytesRead < raw.length) await turn()
    for (let i = 0; i < 3; i++) await turn()
    const found = this.found.get(socket) ?? []
    this.found.delete(socket)
    client.destroy()
    return found.filter(({ request }) => request.complete).map(({ request, pieces }) => ({
      startLine: `${request.method} ${request.url} HTTP/${request.httpVersion}`,
      fields: Array.from({ length: request.rawHeaders.length / 2 }, (_, i) => [request.rawHeaders[2 * i]!, request.rawHeaders[2 * i + 1]!] as const),
      body: Buffer.concat(pieces).toString('latin1')
    }))
  }

  private accepted: ((socket: Socket) => void) | undefined

  private take(request: IncomingMessage, response: ServerResponse): void {
    const pieces: Buffer[] = []
    this.found.get(request.socket)?.push({ request, pieces })
    request.on('data', (chunk: Buffer) => pieces.push(chunk)).on('error', () => undefined).on('end', () => response.end())
  }
}

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })
