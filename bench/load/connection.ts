import { connect, type Socket } from 'node:net'

/** One keep-alive connection of a client: a request at a time, each answer awaited to its last octet. */
export class ClientConnection {
  readonly socket: Socket
  /** Answers that were not 2xx, and requests whose connection ended before their answer. */
  failures = 0
  private held: Buffer = Buffer.alloc(0)
  private done: ((answer: Answer | undefined) => void) | undefined

  constructor(port: number, localAddress?: string) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, ...localAddress === undefined ? {} : { localAddress } })
    this.socket.on('data', (chunk: Buffer) => this.read(chunk))
    this.socket.on('error', () => this.socket.destroy())
    this.socket.on('close', () => this.settle(undefined))
  }

  get busy(): boolean {
    return this.done !== undefined
  }

  get open(): boolean {
    return !this.socket.destroyed
  }

  /** Sends a whole request. Calls back with its answer, or undefined when there will be none. */
  request(bytes: Buffer, done: (answer: Answer | undefined) => void): void {
    if (this.busy) throw new Error('a request is under way')
    this.done = done
    if (this.socket.destroyed) this.settle(undefined)
    else this.socket.write(bytes)
  }

  /** Ends it with a reset, which leaves no port waiting. */
  close(): void {
    this.done = undefined
    this.socket.resetAndDestroy()
  }

  private read(chunk: Buffer): void {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk])
    const headEnd = this.held.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const head = this.held.subarray(0, headEnd).toString('latin1')
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? NaN)
    if (Number.isNaN(length)) throw new Error(`an answer without content-length: ${head}`)
    const end = headEnd + 4 + length
    if (this.held.length < end) return
    const status = Number(head.slice(9, 12))
    const body = this.held.subarray(headEnd + 4, end)
    this.held = this.held.subarray(end)
    if (status < 200 || status > 299) this.failures++
    this.settle({ status, body })
  }

  private settle(answer: Answer | undefined): void {
    const { done } = this
    if (done === undefined) return
    this.done = undefined
    if (answer === undefined) this.failures++
    done(answer)
  }
}

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** Sends one request on a connection of its own. @throws Error when there is no answer */
export async function fetchText(port: number, request: Buffer): Promise<{ readonly status: number, readonly body: string }> {
  const connection = new ClientConnection(port)
  connection.socket.setTimeout(10_000, () => connection.socket.destroy())
  const answer = await new Promise<Answer | undefined>((resolve) => connection.request(request, resolve))
  connection.close()
  if (answer === undefined) throw new Error(`no answer on port ${port}`)
  return { status: answer.status, body: answer.body.toString() }
}
