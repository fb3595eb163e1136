import type { Key } from '../core/hash.ts'
import { MIRROR_MARK } from '../http/field-id.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { CapturedAnswer } from './captured.ts'
import { MirrorCopy, type PrimaryEnding } from './copy.ts'
import type { Mirror } from './mirror.ts'

/** A mirror of a route, with the mirror to the primary's own model that measures its noise. */
export interface MirrorPair {
  readonly shadow: Mirror
  readonly baseline: Mirror | undefined
}

/**
 * The mirroring of one exchange: its copies, and what they need of the primary's side. The data plane tells it what it
 * reads; it never holds anything up.
 */
export class Mirroring {
  /** Octets of the request body it wants kept until `send`. */
  readonly maxBodyBytes: number
  private readonly copies: readonly MirrorCopy[]
  private readonly mirrors: readonly Mirror[]
  private readonly primary: CapturedAnswer
  private readonly clock: () => number
  private readonly startedMs: number
  private sent = false

  private constructor(mirrors: readonly Mirror[], copies: readonly MirrorCopy[], primary: CapturedAnswer, maxBodyBytes: number, clock: () => number) {
    this.mirrors = mirrors
    this.copies = copies
    this.primary = primary
    this.maxBodyBytes = maxBodyBytes
    this.clock = clock
    this.startedMs = clock()
  }

  /**
   * Draws the sample; undefined when nothing is to be mirrored. A request that is itself a copy never is. A baseline is the
   * model that answers disagreeing with itself, so it is drawn only for requests that go to its own backend.
   */
  static begin(pairs: readonly MirrorPair[], head: RequestHead, requestId: string, key: Key, backend: string): Mirroring | undefined {
    if (head.has(MIRROR_MARK) || head.upgrade !== '') return undefined
    let mirrors: Mirror[] | undefined
    for (const { shadow, baseline } of pairs) {
      if (!shadow.samples(key)) continue
      mirrors ??= []
      if (admitted(shadow)) mirrors.push(shadow)
      if (baseline?.options.backend === backend && baseline.samples(key) && admitted(baseline)) mirrors.push(baseline)
    }
    const first = mirrors?.[0]
    if (mirrors === undefined || first === undefined) return undefined
    const maxBodyBytes = Math.max(...mirrors.map(({ options }) => options.maxBodyBytes))
    const primary = new CapturedAnswer(maxBodyBytes)
    return new Mirroring(mirrors, mirrors.map((mirror) => new MirrorCopy(mirror, requestId, primary)), primary, maxBodyBytes, first.options.clock)
  }

  /** The whole request body, or undefined when it was larger than `maxBodyBytes`: the copies are sent, or dropped. */
  send(head: RequestHead, body: readonly Buffer[] | undefined, bodyBytes: number): void {
    if (this.sent) return
    this.sent = true
    this.each((copy, i) => {
      const fits = body !== undefined && bodyBytes <= (this.mirrors[i]?.options.maxBodyBytes ?? 0)
      if (fits) copy.send(head, body, bodyBytes)
      else copy.drop('dropped_oversize')
    })
  }

  primaryHead(head: ResponseHead): void {
    this.primary.firstByteMs = this.clock() - this.startedMs
    this.primary.head(head)
  }

  primaryBody(chunk: Buffer): void {
    this.primary.body(chunk)
    this.each((copy) => copy.primaryHolds(chunk.length))
  }

  /** The exchange is over. @param backend that answered */
  primaryEnded(ending: PrimaryEnding, backend: string): void {
    this.primary.durationMs = this.clock() - this.startedMs
    const { sent } = this
    this.sent = true
    this.each((copy) => {
      if (!sent) copy.drop(ending === 'client_gone' ? 'dropped_client_abort' : 'primary_error')
      copy.primaryEnded(ending, backend)
    })
  }

  // a mistake in mirroring costs the copy it happens to, never the client's request
  private each(act: (copy: MirrorCopy, index: number) => void): void {
    this.copies.forEach((copy, index) => {
      try {
        act(copy, index)
      } catch {
        copy.broke()
      }
    })
  }
}

function admitted(mirror: Mirror): boolean {
  const refused = mirror.enter()
  if (refused !== undefined) mirror.options.outcome(refused).add()
  return refused === undefined
}
