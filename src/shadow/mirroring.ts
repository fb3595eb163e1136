import { draw, saltOf } from '../core/hash.ts'
import { MIRROR_MARK } from '../http/field-id.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { CapturedAnswer } from './captured.ts'
import { MirrorCopy } from './copy.ts'
import type { PrimaryEnding } from './copy-outcome.ts'
import type { Legs, MirroredRequest } from './legs.ts'
import { type Identity, type Mirror, type MirrorOutcome, UNVOUCHED } from './mirror.ts'
import { PendingTrial } from './pending-trial.ts'

/** Legs that have a place for a copy of one request. */
interface Admitted {
  readonly legs: Legs
  readonly mirrors: readonly Mirror[]
}

/**
 * The mirroring of one exchange: its copies, and what they need of the primary's side. The data plane tells it what it
 * reads; it never holds anything up, and it never throws.
 */
export class Mirroring {
  /** Octets of the request body it wants kept until `send`. */
  readonly maxBodyBytes: number
  /** In the order they are sent. */
  private readonly copies: readonly MirrorCopy[]
  private readonly primary: CapturedAnswer
  private readonly clock: () => number
  private readonly request: MirroredRequest
  /** Of the primary's side: set when it is asked, and again when the whole request is there. */
  private startedMs = 0
  private sent = false

  private constructor(admitted: readonly Admitted[], request: MirroredRequest, clock: () => number) {
    let maxBodyBytes = 0
    let users = 0
    let names = NO_NAMES
    for (const { mirrors } of admitted) {
      users += mirrors.length
      for (const { options } of mirrors) {
        if (options.maxBodyBytes > maxBodyBytes) maxBodyBytes = options.maxBodyBytes
        names = both(names, options.answerHeaders)
      }
    }
    this.maxBodyBytes = maxBodyBytes
    this.primary = new CapturedAnswer(maxBodyBytes, users, names)
    const copies: MirrorCopy[] = []
    for (const { legs, mirrors } of admitted) {
      const trial = new PendingTrial(legs, request, this.primary, mirrors.length)
      for (const mirror of mirrors) copies.push(new MirrorCopy(mirror, trial, mirror.reserve(request.head)))
    }
    // whoever is always asked second is always asked of a machine that is busier
    if (copies.length > 1 && draw(ORDER, request.requestKey) < 0.5) copies.reverse()
    this.copies = copies
    this.request = request
    this.clock = clock
  }

  /**
   * Draws the sample; undefined when nothing is to be mirrored. A request that is itself a copy never is. A baseline is the
   * model that answers disagreeing with itself, so it is drawn only for requests that go to its own backend; and only beside
   * a copy to the shadow, as alone it would be compared with nothing.
   * @param unfit why nothing of this request could be compared; it is then counted, and not copied
   */
  static begin(mirrors: readonly Legs[], request: MirroredRequest, backend: string, unfit?: MirrorOutcome): Mirroring | undefined {
    const { head } = request
    if (head.has(MIRROR_MARK)) return undefined
    let admitted: Admitted[] | undefined
    for (const legs of mirrors) {
      const { shadow, baseline } = legs.options
      if (draws(shadow, legs, request, unfit) !== 'in') continue
      const both = baseline?.options.backend === backend && draws(baseline, undefined, request, unfit) === 'in'
      admitted ??= []
      admitted.push({ legs, mirrors: both ? [shadow, baseline] : [shadow] })
    }
    const clock = mirrors[0]?.options.shadow.options.clock
    if (admitted === undefined || clock === undefined) return undefined
    try {
      return new Mirroring(admitted, request, clock)
    } catch {
      for (const mirror of admitted.flatMap((one) => one.mirrors)) {
        mirror.options.outcome('dropped_error').add()
        mirror.leave(mirror.reserve(head))
        mirror.options.limits.breaker?.abandoned(mirror.options.limits.breaker.epoch)
      }
      return undefined
    }
  }

  /**
   * The whole request body, or undefined when it was not kept; `bodyBytes` have come. The copies are sent, or dropped.
   * @param identity where the primary is told that the request came from
   */
  send(body: readonly Buffer[] | undefined, bodyBytes: number, identity: Identity = UNVOUCHED): void {
    if (this.sent) return
    this.sent = true
    this.guard(() => {
      if (this.startedMs === 0 && this.primary.firstByteMs < 0) this.startedMs = this.clock()
      const whole = body === undefined || bodyBytes > this.maxBodyBytes ? undefined : joined(body)
      this.each((copy) => copy.send(this.request, identity, whole, bodyBytes))
    })
  }

  primaryHead(head: ResponseHead, nowMs: number = this.clock()): void {
    this.guard(() => {
      this.primary.firstByteMs = nowMs - this.startedMs
      this.primary.head(head)
      this.each((copy) => copy.primaryHead(head))
    })
  }

  primaryBody(chunk: Buffer): void {
    this.guard(() => {
      const { primary } = this
      primary.body(chunk, primary.streamed ? this.clock() - this.startedMs : 0)
      this.each((copy) => copy.primaryHolds(chunk.length))
    })
  }

  /**
   * The request is being handed to the primary's connection, for the first time or again, or its last octet is: what it took
   * until here is not the model's, and both sides are timed from where the whole request can be asked.
   */
  primaryAsked(): void {
    if (this.primary.firstByteMs < 0) this.startedMs = this.clock()
  }

  /** The exchange is over. @param backend that answered */
  primaryEnded(ending: PrimaryEnding, backend: string, nowMs: number = this.clock()): void {
    this.guard(() => {
      this.primary.durationMs = nowMs - this.startedMs
      this.each((copy) => {
        if (!this.sent) copy.fail('dropped_early_answer')
        copy.primaryEnded(ending, backend)
      })
      this.sent = true
    })
  }

  // a mistake in mirroring costs the copy it happens to, never the client's request
  private each(act: (copy: MirrorCopy) => void): void {
    for (const copy of this.copies) {
      try {
        act(copy)
      } catch {
        copy.broke()
      }
    }
  }

  // as `each`, for what all copies share
  private guard(act: () => void): void {
    try {
      act()
    } catch {
      for (const copy of this.copies) copy.broke()
    }
  }
}

const NOTHING = Buffer.alloc(0)

const joined = (pieces: readonly Buffer[]): Buffer => pieces.length > 1 ? Buffer.concat(pieces) : pieces[0] ?? NOTHING

const ORDER = saltOf('mirror order')

const NO_NAMES: readonly string[] = []

// one mirror, or several that want the same: the usual cases take no new list
const both = (names: readonly string[], others: readonly string[]): readonly string[] =>
  names === others || names.length === 0 ? others : [...new Set([...names, ...others])]

/**
 * Whether a request is drawn, and has been given a place. Whoever is drawn is counted, and whoever gets no place is so by its reason.
 * @param legs of a mirror to a shadow; a baseline is drawn by the request alone
 */
function draws(mirror: Mirror, legs: Legs | undefined, request: MirroredRequest, unfit: MirrorOutcome | undefined): 'out' | 'drawn' | 'in' {
  const { sampled, outcome } = mirror.options
  let refused: MirrorOutcome | undefined
  try {
    if (!(legs === undefined ? mirror.samples(request.requestKey) : legs.samples(request))) return 'out'
    refused = unfit ?? mirror.enter(request.head)
  } catch {
    refused = 'dropped_error'
  }
  sampled.add()
  if (refused === undefined) return 'in'
  outcome(refused).add()
  return 'drawn'
}
