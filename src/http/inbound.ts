import type { Socket } from 'node:net'
import { type BodyFraming, BodyWriter } from './body-writer.ts'
import type { Timed } from './deadlines.ts'
import { linger } from './linger.ts'
import * as problems from './problems.ts'
import type { Problem } from './problems.ts'
import { RequestReader } from './request-reader.ts'
import type { InboundHandler, InboundOptions, RequestSink } from './request-sink.ts'
import { leave, listenTo, type SocketListener } from './socket-listener.ts'

export type { InboundHandler, InboundOptions, RequestSink } from './request-sink.ts'

// where a connection stands:  HEAD -> BODY -> SERVED -> (FLUSH ->) HEAD ...   any -> LINGER -> CLOSED   any -> CLOSED
const HEAD = 0
const BODY = 1
const SERVED = 2 // the request is complete, its answer is not
const FLUSH = 3 // the answer is written, but the client has not taken it
const LINGER = 4 // the last answer is written
const CLOSED = 5

// octets of pipelined requests kept while one is served; beyond that the socket is not read
const MAX_PIPELINED_BYTES = 4096

/**
 * A client's connection: reads requests one at a time, in order, and writes their answers. Knows HTTP/1.1 and nothing of
 * what is served. One request is parsed only when the one before it has been answered and the answer is on its way, so
 * what is kept is bounded.
 */
export class Inbound extends RequestReader implements Timed, SocketListener {
  /** Set by `onRequest`; another object for each request. */
  sink: RequestSink | undefined = undefined
  /** For the handler to keep what it knows of this connection. */
  tag: unknown = undefined
  deadlineMs: number
  place = -1
  readonly socket: Socket
  /** The TCP socket that `socket` speaks TLS over, where it does and that is known. */
  transport: Socket
  private readonly handler: InboundHandler
  private readonly options: InboundOptions
  private readonly writer: BodyWriter
  private state = HEAD
  private keepAlive = true
  private finEnded = false
  private answering = false
  private parsing = false
  private full = false // the client should be given time to read
  private held = false // the socket is not read

  constructor(socket: Socket, handler: InboundHandler, options: InboundOptions) {
    super()
    this.socket = socket
    this.transport = socket
    this.handler = handler
    this.options = options
    this.writer = new BodyWriter(socket)
    this.deadlineMs = options.deadlines.after(options.keepAliveMs)
    listenTo(socket, this)
    options.deadlines.add(this)
  }

  /** Whether the connection stays open after the current answer; the answer's head must say so when it does not. */
  get persistent(): boolean {
    return this.keepAlive && this.bodyDone && !(this.finEnded && this.pending.empty)
  }

  /** Makes the current answer the last one on this connection; an idle connection is closed at once. */
  retire(): void {
    this.keepAlive = false
    if (this.state === HEAD && this.pending.empty) this.close()
  }

  /**
   * Sends the head of the answer, and as much of its body as is there, in one write. `head` ends with its empty line.
   * Returns false when the client should be given time to read.
   */
  respond(head: string, framing: BodyFraming, body?: Buffer): boolean {
    if (this.state >= LINGER) return true
    this.answering = true
    return this.guard(this.writer.start(head, framing, body))
  }

  /** Sends an interim (1xx) head. */
  interim(head: string): void {
    if (this.state < LINGER) this.writer.outlet.write(head)
  }

  /** Sends more of the body. Returns false when the client should be given time to read. @param spent see `BodyWriter.write` */
  write(chunk: Buffer, spent = false): boolean {
    return this.state >= LINGER || this.guard(this.writer.write(chunk, spent))
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
    if (this.state >= LINGER) return
    const stays = this.persistent && !this.writer.untilClose
    this.writer.end(trailers)
    this.answering = false
    this.sink = undefined
    this.body = undefined
    if (!stays) return this.linger()
    if (!this.full) return this.readNext()
    // who asks on and on and reads nothing would otherwise pile up answers here
    this.state = FLUSH
    this.deadlineMs = this.idleDeadline()
  }

  /** Breaks the connection so that the client cannot take what it has for a whole answer. */
  abort(): void {
    if (this.state === CLOSED) return
    const whole = this.state === LINGER && this.writer.outlet.empty
    this.release() // first, or a cut under TLS comes back at once as a client that has left
    if (whole) this.socket.destroy()
    else this.writer.cut(this.transport)
  }

  /** Breaks the connection by RST. */
  reset(): void {
    if (this.state === CLOSED) return
    this.release()
    this.writer.outlet.release()
    this.transport.resetAndDestroy()
    this.socket.destroy()
  }

  /** Sends octets that need be no message, and ends the connection as after a last answer. */
  hangUp(octets: Buffer): void {
    if (this.state >= LINGER) return
    if (octets.length > 0) this.writer.outlet.write(octets)
    this.linger()
  }

  /** Stops reading the request body, or goes on. */
  pauseBody(paused: boolean): void {
    if (this.state !== BODY) return
    this.deadlineMs = paused && !this.full ? Infinity : this.idleDeadline()
    this.holdReading(paused)
  }

  /** Gives the socket away, with what has been read beyond the head, for a protocol that is not HTTP. */
  detach(): Buffer | undefined {
    const early = this.pending.take()
    this.writer.outlet.release()
    leave(this.socket)
    this.release()
    return early
  }

  expire(): void {
    switch (this.state) {
      case HEAD:
        // silence between requests is no mistake
        return this.pending.empty ? this.close() : this.refuse(problems.headTimeout)
      case BODY:
        // when it is not read, it is the client that takes nothing
        return this.held ? this.lose() : this.refuse(problems.bodyTimeout)
      default:
        return this.lose()
    }
  }

  // --- the socket's events

  read(chunk: Buffer): void {
    switch (this.state) {
      case HEAD:
        if (this.pending.empty) this.deadlineMs = this.options.deadlines.after(this.options.headTimeoutMs)
        this.pending.add(chunk)
        return this.parse()
      case BODY:
        return this.serveBody(chunk)
      case SERVED:
      case FLUSH:
        this.pending.add(chunk)
        if (this.pending.length > MAX_PIPELINED_BYTES) this.holdReading(true)
    }
  }

  ended(): void {
    this.finEnded = true
    switch (this.state) {
      case HEAD:
        return this.pending.empty ? this.close() : this.refuse(problems.truncated)
      case BODY:
        return this.refuse(problems.truncated)
      case SERVED:
        // FIN is all a closing client sends, so by default it is gone and its model stops working for it
        return this.options.halfClose === 'cancel' ? this.lose() : undefined
    }
  }

  drained(): void {
    this.full = false
    if (this.state === FLUSH) return this.readNext()
    if (this.state === SERVED || (this.state === BODY && this.held)) this.deadlineMs = Infinity
    this.sink?.onClientDrain()
  }

  lost(): void {
    if (this.state !== CLOSED) this.lose()
  }

  // --- reading

  private readNext(): void {
    if (!this.keepAlive) return this.linger() // retired while the answer was on its way
    const { deadlines, keepAliveMs, headTimeoutMs } = this.options
    this.state = HEAD
    this.deadlineMs = deadlines.after(this.pending.empty ? keepAliveMs : headTimeoutMs)
    this.holdReading(false)
    this.parse()
  }

  // requests that are answered at once are taken in a loop, not by recursion: a client may pipeline thousands
  private parse(): void {
    if (this.parsing) return
    this.parsing = true
    while (this.state === HEAD && !this.pending.empty) {
      const outcome = this.nextRequest(this.options)
      if (outcome === 'partial') break
      if (outcome === undefined) this.serve()
      else this.refuse(outcome)
    }
    this.parsing = false
    // after FIN nothing comes to make a head of what is left
    if (this.finEnded && this.state === HEAD) this.ended()
  }

  private serve(): void {
    this.keepAlive &&= this.head.keepAlive
    this.state = this.bodyDone ? SERVED : BODY
    this.deadlineMs = this.bodyDone ? Infinity : this.idleDeadline()
    this.handler.onRequest(this)
  }

  private serveBody(chunk: Buffer): void {
    const problem = this.readBody(chunk)
    if (problem !== undefined) return this.refuse(problem)
    const { sink, body } = this
    this.body = undefined
    if (this.bodyDone) this.state = SERVED
    this.deadlineMs = this.bodyDone && !this.full ? Infinity : this.idleDeadline()
    if (body !== undefined) sink?.onRequestBody(body)
    if (this.bodyDone && this.sink === sink) sink?.onRequestEnd(this.trailers)
  }

  // --- ends

  // says why a request cannot be taken, unless an answer is on the wire; what the parser refuses at once reaches no one else
  private refuse(problem: Problem): void {
    const { sink } = this
    if (sink === undefined) this.handler.onRefused(this, problem)
    if (this.answering) return this.lose(problem)
    this.writer.outlet.write(problems.refusal(problem))
    this.linger()
    sink?.onClientGone(problem)
  }

  private lose(problem?: Problem): void {
    const { sink } = this
    this.abort()
    sink?.onClientGone(problem)
  }

  // ends a connection that owes no answer; the last one may still be on its way
  private close(): void {
    if (!this.writer.outlet.empty) return this.linger()
    this.release()
    this.socket.destroy()
  }

  private linger(): void {
    this.state = LINGER
    this.sink = undefined
    this.deadlineMs = Infinity
    this.forget()
    this.writer.outlet.flush()
    linger(this.socket, this, this.options)
  }

  private release(): void {
    this.state = CLOSED
    this.sink = undefined
    this.forget()
    this.options.deadlines.delete(this)
    this.handler.onClosed(this)
  }

  // a client that takes nothing of its answer for too long is let go
  private guard(flowing: boolean): boolean {
    if (flowing) return true
    this.full = true
    if (this.state !== BODY || this.held) this.deadlineMs = this.idleDeadline()
    return false
  }

  private idleDeadline(): number {
    return this.options.deadlines.after(this.options.idleMs)
  }

  private holdReading(held: boolean): void {
    if (held === this.held) return
    this.held = held
    if (held) this.socket.pause()
    else this.socket.resume()
  }
}
