import type { CopyFaults } from '../core/copy-faults.ts'
import type { Outbound, OutboundFailure } from '../http/outbound.ts'
import type { PoolFailure } from '../http/pool.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { CapturedAnswer } from './captured.ts'
import { type Ends, fatesOf, outcomeOf, type PrimaryEnding } from './copy-outcome.ts'
import { type Guarded, GuardedCopy } from './guarded-copy.ts'
import type { MirroredRequest } from './legs.ts'
import type { Identity, Mirror, MirrorOutcome } from './mirror.ts'
import type { PendingTrial } from './pending-trial.ts'
import type { Leg } from './trial.ts'

/**
 * One copy of one request: asks the shadow, waits for both answers and ends in exactly one outcome. Lives on when the
 * client leaves; the mirror's timeout bounds it. As soon as it is clear that nothing can be compared, it lets go of all it
 * holds and waits only to learn which outcome it is.
 *
 *     sampled -> (body whole) sent -> shadow's answer --.
 *        '---------------------> primary's answer ------+-> gathered for its trial | one outcome
 */
export class MirrorCopy implements Guarded {
  readonly answer: CapturedAnswer
  ended = false
  private readonly mirror: Mirror
  private readonly trial: PendingTrial
  private readonly guarded: GuardedCopy
  /** Of the breaker, when it let this copy through. */
  private readonly breakerEpoch: number
  private head = ''
  private method = ''
  private body: Buffer = NOTHING
  /** Octets held of the request, or reserved for it. */
  private requestBytes: number
  /** Octets held in all. */
  private held: number
  private sentMs = 0
  private outbound: Outbound | undefined
  private retried = false
  /** While a connection is asked for. */
  private asking = false
  private epoch = 0
  private primaryEnding: PrimaryEnding | undefined
  /** Why nothing will be compared. */
  private failure: MirrorOutcome | undefined
  private answered = false
  private left = false
  /** Whether its trial has been told of its end. */
  private toldTrial = false
  private toldBreaker = false
  /** What chaos does to it; undefined for almost every copy. */
  private faults: CopyFaults | undefined
  private cancelWait: (() => void) | undefined

  /**
   * @param trial whose primary answer is filled by the exchange this is a copy of, until `primaryEnded`
   * @param reserved octets reserved for the request when its place was taken with `Mirror.enter`
   */
  constructor(mirror: Mirror, trial: PendingTrial, reserved: number) {
    this.mirror = mirror
    this.trial = trial
    this.answer = new CapturedAnswer(mirror.options.maxBodyBytes, 1, mirror.options.answerHeaders)
    this.guarded = new GuardedCopy(this)
    this.breakerEpoch = mirror.options.limits.breaker?.epoch ?? 0
    this.requestBytes = reserved
    this.held = reserved
  }

  get leg(): Leg {
    return this.mirror.options.leg
  }

  /** Sends the copy. @param body undefined when it was not kept whole @param bodyBytes octets of it that have come */
  send(request: MirroredRequest, identity: Identity, body: Buffer | undefined, bodyBytes: number): void {
    if (this.failure !== undefined) return
    const { head } = request
    const { mirror, guarded, trial } = this
    const { maxBodyBytes, deadlines, timeoutMs, rewrite, wantsRequest } = mirror.options
    if (bodyBytes > maxBodyBytes) return this.fail('dropped_oversize')
    if (body === undefined) return this.fail('dropped_early_answer')
    const copied = rewrite === undefined ? body : rewrite(body)
    if (copied === undefined) return this.fail('dropped_rewrite')
    const requestBytes = copied === body ? bodyBytes : bodyBytes + copied.length
    if (!this.hold(requestBytes - this.requestBytes)) return this.fail('dropped_bytes')
    this.requestBytes = requestBytes
    this.head = mirror.copyHead(head, identity, trial.requestId, copied.length)
    this.method = head.method
    this.body = copied
    if (wantsRequest) trial.request = body
    guarded.deadlineMs = deadlines.after(timeoutMs)
    deadlines.add(guarded)
    this.faults = mirror.options.strike?.(request, body)
    if (this.faults === undefined) return this.ask(false)
    this.cancelWait = this.faults.hold(() => guarded.onHeld())
  }

  /** The head of the primary's answer is here. */
  primaryHead(head: ResponseHead): void {
    if (this.mirror.isOversize(head)) this.fail('dropped_oversize')
  }

  /** Octets of the primary's answer are being kept for the comparison. */
  primaryHolds(bytes: number): void {
    if (this.failure !== undefined) return
    const { primary } = this.trial
    if (primary.oversize || primary.bytes > this.mirror.options.maxBodyBytes) this.fail('dropped_oversize')
    else if (!this.hold(bytes)) this.fail('dropped_bytes')
  }

  /** The primary's answer, or its lack, is known. @param backend that answered */
  primaryEnded(ending: PrimaryEnding, backend: string): void {
    const { leg, backend: own } = this.mirror.options
    this.primaryEnding = leg === 'baseline' && backend !== own ? 'other_backend' : ending
    this.settle()
  }

  /** Its answer has been handed to the comparison, which counts it from now on; or that was behind. */
  handed(over: boolean): void {
    if (!this.ended) this.end(over ? undefined : 'dropped_handover')
  }

  /** Nothing will be compared: everything is let go, and the shadow is asked no further. */
  fail(failure: MirrorOutcome): void {
    if (this.failure !== undefined) return
    this.failure = failure
    this.tellBreaker(failure === 'shadow_error' || failure === 'shadow_timeout' ? 'failed' : 'abandoned')
    this.hangUp()
    this.leave()
    this.settle()
  }

  /** Something here has gone wrong that never should: it ends now, whatever state it is in. */
  broke(): void {
    if (this.ended) return
    this.failure = 'dropped_error'
    this.tellBreaker('abandoned') // or the breaker waits for this probe for ever
    try {
      this.end('dropped_error')
      this.hangUp()
    } catch {
      // it is counted, and what made it fail makes this fail as well
    }
  }

  // --- what the connections tell, through the guard

  onHeld(): void {
    this.cancelWait = undefined
    const injected = this.faults?.answer
    if (injected === undefined) return this.ask(false)
    this.answer.replace(injected.status, injected.contentType, injected.body)
    this.answer.firstByteMs = this.faults?.waitMs ?? 0
    this.answer.durationMs = this.answer.firstByteMs
    if (this.hold(injected.body.length)) this.answerIsWhole()
    else this.fail('dropped_bytes')
  }

  onConnected(outbound: Outbound): void {
    this.outbound = outbound
    const { timeoutMs, ejection, clock } = this.mirror.options
    this.asking = false
    ejection.succeeded()
    const { body } = this
    this.sentMs = clock() - (this.faults?.waitMs ?? 0) // from here on it is the shadow that takes its time
    outbound.send(this.guarded, this.method, this.head, body.length === 0 ? 'none' : 'raw', body, true, { firstByteMs: timeoutMs, idleMs: timeoutMs })
  }

  onUnconnected(failure: PoolFailure): void {
    if (failure === 'connect_refused' || failure === 'connect_timeout') {
      this.asking = false
      this.mirror.options.ejection.failed(this.mirror.options.clock(), this.epoch)
    }
    this.fail(failure === 'connect_timeout' || failure === 'pool_timeout' ? 'shadow_timeout' : failure === 'pool_full' ? 'dropped_in_flight' : 'shadow_error')
  }

  onResponse(head: ResponseHead): void {
    const { answer, mirror } = this
    answer.firstByteMs = mirror.options.clock() - this.sentMs
    answer.head(head)
    if (head.status === 101) this.fail('shadow_error')
    else if (mirror.isOversize(head)) this.fail('dropped_oversize')
  }

  onResponseBody(chunk: Buffer): void {
    const { answer, mirror } = this
    answer.body(chunk, answer.streamed ? mirror.options.clock() - this.sentMs : 0)
    if (answer.oversize) this.fail('dropped_oversize')
    else if (!this.hold(chunk.length)) this.fail('dropped_bytes')
  }

  onResponseEnd(): void {
    this.outbound = undefined
    this.answer.durationMs = this.mirror.options.clock() - this.sentMs
    this.degrade()
    this.answerIsWhole()
  }

  private answerIsWhole(): void {
    this.answered = true
    this.tellBreaker(this.answer.status >= 500 ? 'failed' : 'succeeded')
    this.hangUp()
    if (!this.mirror.options.wantsRequest) this.hold(-this.requestBytes)
    this.settle()
  }

  onOutboundFailed(failure: OutboundFailure): void {
    const { outbound } = this
    this.outbound = undefined
    // a connection that was closed while it lay idle says nothing about the model, and a copy may be sent twice
    if (failure === 'closed' && outbound?.reused === true && !outbound.answered && !this.retried) {
      this.retried = true
      return this.ask(true)
    }
    this.fail(failure.endsWith('timeout') ? 'shadow_timeout' : 'shadow_error')
  }

  expire(): void {
    this.fail('shadow_timeout')
  }

  // --- inside

  private ask(fresh: boolean): void {
    const { pool, ejection, healthy, deadlines } = this.mirror.options
    // who cannot be reached is not tried for each copy
    if (!healthy() || !ejection.admit(deadlines.now)) return this.fail('shadow_error')
    this.asking = true
    this.epoch = ejection.epoch
    const ready = pool.acquire(this.guarded, { fresh })
    if (ready !== undefined) this.guarded.onConnected(ready)
  }

  // counts octets as held; false when that is more than all copies may hold together
  private hold(bytes: number): boolean {
    const hasRoom = this.mirror.hold(bytes)
    this.held += bytes
    return hasRoom
  }

  private degrade(): void {
    const { answer, faults } = this
    if (faults === undefined) return
    const { status, contentType, contentEncoding, streamed } = answer
    const changed = faults.degrade({ status, contentType, contentEncoding, body: answer.joined() }, streamed)
    if (changed === undefined) return
    this.hold(changed.length - answer.bytes)
    answer.replaceBody(changed)
  }

  // ends what the connections have to do with it
  private hangUp(): void {
    this.cancelWait?.()
    this.cancelWait = undefined
    const { guarded, outbound } = this
    const { deadlines, pool, ejection } = this.mirror.options
    if (this.asking) {
      ejection.abandoned(this.epoch)
      pool.cancel(guarded)
    }
    this.asking = false
    this.outbound = undefined
    this.body = NOTHING
    this.head = ''
    deadlines.delete(guarded)
    outbound?.destroy()
  }

  // gives its place back, and what it holds
  private leave(): void {
    if (this.left) return
    this.left = true
    this.faults?.end()
    this.trial.primary.release()
    this.answer.release()
    this.mirror.leave(this.held)
  }

  private settle(): void {
    if (this.ended || this.toldTrial || this.primaryEnding === undefined || (!this.answered && this.failure === undefined)) return
    const ends: Ends = { primary: this.primaryEnding, primaryStatus: this.trial.primary.status, failure: this.failure, status: this.answer.status }
    const fates = fatesOf(ends)
    if (fates !== undefined) this.mirror.options.answers(...fates).add()
    const outcome = outcomeOf(ends)
    if (outcome !== undefined) return this.end(outcome)
    this.toldTrial = true
    this.trial.gather(this)
  }

  // undefined for what has been handed to the comparison, which counts it
  private end(outcome: MirrorOutcome | undefined): void {
    this.ended = true
    if (outcome !== undefined) this.mirror.options.outcome(outcome).add()
    this.leave()
    if (this.toldTrial) return
    this.toldTrial = true
    this.trial.miss()
  }

  private tellBreaker(what: 'succeeded' | 'failed' | 'abandoned'): void {
    const { limits: { breaker }, clock } = this.mirror.options
    if (breaker === undefined || this.toldBreaker) return
    this.toldBreaker = true
    if (what === 'succeeded') breaker.succeeded()
    else if (what === 'failed') breaker.failed(clock(), this.breakerEpoch)
    else breaker.abandoned(this.breakerEpoch)
  }
}

const NOTHING = Buffer.alloc(0)
