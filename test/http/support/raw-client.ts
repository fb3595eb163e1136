import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { Signal } from './signal.ts'

/** How the other side ended a connection. */
export type End = 'fin' | 'reset'

/** A connection on which octets are sent as they are, and whose end is told apart. */
export class RawClient {
  readonly socket: Socket
  /** Resolves when the connection is closed: with a FIN from the other side, or a reset. */
  readonly closed: Promise<End>
  /** What has come so far, latin1. */
  text = ''
  /** Whether what comes is kept. */
  keep = true
  ended = false
  private readonly changed = new Signal()

  constructor(socket: Socket) {
    this.socket = socket
    let failed = false
    socket.on('data', (chunk: Buffer) => {
      if (this.keep) this.text += chunk.toString('latin1')
      this.changed.fire()
    })
    socket.on('end', () => {
      this.ended = true
      socket.end()
      this.changed.fire()
    })
    socket.on('error', () => { failed = true })
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        resolve(this.ended && !failed ? 'fin' : 'reset')
        this.changed.fire()
      })
    })
  }

  send(data: string | Buffer): this {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
    return this
  }

  /** Sends pieces so that each is read by itself: the next one goes out when the server has had a turn to read. */
  async sendApart(pieces: readonly (string | Buffer)[]): Promise<void> {
    for (const piece of pieces) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await new Promise<void>((resolve) => {
        this.socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece, () => setImmediate(() => setImmediate(resolve)))
      })
    }
  }

  /** Sends FIN and goes on reading. */
  end(): this {
    this.socket.end()
    return this
  }

  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** Resolves once what has come holds `wanted` this many times; rejects when the connection closes before. */
  async sees(wanted: string, times = 1): Promise<string> {
    await this.changed.until(() => this.text.split(wanted).length > times || this.socket.destroyed)
    if (this.text.split(wanted).length <= times) throw new Error(`closed before ${JSON.stringify(wanted)} came ${times} times; got ${JSON.stringify(this.text.slice(0, 2000))}`)
    return this.text
  }
}

/** Connects to a port of this machine; closed when the test is over. */
export async function connectTo(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  const client = new RawClient(socket)
  onTestFinished(() => { socket.destroy() })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return client
}

/** Sends `raw`, then FIN, and returns all that came back. */
export async function ask(port: number, raw: string | Buffer): Promise<{ text: string, end: End }> {
  const client = await connectTo(port)
  client.send(raw).end()
  const end = await client.closed
  return { text: client.text, end }
}

/** Status codes of the answers in `text`, which are framed by Content-Length. */
export function statuses(text: string): number[] {
  const found: number[] = []
  for (let at = 0; at < text.length;) {
    const head = /^HTTP\/1\.1 (\d{3}) [^]*?\r\n\r\n/.exec(text.slice(at))
    if (head === null) throw new Error(`not an answer: ${JSON.stringify(text.slice(at, at + 200))}`)
    found.push(Number(head[1]))
    at += head[0].length + Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head[0])?.[1] ?? 0)
  }
  return found
}
