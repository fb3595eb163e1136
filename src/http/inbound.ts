import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ChunkedDecoder } from './chunked.ts'
import type { Deadlines, Timed } from './deadlines.ts'
import * as problems from './problems.ts'
import type { Problem } from './problems.ts'
import { type HeadLimits, RequestHead } from './request-head.ts'
import { isTokenChar } from './syntax.ts'
import { type BodyFraming, BodyWriter } from './body-writer.ts'

export interface InboundOptions extends HeadLimits {
  /** From the first octet of a head to its last, ms. */
  readonly headTimeoutMs: number
  /** How long a connection may be idle between requests, ms. */
  readonly keepAliveMs: number
  /** How long a request body may stand still, or a client may take nothing of an answer, ms. */
  readonly idleMs: number
  /** After a last answer, how long what the client still sends is read and thrown away, ms, so that it sees the answer. */
  readonly lingerMs: number
  /** What a client's FIN after a whole request means: gone, or only done sending. */
  readonly halfClose: 'cancel' | 'answer'
  readonly deadlines: Deadlines
}

/** What happens on a client's connection; one handler serves all connections of a listener. */
export interface InboundHandler {
  /** A request head is here, and perhaps its body: see `Inbound.body` and `Inbound.bodyDone`. Must set `Inbound.sink`. */
  onRequest(inbound: Inbound): void
  /** A request was refused by the parser and answered. */
  onRefused(inbound: Inbound, problem: Problem): void
  onClosed(inbound: Inbound): void
}

/** Who serves the request that is on a connection. */
export interface RequestSink {
  /** More of the body, as it comes. The buffer may be kept but not written to. */
  onRequestBody(chunk: Buffer): void
  /** The body is complete; `trailers` are the raw lines, or empty. */
  onRequestEnd(trailers: string): void
  /** The client is gone, or broke the rules in its body (`problem`). Nothing can be answered any more. */
  onClientGone(problem: Problem | undefined): void
  /** The client's socket takes data again. */
  onClientDrain(): void
}

// where a connection stands:  HEAD -> BODY -> SERVED -> HEAD ...   any -> LINGER -> CLOSED   any -> CLOSED
const HEAD = 0
const BODY = 1
const SERVED = 2 // the request is complete, its answer is not
const LINGER = 3
const CLOSED = 4

// octets of pipelined requests kept while one is served; beyond that the socket is not read
const MAX_PIPELINED_BYTES = 4096
const CRLF_CRLF = Buffer.from('\r\n\r\n')
// octets thrown away from a client that goes on sending after its last answer
const MAX_LINGER_BYTES = 4 * 1024 * 1024

type Linked = Socket & { [inbound]?: Inbound }
const inbound = Symbol('inbound')

/**
 * A client's connection: reads requests one at a time, in order, and writes their answers. Knows HTTP/1.1 and nothing of
 * what is served. One request is parsed only when the one before it has been answered, so what is kept is bounded.
 */
export class Inbound implements Timed {
  readonly head: RequestHead = new RequestHead()
  /** Body octets that are here when `onRequest` is called. */
  body: Buffer | undefined = undefined
  /** Whether the whole body has been read. */
  bodyDone = true
  /** Raw trailer lines of the request, once its body is done. */
  trailers = ''
  /** Set by `onRequest`. */
  sink: RequestSink | undefined = undefined
  /** For the handler to keep what it knows of this connection. */
  tag: unknown = undefined
  deadlineMs: number
  readonly socket: Socket
  private readonly handler: InboundHandler
  private readonly options: InboundOptions
  private readonly writer: BodyWriter
  private state = HEAD
  /** Read but not parsed: part of a head, or a pipelined request. */
  private pending: Buffer | undefined = undefined
  private lineChecked = false
  private remaining = 0
  private decoder: ChunkedDecoder | undefined = undefined
  private keepAlive = true
  private finEnded = false
  private parsing = false
  private held = false
  private lingered = 0

  constructor(socket: Socket, handler: InboundHandler, options: InboundOptions) {
    this.socket = socket
    this.handler = handler
    this.options = options
    this.writer = new BodyWriter(socket)
    this.deadlineMs = options.deadlines.after(options.keepAliveMs)
    const linked: Linked = socket
    linked[inbound] = this
    socket.on('data', onData)
    socket.on('end', onEnd)
    socket.on('error', onError)
    socket.on('close', onClose)
    socket.on('drain', onDrain)
    options.deadlines.add(this)
  }

  /** Whether nothing is being read or served. */
  get idle(): boolean {
    return this.state === HEAD && this.pending === undefined
  }

  get closed(): boolean {
    return this.state === CLOSED
  }

  /** Whether the connection stays open after the current answer; the answer's head must say so when it does not. */
  get persistent(): boolean {
    return this.keepAlive && this.bodyDone && !this.finEnded
  }

  /** Makes the current answer the last one on this connection; an idle connection is closed at once. */
  retire(): void {
    this.keepAlive = false
    if (this.idle) this.destroy()
  }

  /**
   * Sends the head of the answer, and as much of its body as is there, in one write. `head` ends with its empty line.
   * Returns false when the client should be given time to read.
   */
  respond(head: string, framing: BodyFraming, body?: Buffer): boolean {
    return this.state === CLOSED || this.guard(this.writer.start(head, framing, body))
  }

  /** Sends an interim (1xx) head. */
  interim(head: string): void {
    if (this.state !== CLOSED) this.socket.write(head, 'latin1')
  }

  /** Sends more of the body. Returns false when the client should be given time to read. */
  write(chunk: Buffer): boolean {
    return this.state === CLOSED || this.guard(this.writer.write(chunk))
  }

  /** Gathers what is written until `uncork` into one system call. */
  cork(): void {
    this.socket.cork()
  }

  uncork(): void {
    this.socket.uncork()
  }

  /** Ends the answer; `trailers` are lines with CR LF, sent when the answer is chunked. The next request is then read. */
  finish(trailers = ''): void {
    if (this.state === CLOSED) return
    const stays = this.persistent && !this.writer.untilClose
    this.writer.end(trailers)
    this.sink = undefined
    this.body = undefined
    this.decoder = undefined
    if (!stays) return this.linger()
    this.state = HEAD
    const { deadlines, keepAliveMs, headTimeoutMs } = this.options
    this.deadlineMs = deadlines.after(this.pending === undefined ? keepAliveMs : headTimeoutMs)
    this.holdReading(false)
    if (this.pending !== undefined) this.parsePending()
  }

  /** Breaks the connection so that the client cannot take what it has for a whole answer. */
  abort(): void {
    if (this.state === CLOSED) return
    // a reset rather than a FIN: an answer that lasts until close has no other way to show that it is cut
    if (this.writer.untilClose && !('encrypted' in this.socket)) this.socket.resetAndDestroy()
    this.destroy()
  }

  /** Stops reading the request body, or goes on. */
  pauseBody(paused: boolean): void {
    if (this.state !== BODY) return
    this.deadlineMs = paused ? Infinity : this.options.deadlines.after(this.options.idleMs)
    this.holdReading(paused)
  }

  /** Gives the socket away, with what has been read beyond the head, for a protocol that is not HTTP. */
  detach(): Buffer | undefined {
    const { socket, pending } = this
    socket.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose).off('drain', onDrain)
    this.pending = undefined
    this.release()
    return pending
  }

  expire(): void {
    switch (this.state) {
      case HEAD:
        // silence between requests is no mistake
        return this.pending === undefined || this.pending.every(isLineEnd) ? this.destroy() : this.refuse(problems.headTimeout)
      case BODY:
        return this.lose(problems.bodyTimeout)
      default:
        return this.lose(undefined)
    }
  }

  // --- the socket's events

  /** @internal */
  read(chunk: Buffer): void {
    switch (this.state) {
      case HEAD:
        if (this.pending === undefined) this.deadlineMs = this.options.deadlines.after(this.options.headTimeoutMs)
        this.pending = this.pending === undefined ? chunk : Buffer.concat([this.pending, chunk])
        return this.parsePending(this.pending.length - chunk.length)
      case BODY:
        return this.readBody(chunk)
      case SERVED:
        this.pending = this.pending === undefined ? chunk : Buffer.concat([this.pending, chunk])
        if (this.pending.length > MAX_PIPELINED_BYTES) this.holdReading(true)
        return
      case LINGER:
        this.lingered += chunk.length
        if (this.lingered > MAX_LINGER_BYTES) this.destroy()
        return
      default:
    }
  }

  /** @internal The client has sent FIN. */
  ended(): void {
    this.finEnded = true
    switch (this.state) {
      case HEAD:
        return this.pending === undefined ? this.destroy() : this.refuse(problems.truncated)
      case BODY:
        return this.lose(problems.truncated)
      case SERVED:
        // FIN is all a closing client sends, so by default it is gone and its model stops working for it
        return this.options.halfClose === 'cancel' ? this.lose(undefined) : undefined
      default:
        this.socket.destroySoon()
    }
  }

  /** @internal */
  drained(): void {
    if (this.state === CLOSED) return
    if (this.state === SERVED) this.deadlineMs = Infinity
    this.sink?.onClientDrain()
  }

  /** @internal The socket is closed, by whomever. */
  lost(): void {
    if (this.state !== CLOSED) this.lose(undefined)
  }

  // --- reading

  // requests that are answered at once are taken in a loop, not by recursion: a client may pipeline thousands
  private parsePending(scanned = 0): void {
    if (this.parsing) return
    this.parsing = true
    let from = scanned
    while (this.state === HEAD && this.pending !== undefined) {
      if (!this.parseHead(this.pending, from)) break
      from = 0
    }
    this.parsing = false
  }

  // false when more octets are needed
  private parseHead(input: Buffer, scanned: number): boolean {
    let start = 0
    while (start < 4 && isLineEnd(input[start])) start++ // empty lines before a request, RFC 9112 section 2.2
    if (start === input.length) return false
    const end = input.indexOf(CRLF_CRLF, Math.max(start, scanned - 3))
    if (end < 0) return this.awaitHead(input, start, scanned)
    const { head, options } = this
    if (end + 4 - start > options.maxHeadBytes) return this.refuse(this.tooLarge(input, start)), false
    const problem = head.parse(input, start, end + 4, options)
    this.lineChecked = false
    if (problem !== undefined) return this.refuse(problem), false
    this.pending = end + 4 < input.length ? input.subarray(end + 4) : undefined
    this.keepAlive &&= head.keepAlive
    return this.startBody()
  }

  // a head that is not whole yet: refuse it now if it can only become wrong
  private awaitHead(input: Buffer, start: number, scanned: number): boolean {
    const { head, options } = this
    if (input.length - start > options.maxHeadBytes) return this.refuse(this.tooLarge(input, start)), false
    for (let lf = input.indexOf(0x0a, Math.max(start, scanned)); lf >= 0; lf = input.indexOf(0x0a, lf + 1)) {
      if (lf === start || input[lf - 1] !== 0x0d) return this.refuse(problems.bareLineEnd), false
    }
    if (this.lineChecked) return false
    if (!isTokenChar(input[start] ?? 0)) return this.refuse(problems.badStartLine), false
    const lineEnd = input.indexOf('\r\n', start, 'latin1')
    if (lineEnd < 0) return false
    this.lineChecked = true
    head.text = input.toString('latin1', start, lineEnd + 2)
    const problem = head.parseRequestLine(lineEnd - start)
    if (problem !== undefined) this.refuse(problem)
    return false
  }

  private tooLarge(input: Buffer, start: number): Problem {
    const lineEnd = input.indexOf('\r\n', start, 'latin1')
    return lineEnd < 0 || lineEnd - start > this.options.maxHeadBytes ? problems.targetTooLong : problems.headTooLarge
  }

  // the head is parsed; takes what is there of the body, then hands the request over. True when another may follow
  private startBody(): boolean {
    const { head, pending } = this
    this.trailers = ''
    this.body = undefined
    this.bodyDone = false
    if (head.framing === 'chunked') this.decoder = new ChunkedDecoder()
    else this.remaining = head.contentLength
    this.pending = undefined
    this.state = BODY
    const problem = this.decode(pending)
    if (problem !== undefined) return this.refuse(problem), false
    this.deadlineMs = this.bodyDone ? Infinity : this.options.deadlines.after(this.options.idleMs)
    this.handler.onRequest(this)
    return true
  }

  private readBody(chunk: Buffer): void {
    this.deadlineMs = this.options.deadlines.after(this.options.idleMs)
    const problem = this.decode(chunk)
    const { body, sink } = this
    this.body = undefined
    if (problem !== undefined) return this.lose(problem)
    if (body !== undefined) sink?.onRequestBody(body)
    if (!this.bodyDone || this.sink !== sink) return
    this.deadlineMs = Infinity
    sink?.onRequestEnd(this.trailers)
  }

  // moves octets of `input` into `body`; what lies behind the body's end becomes `pending`
  private decode(input: Buffer | undefined): Problem | undefined {
    let used = 0
    const { decoder } = this
    if (decoder !== undefined) {
      if (input === undefined) return undefined
      used = decoder.feed(input, 0)
      this.body = decoder.take()
      if (decoder.problem !== undefined) return decoder.problem
      if (!decoder.done) return undefined
      this.trailers = decoder.trailers
      this.decoder = undefined
    } else {
      if (input !== undefined && this.remaining > 0) {
        used = Math.min(this.remaining, input.length)
        this.body = used === input.length ? input : input.subarray(0, used)
        this.remaining -= used
      }
      if (this.remaining > 0) return undefined
    }
    this.bodyDone = true
    this.state = SERVED
    if (input !== undefined && used < input.length) this.pending = input.subarray(used)
    return undefined
  }

  // --- ends

  // answers a request that never was one; what the parser refuses reaches no one else
  private refuse(problem: Problem): void {
    this.handler.onRefused(this, problem)
    const body = `{"error":{"code":"${problem.code}","message":"${problem.message}"}}`
    this.socket.write(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\nconnection: close\r\nx-windtunnel-error: ${problem.code}\r\n\r\n${body}`, 'latin1')
    this.linger()
  }

  // what the client still sends is read for a while: closing over unread data would reset the connection under the answer
  private linger(): void {
    const { deadlines, idleMs, lingerMs } = this.options
    this.state = LINGER
    this.pending = undefined
    this.sink = undefined
    this.deadlineMs = deadlines.after(idleMs)
    this.socket.end(() => {
      if (this.state === LINGER) this.deadlineMs = deadlines.after(lingerMs)
    })
    if (this.finEnded) this.socket.destroySoon()
    else this.holdReading(false)
  }

  private lose(problem: Problem | undefined): void {
    const { sink } = this
    this.destroy()
    sink?.onClientGone(problem)
  }

  private destroy(): void {
    if (this.state === CLOSED) return
    this.release()
    this.socket.destroy()
  }

  private release(): void {
    this.state = CLOSED
    this.sink = undefined
    this.pending = undefined
    this.body = undefined
    this.deadlineMs = Infinity
    this.options.deadlines.delete(this)
    this.handler.onClosed(this)
  }

  // a client that takes nothing of its answer for too long is let go
  private guard(flowing: boolean): boolean {
    if (!flowing && this.bodyDone) this.deadlineMs = this.options.deadlines.after(this.options.idleMs)
    return flowing
  }

  private holdReading(held: boolean): void {
    if (held === this.held) return
    this.held = held
    if (held) this.socket.pause()
    else this.socket.resume()
  }
}

const isLineEnd = (c: number | undefined): boolean => c === 0x0d || c === 0x0a

function onData(this: Linked, chunk: Buffer): void {
  this[inbound]?.read(chunk)
}
function onEnd(this: Linked): void {
  this[inbound]?.ended()
}
function onError(): void {
  // "close" follows and says what there is to say
}
function onClose(this: Linked): void {
  this[inbound]?.lost()
}
function onDrain(this: Linked): void {
  this[inbound]?.drained()
}
