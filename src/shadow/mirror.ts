import { draw, type Key } from '../core/hash.ts'
import type { Handover } from '../core/handover.ts'
import type { Counter, Gauge } from '../core/meter.ts'
import type { Deadlines } from '../http/deadlines.ts'
import { CONTENT_LENGTH, CREDENTIAL, COOKIE, EXPECT, MIRROR_MARK, X_REQUEST_ID } from '../http/field-id.ts'
import type { Pool } from '../http/pool.ts'
import { type BackendRules, forwardedHead, HOP_BY_HOP, type RequestHead } from '../http/request-head.ts'
import type { CapturedAnswer } from './captured.ts'
import { type Leg, pairSize, writePair } from './pair.ts'

/** How a sampled request ended: each in exactly one of these. `pair` goes to the comparison, which ends it. */
export type MirrorOutcome =
  | 'shadow_error'
  | 'shadow_timeout'
  | 'primary_error'
  | 'dropped_in_flight' // as many copies under way as allowed
  | 'dropped_bytes' // as many octets held as allowed
  | 'dropped_oversize' // a request or answer larger than maxBody
  | 'dropped_client_abort' // the client left before the primary had answered
  | 'dropped_injected' // chaos touched the exchange
  | 'dropped_fallback' // a baseline whose backend did not answer in the end
  | 'dropped_handover' // the comparison was behind
  | 'dropped_upgrade' // the request became a tunnel
  | 'dropped_error' // a mistake of our own

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
  readonly pool: Pool
  readonly deadlines: Deadlines
  readonly clock: () => number
  readonly handover: Handover
  readonly sampled: Counter
  readonly outcome: (outcome: MirrorOutcome) => Counter
  readonly inFlight: Gauge
  readonly bytesHeld: Gauge
}

/** Pair records in a handover begin with this octet. */
export const PAIR_RECORD = 1

/**
 * Sends copies of a route's requests to one backend and pairs its answers with the primary's. Holds all that is shared by
 * its copies: the sample, the caps, the counts. Nothing here is waited for by a client.
 */
export class Mirror {
  readonly options: MirrorOptions
  private copies = 0
  private bytes = 0

  constructor(options: MirrorOptions) {
    this.options = options
  }

  /** Whether the request with this key is in the sample. A larger share keeps every request of a smaller one. */
  samples(key: Key): boolean {
    return draw(this.options.salt, key) < this.options.share
  }

  /** Takes a place for a copy; undefined when it was given, else why not. */
  enter(): MirrorOutcome | undefined {
    this.options.sampled.add()
    if (this.copies >= this.options.maxInFlight) return 'dropped_in_flight'
    if (this.bytes >= this.options.maxBytes) return 'dropped_bytes'
    this.copies++
    this.options.inFlight.add(1)
    return undefined
  }

  /** Counts octets a copy holds; false when that is more than all may hold together. */
  hold(bytes: number): boolean {
    this.bytes += bytes
    this.options.bytesHeld.add(bytes)
    return this.bytes <= this.options.maxBytes
  }

  leave(bytesHeld: number): void {
    this.copies--
    this.bytes -= bytesHeld
    this.options.inFlight.add(-1)
    this.options.bytesHeld.add(-bytesHeld)
  }

  /** Hands a pair to the comparison; false when it is behind. */
  handOver(requestId: string, primary: CapturedAnswer, other: CapturedAnswer): boolean {
    const { handover } = this.options
    const writer = handover.open(pairSize(primary, other))
    if (writer === undefined) return false
    writer.byte(PAIR_RECORD)
    writePair(writer, this.options, requestId, primary, other)
    handover.close(this.options.outcome('dropped_handover'))
    return true
  }

  /** The head of a copy: the client's lines without what was for its hop alone, marked so that it is never mirrored again. */
  copyHead(head: RequestHead, requestId: string, bodyBytes: number): string {
    const { forward, mirror, keepCredentials } = this.options
    const length = head.framing === 'none' ? '' : `content-length: ${bodyBytes}\r\n`
    const drop = keepCredentials ? NOT_COPIED : NOT_COPIED | CREDENTIALS
    return forwardedHead(head, drop, forward.dropNames, forward, `${forward.setLines}${length}x-request-id: ${requestId}\r\nx-windtunnel-mirror: ${mirror}\r\n`)
  }
}

// fields of the client's that a copy never carries: the hop's own, and what is set anew
const NOT_COPIED = HOP_BY_HOP | (1 << EXPECT) | (1 << MIRROR_MARK) | (1 << CONTENT_LENGTH) | (1 << X_REQUEST_ID)
// fields that prove who the client is
const CREDENTIALS = (1 << CREDENTIAL) | (1 << COOKIE)
