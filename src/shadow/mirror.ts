import type { CopyFaults } from '../core/copy-faults.ts'
import type { Ejection } from '../core/ejection.ts'
import { draw, type Key } from '../core/hash.ts'
import type { Handover, RecordFate } from '../core/handover.ts'
import type { Counter, Gauge } from '../core/meter.ts'
import type { Deadlines } from '../http/deadlines.ts'
import { CONTENT_LENGTH, CONTROL, COOKIE, CREDENTIAL, EXPECT, FORWARDED, MIRROR_MARK, X_FORWARDED, X_REQUEST_ID } from '../http/field-id.ts'
import type { Pool } from '../http/pool.ts'
import { type BackendRules, forwardedHead, HOP_BY_HOP, type RequestHead } from '../http/request-head.ts'
import type { ResponseHead } from '../http/response-head.ts'
import type { MirroredRequest } from './legs.ts'
import { type Limits, spend } from './limits.ts'
import type { Leg } from './trial.ts'

/** How a sampled request ended that no comparison has. */
export type MirrorOutcome =
  | 'shadow_error'
  | 'shadow_timeout'
  | 'primary_error'
  | 'dropped_in_flight' // as many copies under way as allowed
  | 'dropped_bytes' // as many octets held as allowed
  | 'dropped_oversize' // a request or answer larger than maxBody
  | 'dropped_rate' // as many a second as allowed
  | 'dropped_budget' // as many today as allowed
  | 'dropped_breaker' // the shadow has failed too often of late
  | 'dropped_shed' // the thread or the primary was in trouble
  | 'dropped_rewrite' // a body that could not be edited as the mirror says
  | 'dropped_client_abort' // the client left before the primary had answered
  | 'dropped_injected' // chaos touched the exchange
  | 'dropped_fallback' // a baseline whose backend did not answer in the end
  | 'dropped_handover' // the comparison was behind
  | 'dropped_upgrade' // the request asked for a tunnel
  | 'dropped_early_answer' // the primary answered before it had the whole request
  | 'dropped_error' // a mistake of our own

/** Whether an answer came, and was none of a server's failure (5xx). */
export type Fate = 'ok' | 'failed'

/** A mirror of the config with what it needs of its thread; baselines are mirrors too. */
export interface MirrorOptions {
  readonly route: string
  /** Backend the copies go to. */
  readonly backend: string
  /** Shadow backend of the mirror this is, or is the baseline of. */
  readonly mirror: string
  readonly leg: Leg
  /** Share of requests that are mirrored, 0..1. */
  readonly share: number
  readonly salt: Key
  readonly timeoutMs: number
  /** Octets of a request, and of an answer, at most. */
  readonly maxBodyBytes: number
  readonly maxInFlight: number
  /** Octets held for all copies under way. */
  readonly maxBytes: number
  readonly forward: BackendRules
  /** Whether copies carry the client's credentials. */
  readonly keepCredentials: boolean
  /** Makes a copy's body of the request's; undefined where that cannot be. Absent: they are the same. */
  readonly rewrite: ((body: Buffer) => Buffer | undefined) | undefined
  /** What chaos does to a copy, decided when it is sent; absent where no experiment is on copies. @param body of the request */
  readonly strike: ((request: MirroredRequest, body: Buffer) => CopyFaults | undefined) | undefined
  readonly limits: Limits
  /** Whether the comparison wants the request's body. */
  readonly wantsRequest: boolean
  /** Lower-case names of header fields of answers that the comparison wants. */
  readonly answerHeaders: readonly string[]
  readonly pool: Pool
  /** Of a shadow that cannot be reached: it is then left alone for a while. */
  readonly ejection: Ejection
  /** False while active health checks of the shadow fail. */
  readonly healthy: () => boolean
  readonly deadlines: Deadlines
  readonly clock: () => number
  readonly handover: Handover
  readonly sampled: Counter
  readonly outcome: (outcome: MirrorOutcome) => Counter
  /** Of requests where it is known of both whether they failed. */
  readonly answers: (primary: Fate, other: Fate) => Counter
  /** Answers handed to the comparison. */
  readonly pairs: Gauge
  readonly inFlight: Gauge
  readonly bytesHeld: Gauge
}

/** Where a copy says that its request came from: what the primary is told. */
export interface Identity {
  /** Bits of the client's fields that are left out (field-id.ts). */
  readonly drop: number
  /** Lower-case names of further ones. */
  readonly dropNames: ReadonlySet<string> | undefined
  /** What is said in their place, as lines with CR LF. */
  readonly lines: string
}

/** What is said when nobody vouches for the client: nothing. */
export const UNVOUCHED: Identity = Object.freeze({ drop: (1 << FORWARDED) | (1 << X_FORWARDED) | (1 << CONTROL), dropNames: undefined, lines: '' })

/**
 * Sends copies of a route's requests to one backend. Holds all that is shared by its copies: the sample, the caps, the
 * counts. Nothing here is waited for by a client.
 */
export class Mirror {
  readonly options: MirrorOptions
  readonly fate: RecordFate
  private copies = 0
  private bytes = 0

  constructor(options: MirrorOptions) {
    this.options = options
    this.fate = { lost: options.outcome('dropped_handover'), posted: options.pairs }
  }

  /** Whether the request with this key is in the sample. A larger share keeps every request of a smaller one. */
  samples(key: Key): boolean {
    return draw(this.options.salt, key) < this.options.share
  }

  /** Octets reserved for a request's body before it has come: a client may take its time, and what it has sent is kept. */
  reserve(head: RequestHead): number {
    if (head.framing === 'length') return head.contentLength
    return head.framing === 'none' ? 0 : Math.min(this.options.maxBodyBytes, this.options.maxBytes)
  }

  /** Takes a place for a copy, and reserves room for its body; undefined when both were given, else why not. */
  enter(head: RequestHead): MirrorOutcome | undefined {
    const { maxBodyBytes, maxInFlight, maxBytes, inFlight, limits, clock } = this.options
    const reserved = this.reserve(head)
    if (head.upgrade !== '') return 'dropped_upgrade'
    if (reserved > maxBodyBytes) return 'dropped_oversize'
    if (this.copies >= maxInFlight) return 'dropped_in_flight'
    if (this.bytes + reserved > maxBytes) return 'dropped_bytes'
    const refused = spend(limits, clock)
    if (refused !== undefined) return refused
    this.copies++
    inFlight.add(1)
    this.hold(reserved)
    return undefined
  }

  /** Counts octets a copy holds, or no longer holds; false when it is more than all may hold together. */
  hold(bytes: number): boolean {
    this.bytes += bytes
    this.options.bytesHeld.add(bytes)
    return bytes <= 0 || this.bytes <= this.options.maxBytes
  }

  leave(bytesHeld: number): void {
    this.copies--
    this.bytes -= bytesHeld
    this.options.inFlight.add(-1)
    this.options.bytesHeld.add(-bytesHeld)
  }

  /** Whether an answer says that it is larger than is taken. */
  isOversize(head: ResponseHead): boolean {
    return head.framing === 'length' && head.contentLength > this.options.maxBodyBytes
  }

  /** The head of a copy: the client's lines without what was for its hop alone, marked so that it is never mirrored again. */
  copyHead(head: RequestHead, identity: Identity, requestId: string, bodyBytes: number): string {
    const { forward, mirror, keepCredentials } = this.options
    const length = head.framing === 'none' ? '' : `content-length: ${bodyBytes}\r\n`
    const drop = NOT_COPIED | identity.drop | (keepCredentials ? 0 : CREDENTIALS)
    const dropNames = identity.dropNames === undefined ? forward.dropNames : new Set([...identity.dropNames, ...forward.dropNames ?? []])
    return forwardedHead(head, drop, dropNames, forward, `${forward.setLines}${identity.lines}${length}x-request-id: ${requestId}\r\nx-windtunnel-mirror: ${mirror}\r\n`)
  }
}

// fields of the client's that a copy never carries: the hop's own, and what is set anew
const NOT_COPIED = HOP_BY_HOP | (1 << EXPECT) | (1 << MIRROR_MARK) | (1 << CONTENT_LENGTH) | (1 << X_REQUEST_ID)
// fields that prove who the client is
const CREDENTIALS = (1 << CREDENTIAL) | (1 << COOKIE)
