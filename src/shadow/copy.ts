import type { Outbound, OutboundFailure, ResponseSink } from '../http/outbound.ts'
import type { Timed } from '../http/deadlines.ts'
import type { PoolFailure, Waiter } from '../http/pool.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { CapturedAnswer } from './captured.ts'
import type { Mirror, MirrorOutcome } from './mirror.ts'

/** How the primary's side of an exchange ended, as far as a comparison cares. */
export type PrimaryEnding = 'answered' | 'failed' | 'client_gone' | 'injected' | 'tunnel' | 'other_backend'

/**
 * One copy of one request: asks the shadow, waits for both answers and ends in exactly one outcome. Lives on when the
 * client leaves; the mirror's timeout bounds it.
 *
 *     sampled -> (body whole) sent -> shadow's answer --.
 *        '---------------------> primary's answer ------+-> pair | one outcome
 */
export class MirrorCopy implements ResponseSink, Waiter, Timed {
  deadlineMs: number = Infinity
  private readonly mirror: Mirror
  private readonly requestId: string
  private readonly primary: CapturedAnswer
  private readonly answer: CapturedAnswer
  private head = ''
  private method = ''
  private body: readonly Buffer[] = []
  private held = 0
  private sentMs = 0
  private outbound: Outbound | undefined
  private retried = false
  private primaryEnding: PrimaryEnding | undefined
  private failure: MirrorOutcome | undefined
  private shadowDone = false
  private ended = false

  /** `primary` is filled by the exchange this is a copy of, until `primaryEnded`. A place has been taken with `Mirror.enter`. */
  constructor(mirror: Mirror, requestId: string, primary: CapturedAnswer) {
    this.mirror = mirror
    this.requestId = requestId
    this.primary = primary
    this.answer = new CapturedAnswer(mirror.options.maxBodyBytes)
  }

  /** Sends the copy; `body` is whole and not larger than the mirror takes. */
  send(head: RequestHead, body: readonly Buffer[], bodyBytes: number): void {
    const { mirror } = this
    const { options } = mirror
    this.head = mirror.copyHead(head, this.requestId, bodyBytes)
    this.method = head.method
    this.body = body
    this.held = bodyBytes
    if (!mirror.hold(bodyBytes)) return this.shadowEnded('dropped_bytes')
    this.deadlineMs = options.deadlines.after(options.timeoutMs)
    options.deadlines.add(this)
    this.sentMs = options.clock()
    this.ask(false)
  }

  /** Octets of the primary's answer are being kept for the comparison. */
  primaryHolds(bytes: number): void {
    if (this.shadowDone && this.failure !== undefined) return
    this.held += bytes
    if (!this.mirror.hold(bytes)) this.shadowEnded('dropped_bytes')
  }

  /** Gives up before anything was sent. */
  drop(outcome: MirrorOutcome): void {
    this.shadowEnded(outcome)
  }

  /** The primary's answer, or its lack, is known. @param backend that answered */
  primaryEnded(ending: PrimaryEnding, backend: string): void {
    const { leg, backend: own } = this.mirror.options
    this.primaryEnding = leg === 'baseline' && backend !== own ? 'other_backend' : ending
    this.settle()
  }

  /** Something here has gone wrong that never should. */
  broke(): void {
    if (this.ended) return
    this.failure = 'dropped_error'
    this.shadowEnded('dropped_error')
  }

  expire(): void {
    this.shadowEnded('shadow_timeout')
  }

  private ask(fresh: boolean): void {
    const { pool } = this.mirror.options
    const ready = pool.acquire(this, { fresh })
    if (ready !== undefined) this.onConnected(ready)
  }

  onConnected(outbound: Outbound): void {
    this.outbound = outbound
    const { timeoutMs } = this.mirror.options
    const body = this.body.length === 1 ? this.body[0] : this.body.length === 0 ? undefined : Buffer.concat(this.body)
    outbound.send(this, this.method, this.head, body === undefined ? 'none' : 'raw', body, true, { firstByteMs: timeoutMs, idleMs: timeoutMs })
  }

  onUnconnected(failure: PoolFailure): void {
    this.shadowEnded(failure === 'connect_timeout' || failure === 'pool_timeout' ? 'shadow_timeout' : failure === 'pool_full' ? 'dropped_in_flight' : 'shadow_error')
  }

  onInterim(): void {
    // nobody waits for it
  }

  onResponse(_outbound: Outbound, head: ResponseHead): void {
    this.answer.firstByteMs = this.mirror.options.clock() - this.sentMs
    this.answer.head(head)
    if (head.status === 101) this.shadowEnded('shadow_error')
  }

  onResponseBody(chunk: Buffer): void {
    this.answer.body(chunk)
    if (this.answer.oversize) return this.shadowEnded('dropped_oversize')
    this.held += chunk.length
    if (!this.mirror.hold(chunk.length)) this.shadowEnded('dropped_bytes')
  }

  onResponseEnd(): void {
    this.outbound = undefined
    this.answer.durationMs = this.mirror.options.clock() - this.sentMs
    this.answer.complete = true
    this.shadowEnded(undefined)
  }

  onResponseFlush(): void {
    // nothing is held back
  }

  onOutboundDrain(): void {
    // the request was written whole
  }

  onOutboundFailed(failure: OutboundFailure): void {
    const outbound = this.outbound
    this.outbound = undefined
    // a connection that was closed while it lay idle says nothing about the model, and a copy may be sent twice
    if (failure === 'closed' && outbound?.reused === true && !outbound.answered && !this.retried) {
      this.retried = true
      return this.ask(true)
    }
    this.shadowEnded(failure.endsWith('timeout') ? 'shadow_timeout' : 'shadow_error')
  }

  private shadowEnded(failure: MirrorOutcome | undefined): void {
    if (this.shadowDone) return
    this.shadowDone = true
    this.failure = failure
    const { deadlines, pool } = this.mirror.options
    deadlines.delete(this)
    pool.cancel(this)
    this.outbound?.destroy()
    this.outbound = undefined
    this.body = []
    this.head = ''
    this.settle()
  }

  private settle(): void {
    if (!this.shadowDone || this.primaryEnding === undefined || this.ended) return
    this.ended = true
    const { mirror } = this
    const outcome = this.outcome(this.primaryEnding)
    mirror.leave(this.held)
    if (outcome !== undefined) return mirror.options.outcome(outcome).add()
    if (!mirror.handOver(this.requestId, this.primary, this.answer)) mirror.options.outcome('dropped_handover').add()
  }

  // undefined for a pair that can be compared
  private outcome(primary: PrimaryEnding): MirrorOutcome | undefined {
    if (primary === 'injected') return 'dropped_injected'
    if (primary === 'tunnel') return 'dropped_upgrade'
    if (primary === 'other_backend') return 'dropped_fallback'
    if (primary === 'client_gone') return 'dropped_client_abort'
    if (primary === 'failed' || this.primary.status >= 500) return 'primary_error'
    if (this.failure !== undefined) return this.failure
    if (this.answer.status >= 500) return 'shadow_error'
    return this.primary.oversize ? 'dropped_oversize' : undefined
  }
}
