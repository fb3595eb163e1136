import type { CapturedAnswer } from './captured.ts'
import type { MirrorCopy } from './copy.ts'
import type { Legs, MirroredRequest } from './legs.ts'
import type { TrialDraft } from './trial.ts'

/**
 * One request under trial: waits until each of its copies has come to its end, and hands what was answered to the comparison
 * in one piece, so that what belongs together stays together.
 */
export class PendingTrial implements TrialDraft {
  readonly route: string
  readonly mirror: string
  readonly baselineBackend: string
  readonly requestId: string
  readonly path: string
  readonly headers: readonly string[]
  readonly probability: number
  readonly primary: CapturedAnswer
  /** The request's body, where the comparison wants it. */
  request: Buffer | undefined = undefined
  shadow: CapturedAnswer | undefined = undefined
  baseline: CapturedAnswer | undefined = undefined
  private readonly legs: Legs
  private readonly gathered: MirrorCopy[] = []
  private open: number

  /** @param copies how many will tell it of their end */
  constructor(legs: Legs, { head, requestId }: MirroredRequest, primary: CapturedAnswer, copies: number) {
    const { shadow, baseline, requestHeaders } = legs.options
    this.legs = legs
    this.route = shadow.options.route
    this.mirror = shadow.options.mirror
    this.baselineBackend = baseline?.options.backend ?? ''
    this.requestId = requestId
    this.path = head.path
    this.headers = requestHeaders.length === 0 ? NONE : requestHeaders.map((name) => head.get(name) ?? '')
    this.probability = shadow.options.share
    this.primary = primary
    this.open = copies
  }

  /** A copy has an answer to compare, and waits to be told what comes of it. */
  gather(copy: MirrorCopy): void {
    this.gathered.push(copy)
    this.close()
  }

  /** A copy has ended without one. */
  miss(): void {
    this.close()
  }

  private close(): void {
    if (--this.open > 0) return
    const { gathered } = this
    let over = false
    try {
      let some = false
      for (const copy of gathered) {
        if (copy.ended) continue
        this[copy.leg] = copy.answer
        some = true
      }
      if (!some) return
      over = this.legs.handOver(this)
    } catch {
      for (const copy of gathered) copy.broke()
    }
    for (const copy of gathered) {
      try {
        copy.handed(over)
      } catch {
        copy.broke() // it has its outcome by then
      }
    }
  }
}

const NONE: readonly string[] = Object.freeze([])
