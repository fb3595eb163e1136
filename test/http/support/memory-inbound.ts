import { Deadlines } from '../../../src/http/deadlines.ts'
import { Inbound, type InboundHandler, type InboundOptions, type RequestSink } from '../../../src/http/inbound.ts'
import type { Problem } from '../../../src/http/problems.ts'
import { MemorySocket } from './memory-socket.ts'

/** A request as it was handed over, and as far as it came. */
export interface Parsed {
  readonly startLine: string
  readonly method: string
  readonly authority: string
  readonly minor: number
  readonly framing: string
  readonly contentLength: number
  readonly fields: readonly (readonly [string, string])[]
  body: string
  trailers: string
  whole: boolean
  gone: boolean
}

/** One client's connection in memory, on which every request is answered 200 as soon as it is whole. */
export class MemoryInbound implements InboundHandler {
  readonly socket: MemorySocket = new MemorySocket()
  readonly requests: Parsed[] = []
  refused: string | undefined
  private readonly inbound: Inbound
  private ended = false

  constructor(options: Partial<InboundOptions> = {}) {
    this.inbound = new Inbound(this.socket.socket, this, {
      headTimeoutMs: 1000, keepAliveMs: 1000, idleMs: 1000, lingerMs: 1000, halfClose: 'cancel', maxHeadBytes: 16_384, maxFields: 200, deadlines: NEVER, ...options
    })
  }

  /** Feeds `pieces` as reads; what comes after the connection's end is not read. */
  feed(pieces: readonly Buffer[]): this {
    for (const piece of pieces) if (!this.over && piece.length > 0) this.inbound.read(piece)
    return this
  }

  /** The client sends FIN. */
  end(): this {
    this.ended = true
    if (!this.socket.destroyed) this.socket.emit('end')
    return this
  }

  /** Whether the last answer has been written. */
  get over(): boolean {
    return this.socket.finished || this.socket.destroyed
  }

  /** Lets go of everything, as the operating system would. */
  close(): void {
    this.socket.emit('close')
  }

  /** All there is to tell of what happened; that the client was refused in the head or in the body of a request is one thing. */
  get outcome(): unknown {
    return { requests: this.requests.filter(({ whole }) => whole), written: this.socket.written, over: this.over, ended: this.ended }
  }

  onRequest(inbound: Inbound): void {
    if (this.over) throw new Error('a request was handed over after the end')
    const { head } = inbound
    const request: Parsed = {
      startLine: head.text.slice(0, head.text.indexOf('\r\n')), method: head.method, authority: head.authority, minor: head.minor, framing: head.framing,
      contentLength: head.contentLength, fields: Array.from({ length: head.count }, (_, i) => [head.name(i), head.value(i)] as const),
      body: inbound.body?.toString('latin1') ?? '', trailers: inbound.trailers, whole: inbound.bodyDone, gone: false
    }
    this.requests.push(request)
    inbound.sink = sinkOf(request, inbound)
    if (inbound.bodyDone) answer(inbound)
  }

  onRefused(_inbound: Inbound, problem: Problem): void {
    this.refused = problem.code
  }

  onClosed(): void {
    // the socket tells
  }
}

// nothing is ever late here
const NEVER = new Deadlines(() => 0)

function sinkOf(request: Parsed, inbound: Inbound): RequestSink {
  return {
    onRequestBody(chunk) {
      if (request.whole) throw new Error('more of a body that was whole')
      request.body += chunk.toString('latin1')
    },
    onRequestEnd(trailers) {
      if (request.whole || request.gone) throw new Error('the end of a request that had ended')
      request.whole = true
      request.trailers = trailers
      answer(inbound)
    },
    onClientGone() {
      if (request.whole || request.gone) throw new Error('the loss of a request that had ended')
      request.gone = true
    },
    onClientDrain() {
      // all is written at once
    }
  }
}

function answer(inbound: Inbound): void {
  if (inbound.head.method === 'CONNECT') inbound.retire() // as a server without tunnels: what follows is for no one
  inbound.respond(`HTTP/1.1 200 OK\r\ncontent-length: 0\r\n${inbound.persistent ? '' : 'connection: close\r\n'}\r\n`, 'none')
  inbound.finish()
}
