import { keyOf, octets } from '../../core/hash.ts'
import type { Comparator } from '../comparator.ts'
import type { Difference, FieldVisitor } from '../walk/field-visitor.ts'
import { FieldCount } from './field-count.ts'
import type { FieldLeg } from './field-leg.ts'
import type { Redact } from './redact.ts'

/** Bounds on what is kept of a mirror's fields. */
export interface FieldCaps {
  /** Paths counted one by one; what comes later is counted together, as `(other)`. */
  readonly maxFields?: number
  /** Examples kept of one field and one way to differ. */
  readonly maxExamplesPerKind?: number
}

const OTHER = '(other)'
const MAX_PATH = 300
const MAX_OVERFLOW_COUNTED = 1000

/** Counts by path, in bounded memory. A request is settled, or a pair of it begun again and with that forgotten. */
export class FieldCounts implements FieldVisitor {
  private readonly maxFields: number
  private readonly maxExamples: number
  private readonly redact: Redact
  private readonly counts = new Map<string, FieldCount>()
  private readonly rest: FieldCount
  private readonly restPaths = new Set<number>()
  private leg: 'shadow' | 'baseline' = 'shadow'
  private touched: FieldCount[] = []
  private last: FieldCount | undefined
  /** Requests that have counted. */
  private settled = 0

  constructor({ maxFields = 200, maxExamplesPerKind = 3 }: FieldCaps, redact: Redact) {
    this.maxFields = maxFields
    this.maxExamples = maxExamplesPerKind
    this.redact = redact
    this.rest = new FieldCount(OTHER, maxExamplesPerKind, redact)
  }

  /** Different paths counted as `(other)`, up to 1000. */
  get overflowed(): number {
    return this.restPaths.size
  }

  /** What is told from now on is of the pair with this answer. */
  follow(leg: 'shadow' | 'baseline'): this {
    this.leg = leg
    return this
  }

  /** Forgets what was told of the pair so far. */
  begin(): void {
    for (const count of this.touched) {
      count[this.leg].clear()
      if (!count.touched && count.empty) this.counts.delete(count.path)
    }
    this.touched = this.touched.filter(({ touched }) => touched)
    this.last = undefined
  }

  same(path: string): void {
    this.at(path).same()
  }

  differs(path: string, kind: Difference, primary: unknown, other: unknown): void {
    this.at(path).difference(kind, primary, other)
  }

  gaveUp(path: string): void {
    this.at(path).giveUp()
  }

  measured(path: string, comparator: Comparator, measured: Float64Array, primary: unknown, other: unknown): void {
    const leg = this.at(path)
    // elsewhere under the same path another rule may hold; its measures are not these
    if (this.last?.measuredBy(comparator) === true) leg.measure(comparator, measured, primary, other)
  }

  /** The request counts as it was told. @param slices numbers of those it is in */
  settle(requestId: string, slices: readonly number[]): void {
    this.settled++
    for (const count of this.touched) count.settle(requestId, slices, this.settled)
    this.touched = []
    this.last = undefined
  }

  /** By share of difference, then by path. */
  all(): readonly FieldCount[] {
    const share = ({ counts: { shadowDiffers, shadowPairs } }: FieldCount): number => shadowPairs === 0 ? 0 : shadowDiffers / shadowPairs
    return [...this.counts.values(), this.rest].filter(({ empty }) => !empty).toSorted((a, b) => share(b) - share(a) || (a.path < b.path ? -1 : 1))
  }

  private at(path: string): FieldLeg {
    // elements of an array come one after another
    let count = this.last
    if (count?.path !== path) {
      count = this.counts.get(path) ?? this.add(path)
      this.last = count
    }
    if (!count.touched) this.touched.push(count)
    return count[this.leg]
  }

  private add(path: string): FieldCount {
    if (this.counts.size >= this.maxFields || path.length > MAX_PATH) {
      if (this.restPaths.size < MAX_OVERFLOW_COUNTED) this.restPaths.add(keyOf(octets(path)))
      return this.rest
    }
    const count = new FieldCount(path, this.maxExamples, this.redact)
    this.counts.set(path, count)
    return count
  }
}
