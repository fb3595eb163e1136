import { draw, type Key, keyOf, octets, saltOf } from '../../core/hash.ts'
import type { Difference } from '../walk/field-visitor.ts'
import type { Redact } from './redact.ts'
import { shorten, shortenText } from './shorten.ts'

/** One difference that was seen, values as JSON, redacted and shortened. A side that has no such field has no value. */
export interface Example {
  readonly requestId: string
  readonly path: string
  readonly kind: Difference
  readonly primary?: string | undefined
  readonly other?: string | undefined
}

interface Ranked {
  readonly rank: number
  readonly example: Example
}

/**
 * A uniform random sample of the pairs in which a field differed in one way: those whose request ids have the smallest draws
 * (bottom-k, E. Cohen, Size-estimation framework with applications to transitive closure and reachability, J. Computer and
 * System Sciences 55, 1997). Needs no count of what came before and no order: the same pairs give the same sample.
 */
export class Examples {
  private readonly path: string
  private readonly kind: Difference
  private readonly redact: Redact
  private readonly salt: Key
  private readonly size: number
  /** By rank, smallest first. */
  private readonly kept: Ranked[] = []

  constructor(path: string, kind: Difference, size: number, redact: Redact) {
    this.path = path
    this.kind = kind
    this.redact = redact
    // fields draw apart, or one request in which all differ would be the example for each
    this.salt = saltOf('example', path)
    this.size = size
  }

  get all(): readonly Example[] {
    return this.kept.map(({ example }) => example)
  }

  /** Offers a difference; values are looked at only if it is taken. */
  offer(requestId: string, primary: unknown, other: unknown): void {
    const rank = draw(this.salt, keyOf(octets(requestId)))
    const last = this.kept[this.size - 1]
    if (this.size === 0 || (last !== undefined && rank > last.rank)) return
    const { path, kind } = this
    const show = (value: unknown): string | undefined => value === undefined ? undefined : shorten(this.redact(path, value))
    const ranked = { rank, example: { requestId: shortenText(requestId), path, kind, primary: show(primary), other: show(other) } }
    const at = this.kept.findIndex((one) => before(ranked, one))
    this.kept.splice(at === -1 ? this.kept.length : at, 0, ranked)
    if (this.kept.length > this.size) this.kept.pop()
  }
}

/** Clients may use one request id many times: what is shown decides then, so that order still does not. */
function before(a: Ranked, b: Ranked): boolean {
  return a.rank === b.rank ? JSON.stringify(a.example) < JSON.stringify(b.example) : a.rank < b.rank
}
