import type { Socket } from 'node:net'
import { type BodyFraming, BodyWriter } from './body-writer.ts'
import { ChunkedDecoder } from './chunked.ts'
import type { Deadlines, Timed } from './deadlines.ts'
import type { Problem } from './problems.ts'
import type { HeadLimits } from './request-head.ts'
import { ResponseHead } from './response-head.ts'

/** How an exchange with a server can fail. */
export type OutboundFailure =
  | 'connect_refused' // no connection could be made
  | 'connect_timeout'
  | 'closed' // the server closed or reset the connection before the answer was whole
  | 'first_byte_timeout'
  | 'idle_timeout'
  | 'bad_response' // what came is not HTTP/1.1; `problem` says why

export interface OutboundOptions extends HeadLimits {
  readonly deadlines: Deadlines
}

/** Who waits for an answer. */
export interface ResponseSink {
  /** An interim (1xx) answer other than 101. */
  onInterim(head: ResponseHead): void
  /** The final head; with 101 the connection is no longer HTTP and `Outbound.detach` takes it. */
  onResponse(outbound: Outbound, head: ResponseHead): void
  onResponseBody(chunk: Buffer): void
  /** The answer is whole; `trailers` are raw lines, or empty. The connection is no longer the sink's. */
  onResponseEnd(trailers: string): void
  /** What one read brought has been handed over: time to flush what was held back to join it. */
  onResponseFlush(): void
  /** The exchange is over without a whole answer. */
  onOutboundFailed(failure: OutboundFailure, problem: Problem | undefined): void
  /** The server's socket takes data again. */
  onOutboundDrain(): void
}

/** What an outbound connection reports to whoever keeps it. */
export interface OutboundOwner {
  /** The exchange is over and the connection may carry another. */
  onReusable(outbound: Outbound): void
  onGone(outbound: Outbound): void
}

// where a connection stands:  IDLE -> WAIT -> BODY -> IDLE ...   any -> GONE
const IDLE = 0
const WAIT = 1
const BODY = 2
const GONE = 3

// interim answers to one request; a server was seen sending 29,581 of them
const MAX_INTERIM = 32
const CRLF_CRLF = Buffer.from('\r\n\r\n')

type Linked = Socket & { [outbound]?: Outbound }
const outbound = Symbol('outbound')

/** A kept-alive connection to a server: one exchange at a time, parsed as strictly as a request. */
export class Outbound implements Timed {
  readonly head: ResponseHead = new ResponseHead()
  readonly socket: Socket
  /** Whether it has carried an exchange before the present one: only then may a silent close be a keep-alive race. */
  reused = false
  /** Whether an octet of the present answer has come. */
  answered = false
  /** When an idle connection is too old to be used again, on the clock of the deadlines; Infinity while in use. */
  deadlineMs: number = Infinity
  /** The address it is connected to, for a pool that follows DNS. */
  readonly address: string
  private readonly owner: OutboundOwner
  private readonly options: OutboundOptions
  private readonly writer: BodyWriter
  private state = IDLE
  private sink: ResponseSink | undefined = undefined
  private method = ''
  private idleMs = Infinity
  private pending: Buffer | undefined = undefined
  private remaining = 0
  private decoder: ChunkedDecoder | undefined = undefined
  private requestDone = true
  private interims = 0
  private held = false

  constructor(socket: Socket, address: string, owner: OutboundOwner, options: OutboundOptions) {
    this.socket = socket
    this.address = address
    this.owner = owner
    this.options = options
    this.writer = new BodyWriter(socket)
    const linked: Linked = socket
    linked[outbound] = this
    socket.on('data', onData)
    socket.on('end', onEnd)
    socket.on('error', onError)
    socket.on('close', onClose)
    socket.on('drain', onDrain)
    options.deadlines.add(this)
  }

  get gone(): boolean {
    return this.state === GONE
  }

  /**
   * Sends a request head, and as much of its body as is there, in one write.
   * @param done whether that is the whole request
   * @param timeouts ms until the first octet of the answer, and between octets after it
   * @returns false when the server should be given time to read
   */
  send(sink: ResponseSink, method: string, head: string, framing: BodyFraming, body: Buffer | undefined, done: boolean,
    timeouts: { readonly firstByteMs: number, readonly idleMs: number }): boolean {
    this.state = WAIT
    this.sink = sink
    this.method = method
    this.answered = false
    this.interims = 0
    this.requestDone = done
    this.idleMs = timeouts.idleMs
    this.deadlineMs = this.options.deadlines.after(timeouts.firstByteMs)
    const flowing = this.writer.start(head, framing, body)
    if (done) this.writer.end()
    return flowing
  }

  /** Sends more of the request body. Returns false when the server should be given time to read. */
  write(chunk: Buffer): boolean {
    return this.state === GONE || this.writer.write(chunk)
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
    this.deadlineMs = paused ? Infinity : this.options.deadlines.after(this.idleMs)
    if (paused) this.socket.pause()
    else this.socket.resume()
  }

  /** Starts the wait for the first octet anew, for a request that is still being sent. */
  extend(ms: number): void {
    if (this.state === WAIT && !this.answered) this.deadlineMs = this.options.deadlines.after(ms)
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
    const { socket, pending } = this
    socket.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose).off('drain', onDrain)
    this.state = GONE
    this.sink = undefined
    this.pending = undefined
    this.options.deadlines.delete(this)
    this.owner.onGone(this)
    return pending
  }

  expire(): void {
    if (this.state === IDLE) this.destroy()
    else this.fail(this.answered ? 'idle_timeout' : 'first_byte_timeout')
  }

  /** Ends the exchange as failed and tells the sink. */
  fail(failure: OutboundFailure, problem?: Problem): void {
    const { sink } = this
    this.destroy()
    sink?.onOutboundFailed(failure, problem)
  }

  // --- the socket's events

  /** @internal */
  read(chunk: Buffer): void {
    // octets no one asked for are never the answer to the next request (RFC 9112 section 6.3)
    if (this.state === IDLE) return this.destroy()
    const { sink } = this
    this.answered = true
    if (!this.held) this.deadlineMs = this.options.deadlines.after(this.idleMs)
    if (this.state === BODY) this.readBody(chunk)
    else this.readHead(chunk)
    sink?.onResponseFlush()
  }

  /** @internal FIN: an error unless the answer lasts until close. */
  ended(): void {
    if (this.state === BODY && this.head.framing === 'close') return this.complete('')
    if (this.state === IDLE) return this.destroy()
    this.fail('closed')
  }

  /** @internal */
  lost(): void {
    if (this.state === GONE) return
    if (this.state === IDLE) return this.destroy()
    this.fail('closed')
  }

  /** @internal */
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
      const end = input.indexOf(CRLF_CRLF, Math.max(0, scanned - 3))
      if (end < 0) {
        if (input.length > options.maxHeadBytes) return this.fail('bad_response')
        if (!'HTTP/1.'.startsWith(input.toString('latin1', 0, Math.min(7, input.length)))) return this.fail('bad_response')
        this.pending = input
        return
      }
      if (end + 4 > options.maxHeadBytes) return this.fail('bad_response')
      const problem = head.parse(input, end + 4, this.method, options)
      if (problem !== undefined) return this.fail('bad_response', problem)
      scanned = 0
      const rest = end + 4 < input.length ? input.subarray(end + 4) : undefined
      if (head.status >= 200 || head.status === 101) return this.startBody(rest)
      if (++this.interims > MAX_INTERIM) return this.fail('bad_response')
      this.sink?.onInterim(head)
      if (rest === undefined) return
      input = rest
    }
  }

  private startBody(rest: Buffer | undefined): void {
    const { head } = this
    this.state = BODY
    if (head.status === 101) {
      this.pending = rest
      this.deadlineMs = Infinity
      this.sink?.onResponse(this, head)
      return
    }
    if (head.framing === 'chunked') this.decoder = new ChunkedDecoder()
    else this.remaining = head.framing === 'length' ? head.contentLength : 0
    this.sink?.onResponse(this, head)
    if (this.state !== BODY) return
    if (head.framing === 'none' || (head.framing === 'length' && head.contentLength === 0)) return this.complete('', rest)
    if (rest !== undefined) this.readBody(rest)
  }

  private readBody(chunk: Buffer): void {
    const { decoder, sink } = this
    if (decoder !== undefined) {
      const used = decoder.feed(chunk, 0)
      const body = decoder.take()
      if (decoder.problem !== undefined) return this.fail('bad_response', decoder.problem)
      if (body !== undefined) sink?.onResponseBody(body)
      if (decoder.done && this.state === BODY) this.complete(decoder.trailers, used < chunk.length ? chunk : undefined)
      return
    }
    if (this.head.framing === 'close') return sink?.onResponseBody(chunk)
    const used = Math.min(this.remaining, chunk.length)
    this.remaining -= used
    sink?.onResponseBody(used === chunk.length ? chunk : chunk.subarray(0, used))
    if (this.remaining === 0 && this.state === BODY) this.complete('', used < chunk.length ? chunk : undefined)
  }

  private complete(trailers: string, extra?: Buffer): void {
    const { sink, head } = this
    this.sink = undefined
    this.decoder = undefined
    const reusable = head.keepAlive && this.requestDone && extra === undefined && head.framing !== 'close'
    if (reusable) {
      this.state = IDLE
      this.reused = true
      this.deadlineMs = Infinity
      this.pauseReading(false)
      this.deadlineMs = Infinity
    }
    sink?.onResponseEnd(trailers)
    if (!reusable) this.destroy()
    else if (this.state === IDLE) this.owner.onReusable(this)
  }
}

function onData(this: Linked, chunk: Buffer): void {
  this[outbound]?.read(chunk)
}
function onEnd(this: Linked): void {
  this[outbound]?.ended()
}
function onError(): void {
  // "close" follows and says what there is to say
}
function onClose(this: Linked): void {
  this[outbound]?.lost()
}
function onDrain(this: Linked): void {
  this[outbound]?.drained()
}
