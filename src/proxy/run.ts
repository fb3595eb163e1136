import type { Break, Effect } from '../chaos/fault.ts'
import type { BodyFraming } from '../http/body-writer.ts'
import { UPGRADE } from '../http/field-id.ts'
import type { Inbound, RequestSink } from '../http/inbound.ts'
import type { Outbound, OutboundFailure, ResponseSink } from '../http/outbound.ts'
import type { PoolFailure } from '../http/pool.ts'
import type { Problem } from '../http/problems.ts'
import { IDEMPOTENT } from '../http/syntax.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { forwardableTrailers } from '../http/trailers.ts'
import * as answers from './answers.ts'
import type { LocalAnswer } from './answers.ts'
import { BegunRequest } from './begun-request.ts'
import { answerFraming, answerHead, interimHead, requestHead } from './heads.ts'
import type { Struck } from './inject/injector.ts'
import type { Peer } from './peers.ts'
import type { DataPlane } from './plan.ts'
import { tunnel } from './tunnel.ts'
import type { Upstream } from './upstream.ts'

/**
 * One accepted request: carries octets between the client's connection and the backend's, in both directions and no faster
 * than either takes them. What should happen is decided in pipeline.ts; this makes it happen.
 */
export class Run extends BegunRequest implements RequestSink, ResponseSink, Struck {
  readonly inbound: Inbound
  private heldHead = ''
  private framing: BodyFraming = 'none'
  private answering = false
  private corked = false

  constructor(data: DataPlane, inbound: Inbound, peer: Peer) {
    super(data, inbound, peer)
    this.inbound = inbound
    inbound.sink = this
    data.inFlight++
  }

  // --- what the pipeline asks for

  /** Reads the whole body, up to `limit` octets, and goes on; a larger one is answered 413 unless said otherwise. */
  readBody(limit: number, goOn: () => void, tooLarge: () => void = () => this.answer(answers.bodyTooLarge)): void {
    this.body.await(limit, () => {
      if (!this.view.readBody(this.body.pieces)) this.route?.bodyUnread.add()
      goOn()
    }, tooLarge)
  }

  /** Sends the request to `upstream`, which has admitted it. */
  forward(upstream: Upstream, fresh = false): void {
    this.upstream = upstream
    this.attempts.begin(upstream, fresh)
    this.body.hold()
    const connectTimeoutMs = this.route?.timeouts.connectMs
    const ready = upstream.pool.acquire(this, connectTimeoutMs === undefined ? { fresh } : { fresh, connectTimeoutMs })
    if (ready !== undefined) this.onConnected(ready)
    if (this.mirroring !== undefined && this.inbound.bodyDone) this.sendMirrors()
  }

  /** Answers in place of a backend, once and for all. */
  answer(local: LocalAnswer): void {
    this.respondLocally(answers.replyOf(local))
  }

  answerInjected(effect: Extract<Effect, { do: 'answer' }>, mark: string): void {
    this.respondLocally(answers.injectedReply(effect, mark))
  }

  breakConnection(how: Exclude<Break, { how: 'hang' }>): void {
    this.code = 'injected'
    if (how.how === 'reset') this.inbound.reset()
    else this.inbound.hangUp(how.octets)
    this.finish('broken')
  }

  /** Breaks off what a drain has no more time for. */
  cut(): void {
    this.code = 'shutdown'
    this.inbound.abort()
    this.finish('broken')
  }

  // --- the client's side

  onRequestBody(chunk: Buffer): void {
    const { body, outbound } = this
    if (!body.take(chunk, outbound !== undefined) || outbound === undefined) return
    outbound.extend(this.route?.timeouts.firstByteMs ?? 0)
    if (!outbound.write(chunk, !body.whole)) this.inbound.pauseBody(true)
  }

  onRequestEnd(trailers: string): void {
    if (!this.body.end()) return
    this.outbound?.finish(forwardableTrailers(trailers))
    this.outbound?.extend(this.route?.timeouts.firstByteMs ?? 0)
    if (this.mirroring === undefined) return
    this.mirroring.primaryAsked()
    this.sendMirrors()
  }

  onClientGone(problem: Problem | undefined): void {
    if (this.ended) return
    if (problem !== undefined) this.data.refused(problem.code)
    this.code = problem?.code ?? 'client_gone'
    this.finish('client_gone')
  }

  onClientDrain(): void {
    if (this.altered !== undefined) this.altered.drained()
    else this.outbound?.pauseReading(false)
  }

  // --- the backend's side

  onConnected(outbound: Outbound): void {
    const { inbound, head, body, upstream, route } = this
    if (this.ended || upstream === undefined || route === undefined) return outbound.destroy()
    this.outbound = outbound
    this.mirroring?.primaryAsked()
    const trailers = inbound.bodyDone ? forwardableTrailers(inbound.trailers) : ''
    const done = inbound.bodyDone && trailers === ''
    const text = requestHead(this, upstream, this.data.peers)
    const framing: BodyFraming = head.framing === 'chunked' ? 'chunked' : head.framing === 'length' ? 'raw' : 'none'
    const flowing = outbound.send(this, head.method, text, framing, body.joined(), done, route.timeouts)
    if (inbound.bodyDone) {
      if (!done) outbound.finish(trailers)
    } else {
      inbound.pauseBody(!flowing)
    }
  }

  onUnconnected(failure: PoolFailure): void {
    // these say nothing of the backend
    this.attempts.failed(this.data.clock(), failure === 'pool_full' || failure === 'pool_timeout' || failure === 'pool_closed')
    this.recover(failure)
  }

  onInterim(head: ResponseHead): void {
    const expected = head.status !== 100 || (this.head.expectsContinue && !this.body.continued)
    if (this.head.minor === 1 && expected) this.inbound.interim(interimHead(head))
  }

  onResponse(outbound: Outbound, head: ResponseHead): void {
    const { inbound, data } = this
    const nowMs = data.clock()
    this.firstByteMs = nowMs - this.startedMs
    if (head.status === 101 && !switchesTo(this.head.upgrade, head)) return outbound.fail('bad_response')
    this.attempts.succeeded()
    this.route?.pace?.see(this.firstByteMs, nowMs)
    this.status = head.status
    if (data.draining) inbound.retire()
    this.framing = answerFraming(head, this.head)
    const { persistent } = inbound
    if (!persistent) inbound.retire() // said in the head, so it must be kept even if the body still comes
    const facts = { head, request: this.head, requestId: this.requestId, persistent, date: data.dateLine }
    if (this.injector !== undefined && head.status !== 101) {
      const { injector, head: { path, minor } } = this
      this.mirroring?.primaryHead(head, nowMs)
      this.altered = injector.alter(head, this.framing, { path, minor, maxBytes: this.route?.maxBufferBytes ?? 0 },
        (slot) => this.plan.chaos?.switchboard.isRunning(slot, data.clock()) === true,
        (framing, change) => answerHead(facts, framing, injector.mark, change))
      if (this.altered !== undefined) return
    }
    this.heldHead = answerHead(facts, this.framing, this.injector?.mark)
    if (head.status === 101) return this.switchProtocols(outbound)
    if (this.injector === undefined) this.mirroring?.primaryHead(head, nowMs)
    if (this.framing === 'chunked') {
      this.corked = true
      inbound.cork()
    }
  }

  onResponseBody(chunk: Buffer): void {
    this.responseBytes += chunk.length
    this.mirroring?.primaryBody(chunk)
    if (this.altered !== undefined) return this.altered.data(chunk)
    if (!this.send(chunk)) this.outbound?.pauseReading(true)
  }

  onResponseEnd(trailers: string): void {
    this.outbound = undefined
    const passed = this.head.takesTrailers ? forwardableTrailers(trailers) : ''
    if (this.altered !== undefined) return this.altered.end(passed)
    if (this.heldHead !== '') this.send(undefined)
    this.complete(passed)
  }

  onResponseFlush(): void {
    if (this.altered !== undefined) return this.altered.flush()
    if (this.heldHead !== '' && !this.ended) this.send(undefined)
    this.uncork()
  }

  onOutboundDrain(): void {
    if (!this.inbound.bodyDone) this.inbound.pauseBody(false)
  }

  onOutboundFailed(failure: OutboundFailure): void {
    const { outbound, upstream, attempts, data } = this
    this.outbound = undefined
    if (this.answering) {
      attempts.failed(data.clock(), false)
      this.code = failure
      this.inbound.abort()
      return this.finish('broken')
    }
    this.heldHead = ''
    this.altered = undefined
    this.injector?.forgetAnswer()
    // the connection was closed while it lay idle, as servers do: that says nothing of the backend (RFC 9112 section 9.3.1)
    const raced = failure === 'closed' && outbound?.reused === true && !outbound.answered
    if (raced && upstream !== undefined && this.body.whole && IDEMPOTENT.has(this.head.method) && attempts.retry()) return this.forward(upstream, true)
    attempts.failed(data.clock(), raced)
    this.recover(failure)
  }

  // --- an answer that is sent, altered or not

  respond(head: string, framing: BodyFraming, octets: Buffer | undefined): boolean {
    this.answering = true
    this.body.drop()
    return this.inbound.respond(head, framing, octets)
  }

  write(octets: Buffer): boolean {
    return this.inbound.write(octets)
  }

  complete(trailers: string): void {
    if (this.ended) return
    this.record('answered')
    this.inbound.finish(trailers)
    this.uncork()
    this.endMirroring('answered') // may have much to copy, which the client need not wait for
  }

  cutAnswer(how: 'fin' | 'rst'): void {
    this.code = 'injected'
    if (how === 'rst') this.inbound.reset()
    else this.inbound.abort()
    this.finish('broken')
  }

  pauseBackend(paused: boolean): void {
    this.outbound?.pauseReading(paused)
  }

  // --- inside

  private recover(failure: string): void {
    const fallback = this.route !== undefined && this.body.whole ? this.attempts.fallBack(this.route, this.data.clock()) : undefined
    if (fallback !== undefined) return this.forward(fallback)
    this.answer(answers.FAILURES.get(failure) ?? answers.noRoute)
  }

  private uncork(): void {
    if (!this.corked) return
    this.corked = false
    this.inbound.uncork()
  }

  // the head goes with the first octets of the body, or alone when a read has brought none
  private send(chunk: Buffer | undefined): boolean {
    const { heldHead, inbound } = this
    if (heldHead === '') return chunk === undefined || inbound.write(chunk, this.mirroring === undefined)
    this.heldHead = ''
    return this.respond(heldHead, this.framing, chunk)
  }

  private respondLocally(reply: answers.Reply): void {
    const { inbound, head, data, requestId } = this
    if (data.draining) inbound.retire()
    const { body } = reply
    this.status = reply.status
    this.code = reply.code
    this.answering = true
    this.responseBytes = body.length
    inbound.respond(answers.replyHead(reply, { persistent: inbound.persistent, minor: head.minor, date: data.dateLine, requestId }), head.method === 'HEAD' || body.length === 0 ? 'none' : 'raw', body)
    // in this order: the next request may be parsed into the same head at once
    this.finish('local')
    inbound.finish()
  }

  private switchProtocols(outbound: Outbound): void {
    const { heldHead, inbound } = this
    this.heldHead = ''
    this.outbound = undefined
    inbound.interim(heldHead)
    tunnel(inbound, outbound, this.data)
    this.finish('tunnel')
  }
}

// a server may switch to what was asked for and to nothing else (RFC 9110 section 7.8)
const switchesTo = (asked: string, head: ResponseHead): boolean => asked !== '' && head.known(UPGRADE)?.toLowerCase() === asked
