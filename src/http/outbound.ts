import type { Socket } from 'node:net'
import { BodyReader } from './body-reader.ts'
import { type BodyFraming, BodyWriter } from './body-writer.ts'
import type { Timed } from './deadlines.ts'
import { hasBareLineFeed, headEnd } from './head-reader.ts'
import { PatientSocket } from './patient-socket.ts'
import * as problems from './problems.ts'
import type { Problem } from './problems.ts'
import { ResponseHead } from './response-head.ts'
import type { OutboundFailure, OutboundOptions, OutboundOwner, ResponseSink, ResponseTimeouts } from './response-sink.ts'
import { leave, listenTo, type SocketListener } from './socket-listener.ts'

export type { OutboundFailure, OutboundOptions, OutboundOwner, ResponseSink, ResponseTimeouts } from './response-sink.ts'

// where a connection stands:  IDLE -> WAIT -> BODY -> IDLE ...   any -> GONE
const IDLE = 0
const WAIT = 1
const BODY = 2
const GONE = 3

// interim answers to one request; a server was seen sending 29,581 of them
const MAX_INTERIM = 32
const START = 'HTTP/1.'
const NONE: ResponseTimeouts = { firstByteMs: Infinity, idleMs: Infinity }

/** A kept-alive connection to a server: one exchange at a time, parsed as strictly as a request. */
export class Outbound implements Timed, SocketListener {
  readonly head: ResponseHead = new ResponseHead()
  readonly socket: Socket
  /** Whether it has carried an exchange before the present one: only then may a silent close be a keep-alive race. */
  reused = false
  /** Whether an octet of the present answer has come. */
  answered = false
  /** When an idle connection is too old to be used again, on the clock of the deadlines; Infinity while in use. */
  deadlineMs: number = Infinity
  place = -1
  /** The address it is connected to, for a pool that follows DNS. */
  readonly address: string
  private readonly owner: OutboundOwner
  private readonly options: OutboundOptions
  private readonly writer: BodyWriter
  private readonly patient: PatientSocket | undefined
  private readonly body: BodyReader = new BodyReader()
  private state = IDLE
  private sink: ResponseSink | undefined = undefined
  private method = ''
  private timeouts: ResponseTimeouts = NONE
  /** Part of a head, or what came behind a 101. */
  private pending: Buffer | undefined = undefined
  private requestDone = true
  private interims = 0
  private held = false

  constructor(socket: Socket, address: string, owner: OutboundOwner, options: OutboundOptions) {
    this.socket = socket
    this.address = address
    this.owner = owner
    this.options = options
    this.writer = new BodyWriter(socket)
    this.patient = socket instanceof PatientSocket ? socket : undefined
    listenTo(socket, this)
    options.deadlines.add(this)
  }

  get gone(): boolean {
    return this.state === GONE
  }

  /**
   * Sends a request head, and as much of its body as is there, in one write.
   * @param done whether that is the whole request
   * @returns false when the server should be given time to read
   */
  send(sink: ResponseSink, method: string, head: string, framing: BodyFraming, body: Buffer | undefined, done: boolean,
    timeouts: ResponseTimeouts): boolean {
    this.state = WAIT
    this.sink = sink
    this.method = method
    this.answered = false
    this.interims = 0
    this.requestDone = done
    this.timeouts = timeouts
    this.deadlineMs = this.options.deadlines.after(timeouts.firstByteMs)
    if (this.patient !== undefined) this.patient.uploading = !done
    const flowing = this.writer.start(head, framing, body)
    if (done) this.writer.end()
    return flowing
  }

  /** Sends more of the request body. Returns false when the server should be given time to read. @param spent see `BodyWriter.write` */
  write(chunk: Buffer, spent = false): boolean {
    return this.state === GONE || this.writer.write(chunk, spent)
  }

  /** Ends the request body; `trailers` are lines with CR LF. */
  finish(trailers = ''): void {
    if (this.state === GONE) return
    this.requestDone = true
    this.writer.end(trailers)
  }

  /** Stops reading the answer, or goes on: nothing is read that the client has no room for. */
  pauseReading(paused: boolean): void {
    if (this.state === GONE || paused === this.held) return
    this.held = paused
    this.deadlineMs = paused ? Infinity : this.options.deadlines.after(this.timeouts.idleMs)
    if (paused) this.socket.pause()
    else this.socket.resume()
  }

  /** Starts the wait for the next octet anew, for a request that is still being sent; for the first octet it is `ms`. */
  extend(ms: number): void {
    if (this.state === WAIT && this.pending === undefined) this.deadlineMs = this.options.deadlines.after(ms)
    else if (this.state !== IDLE && !this.held) this.deadlineMs = this.options.deadlines.after(this.timeouts.idleMs)
  }

  /** Ends the exchange and the connection now; the sink hears nothing more. */
  destroy(): void {
    if (this.state === GONE) return
    this.state = GONE
    this.sink = undefined
    this.pending = undefined
    this.deadlineMs = Infinity
    this.options.deadlines.delete(this)
    this.socket.destroy()
    this.owner.onGone(this)
  }

  /** After 101: gives the socket away with what was read beyond the head. */
  detach(): Buffer | undefined {
    const { pending } = this
    this.writer.outlet.release()
    leave(this.socket)
    this.state = GONE
    this.sink = undefined
    this.pending = undefined
    this.options.deadlines.delete(this)
    this.owner.onGone(this)
    return pending
  }

  expire(): void {
    if (this.state === IDLE) this.destroy()
    else this.fail(this.state === WAIT && this.pending === undefined ? 'first_byte_timeout' : 'idle_timeout')
  }

  /** Ends the exchange as failed and tells the sink. */
  fail(failure: OutboundFailure, problem?: Problem): void {
    const { sink } = this
    this.destroy()
    sink?.onOutboundFailed(failure, problem)
  }

  // --- the socket's events

  read(chunk: Buffer): void {
    // octets no one asked for are never the answer to the next request (RFC 9112 section 6.3)
    if (this.state === IDLE) return this.destroy()
    const { sink } = this
    this.answered = true
    if (!this.held) this.deadlineMs = this.options.deadlines.after(this.timeouts.idleMs)
    if (this.state === BODY) this.readBody(chunk)
    else this.readHead(chunk)
    sink?.onResponseFlush()
  }

  ended(): void {
    if (this.state === BODY && this.head.framing === 'close' && this.patient?.broken !== true) return this.complete()
    if (this.state === IDLE) return this.destroy()
    this.fail('closed')
  }

  lost(): void {
    if (this.state === GONE) return
    if (this.state === IDLE) return this.destroy()
    this.fail('closed')
  }

  drained(): void {
    this.sink?.onOutboundDrain()
  }

  // --- reading

  private readHead(chunk: Buffer): void {
    let input = this.pending === undefined ? chunk : Buffer.concat([this.pending, chunk])
    let scanned = input.length - chunk.length
    this.pending = undefined
    const { head, options } = this
    while (this.state === WAIT) {
      const end = headEnd(input, scanned)
      if (end < 0) return this.awaitHead(input, scanned)
      if (end > options.maxHeadBytes) return this.fail('bad_response', problems.headTooLarge)
      const problem = head.parse(input, end, this.method, options)
      if (problem !== undefined) return this.fail('bad_response', problem)
      const rest = end < input.length ? input.subarray(end) : undefined
      if (head.status >= 200 || head.status === 101) return this.startBody(rest)
      if (++this.interims > MAX_INTERIM) return this.fail('bad_response')
      this.deadlineMs = options.deadlines.after(this.timeouts.firstByteMs)
      this.sink?.onInterim(head)
      if (rest === undefined) return
      input = rest
      scanned = 0
    }
  }

  // a head that is not whole yet: given up now if it can only become wrong
  private awaitHead(input: Buffer, scanned: number): void {
    if (input.length > this.options.maxHeadBytes) return this.fail('bad_response', problems.headTooLarge)
    if (!START.startsWith(input.toString('latin1', 0, START.length))) return this.fail('bad_response', problems.badStartLine)
    if (hasBareLineFeed(input, scanned)) return this.fail('bad_response', problems.bareLineEnd)
    this.pending = input
  }

  private startBody(rest: Buffer | undefined): void {
    const { head, body } = this
    this.state = BODY
    if (head.status === 101) {
      this.pending = rest
      this.deadlineMs = Infinity
      this.sink?.onResponse(this, head)
      return this.state === BODY ? this.fail('bad_response') : undefined
    }
    body.start(head.framing, head.contentLength)
    this.sink?.onResponse(this, head)
    if (this.state !== BODY) return
    if (body.done) return this.complete('', rest)
    if (rest !== undefined) this.readBody(rest)
  }

  private readBody(chunk: Buffer): void {
    const { body, sink } = this
    const octets = body.read(chunk)
    if (body.problem !== undefined) return this.fail('bad_response', body.problem)
    if (octets !== undefined) sink?.onResponseBody(octets)
    if (body.done && this.state === BODY) this.complete(body.trailers, body.rest)
  }

  private complete(trailers = '', extra?: Buffer): void {
    const { sink, head } = this
    this.sink = undefined
    const reusable = head.keepAlive && this.requestDone && extra === undefined
    if (reusable) {
      this.state = IDLE
      this.reused = true
      this.pauseReading(false)
      this.deadlineMs = Infinity
    }
    sink?.onResponseEnd(trailers)
    if (!reusable) this.destroy()
    else if (this.state === IDLE) this.owner.onReusable(this)
  }
}
