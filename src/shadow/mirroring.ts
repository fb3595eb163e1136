import type { Key } from '../core/hash.ts'
import { MIRROR_MARK } from '../http/field-id.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { CapturedAnswer } from './captured.ts'
import { MirrorCopy, type PrimaryEnding } from './copy.ts'
import { type Identity, type Mirror, type MirrorOutcome, UNVOUCHED } from './mirror.ts'

/** A mirror of a route, with the mirror to the primary's own model that measures its noise. */
export interface MirrorPair {
  readonly shadow: Mirror
  readonly baseline: Mirror | undefined
}

/**
 * The mirroring of one exchange: its copies, and what they need of the primary's side. The data plane tells it what it
 * reads; it never holds anything up, and it never throws.
 */
export class Mirroring {
  /** Octets of the request body it wants kept until `send`. */
  readonly maxBodyBytes: number
  private readonly copies: readonly MirrorCopy[]
  private readonly primary: CapturedAnswer
  private readonly clock: () => number
  private startedMs: number
  private sent = false

  private constructor(mirrors: readonly Mirror[], head: RequestHead, requestId: string, clock: () => number) {
    this.maxBodyBytes = Math.max(...mirrors.map(({ options }) => options.maxBodyBytes))
    this.primary = new CapturedAnswer(this.maxBodyBytes, mirrors.length)
    this.copies = mirrors.map((mirror) => new MirrorCopy(mirror, requestId, this.primary, mirror.reserve(head)))
    this.clock = clock
    this.startedMs = clock()
  }

  /**
   * Draws the sample; undefined when nothing is to be mirrored. A request that is itself a copy never is. A baseline is the
   * model that answers disagreeing with itself, so it is drawn only for requests that go to its own backend.
   * @param unfit why no pair could come of this request; it is then counted, and not copied
   */
  static begin(pairs: readonly MirrorPair[], head: RequestHead, requestId: string, key: Key, backend: string, unfit?: MirrorOutcome): Mirroring | undefined {
    if (head.has(MIRROR_MARK)) return undefined
    let mirrors: Mirror[] | undefined
    for (const { shadow, baseline } of pairs) {
      const drawn = draws(shadow, head, key, unfit)
      if (drawn === 'out') continue
      mirrors ??= []
      if (drawn === 'in') mirrors.push(shadow)
      if (baseline?.options.backend === backend && draws(baseline, head, key, unfit) === 'in') mirrors.push(baseline)
    }
    const first = mirrors?.[0]
    if (mirrors === undefined || first === undefined) return undefined
    return new Mirroring(mirrors, head, requestId, first.options.clock)
  }

  /**
   * The whole request body, or undefined when it was not kept; `bodyBytes` have come. The copies are sent, or dropped.
   * @param identity where the primary is told that the request came from
   */
  send(head: RequestHead, body: readonly Buffer[] | undefined, bodyBytes: number, identity: Identity = UNVOUCHED): void {
    if (this.sent) return
    this.sent = true
    this.guard(() => {
      // both sides are timed from here, where the whole request can be asked
      if (this.primary.firstByteMs < 0) this.startedMs = this.clock()
      const whole = body === undefined || bodyBytes > this.maxBodyBytes ? undefined : joined(body)
      this.each((copy) => copy.send(head, identity, whole, bodyBytes))
    })
  }

  primaryHead(head: ResponseHead): void {
    this.guard(() => {
      this.primary.firstByteMs = this.clock() - this.startedMs
      this.primary.head(head)
      this.each((copy) => copy.primaryHead(head))
    })
  }

  primaryBody(chunk: Buffer): void {
    this.guard(() => {
      this.primary.body(chunk)
      this.each((copy) => copy.primaryHolds(chunk.length))
    })
  }

  /** The exchange is over. @param backend that answered */
  primaryEnded(ending: PrimaryEnding, backend: string): void {
    this.guard(() => {
      this.primary.durationMs = this.clock() - this.startedMs
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

/** Whether a request is drawn, and has been given a place. Whoever is drawn is counted, and whoever gets no place is so by its reason. */
function draws(mirror: Mirror, head: RequestHead, key: Key, unfit: MirrorOutcome | undefined): 'out' | 'drawn' | 'in' {
  const { sampled, outcome } = mirror.options
  let refused: MirrorOutcome | undefined
  try {
    if (!mirror.samples(key)) return 'out'
    refused = unfit ?? mirror.enter(head)
  } catch {
    refused = 'dropped_error'
  }
  sampled.add()
  if (refused === undefined) return 'in'
  outcome(refused).add()
  return 'drawn'
}
