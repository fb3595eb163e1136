import { wilsonInterval } from '../../stats/wilson-interval.ts'
import { zeroEventsBound } from '../../stats/zero-events-bound.ts'
import { Examples } from './examples.ts'
import type { Difference } from '../walk/field-visitor.ts'

/** How often a field differed. */
export interface FieldReport {
  readonly path: string
  /** Pairs in which the field was compared, at least once: the unit of everything but `values`. */
  readonly compared: number
  /** Pairs in which it differed, at least once. */
  readonly different: number
  readonly share: number
  /** What the share may be in the long run, at 95 %: Wilson's interval, or the exact bound where nothing differed. */
  readonly interval: readonly [low: number, high: number]
  /** Pairs by how it differed; one pair may count under several. */
  readonly kinds: Readonly<Partial<Record<Difference, number>>>
  /** The single values behind `*`. Those of one answer go together, so they are no basis for an interval. */
  readonly values: { readonly compared: number, readonly different: number }
}

/**
 * Counts one field over pairs. A pair is one trial, however many elements of an array share the path: elements of one
 * answer are not independent, and an interval that took them for it would be far too narrow.
 */
export class FieldCount {
  readonly path: string
  readonly examples: Examples
  compared = 0
  different = 0
  private values = 0
  private differentValues = 0
  private readonly kinds = new Map<Difference, number>()

  // of the pair under way, until it is settled
  private seen = 0
  private differing = 0
  private readonly kindsSeen = new Set<Difference>()
  private primary: unknown
  private other: unknown

  constructor(path: string, maxExamples: number) {
    this.path = path
    this.examples = new Examples(path, maxExamples)
  }

  /** Counts a value that is the same; whether it is the first of the pair. */
  same(): boolean {
    return this.seen++ === 0
  }

  /** Counts a value that differs; whether it is the first of the pair. The first to differ is the example. */
  differs(kind: Difference, primary: unknown, other: unknown): boolean {
    if (this.differing++ === 0) {
      this.primary = primary
      this.other = other
    }
    this.kindsSeen.add(kind)
    return this.seen++ === 0
  }

  /** The pair counts. */
  settle(requestId: string): void {
    this.compared++
    this.values += this.seen
    if (this.differing > 0) {
      this.different++
      this.differentValues += this.differing
      for (const kind of this.kindsSeen) this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1)
      const [kind = 'value'] = this.kindsSeen // holds the first one first
      this.examples.offer(requestId, kind, this.primary, this.other)
    }
    this.forget()
  }

  /** The pair does not count. */
  forget(): void {
    this.seen = 0
    if (this.differing === 0) return
    this.differing = 0
    this.kindsSeen.clear()
    this.primary = undefined
    this.other = undefined
  }

  report(): FieldReport {
    const { path, compared, different } = this
    return {
      path,
      compared,
      different,
      share: different / compared,
      // where nothing was seen, the end that can be wrong is wrong as seldom as either end of the interval elsewhere
      interval: different === 0 ? [0, zeroEventsBound(compared, 0.975)] : wilsonInterval(different, compared),
      kinds: Object.fromEntries(this.kinds),
      values: { compared: this.values, different: this.differentValues }
    }
  }
}
