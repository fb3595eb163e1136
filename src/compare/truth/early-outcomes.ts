import { OldestFirst } from './oldest-first.ts'

/** An outcome whose request has not been compared yet. */
interface Early {
  readonly truth: unknown
  readonly atMs: number
}

// a shadow may take its time to answer; what is not there after that never will be
const WAIT_MS = 60_000
const MAX_WAITING = 10_000

/** Outcomes that came before the answers they are about: kept for a minute, and then known to be about nothing. */
export class EarlyOutcomes {
  /** Outcomes that were about no request compared here. */
  unknown = 0
  private readonly kept = new OldestFirst<string, Early>()

  get waiting(): number {
    return this.kept.size
  }

  keep(requestId: string, truth: unknown, nowMs: number): void {
    this.kept.set(requestId, { truth, atMs: nowMs }) // the last word counts
    const oldest = this.kept.oldest()
    if (this.kept.size > MAX_WAITING && oldest !== undefined) this.drop(oldest.key)
  }

  /** What was told of this request, if it was; it is then kept no longer. */
  take(requestId: string): { readonly truth: unknown } | undefined {
    if (this.kept.size === 0) return undefined
    const found = this.kept.get(requestId)
    this.kept.delete(requestId)
    return found
  }

  expire(nowMs: number): void {
    for (let oldest = this.kept.oldest(); oldest !== undefined && nowMs - oldest.value.atMs > WAIT_MS; oldest = this.kept.oldest()) this.drop(oldest.key)
  }

  private drop(requestId: string): void {
    this.kept.delete(requestId)
    this.unknown++
  }
}
