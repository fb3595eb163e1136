import { keyOf, octets } from '../../core/hash.ts'
import { FieldCount } from './field-count.ts'
import type { Difference, FieldVisitor } from '../walk/field-visitor.ts'

/** Bounds on what is kept of a mirror's fields. */
export interface FieldCaps {
  /** Paths counted one by one; what comes later is counted together, as `(other)`. */
  readonly maxFields?: number
  /** Examples kept of one field. */
  readonly maxExamplesPerField?: number
}

const OTHER = '(other)'
const MAX_PATH = 300
const MAX_OVERFLOW_COUNTED = 1000

/** Counts by path, in bounded memory. A pair is settled, or begun again and with that forgotten. */
export class FieldCounts implements FieldVisitor {
  private readonly maxFields: number
  private readonly maxExamples: number
  private readonly counts = new Map<string, FieldCount>()
  private readonly rest: FieldCount
  private readonly restPaths = new Set<number>()
  private touched: FieldCount[] = []
  private last: FieldCount | undefined

  constructor({ maxFields = 200, maxExamplesPerField = 3 }: FieldCaps) {
    this.maxFields = maxFields
    this.maxExamples = maxExamplesPerField
    this.rest = new FieldCount(OTHER, maxExamplesPerField)
  }

  /** Different paths counted as `(other)`, up to 1000. */
  get overflowed(): number {
    return this.restPaths.size
  }

  /** Forgets what was told of the pair so far. */
  begin(): void {
    for (const count of this.touched) {
      count.forget()
      if (count.compared === 0) this.counts.delete(count.path)
    }
    this.touched = []
    this.last = undefined
  }

  same(path: string): void {
    const count = this.at(path)
    if (count.same()) this.touched.push(count)
  }

  differs(path: string, kind: Difference, primary: unknown, other: unknown): void {
    const count = this.at(path)
    if (count.differs(kind, primary, other)) this.touched.push(count)
  }

  /** The pair counts as it was told. */
  settle(requestId: string): void {
    for (const count of this.touched) count.settle(requestId)
    this.touched = []
  }

  /** By share of difference, then by path. */
  all(): readonly FieldCount[] {
    const all = [...this.counts.values(), this.rest].filter(({ compared }) => compared > 0)
    return all.toSorted((a, b) => b.different / b.compared - a.different / a.compared || (a.path < b.path ? -1 : 1))
  }

  private at(path: string): FieldCount {
    // elements of an array come one after another
    if (this.last?.path === path) return this.last
    const count = this.counts.get(path) ?? this.add(path)
    this.last = count
    return count
  }

  private add(path: string): FieldCount {
    if (this.counts.size >= this.maxFields || path.length > MAX_PATH) {
      if (this.restPaths.size < MAX_OVERFLOW_COUNTED) this.restPaths.add(keyOf(octets(path)))
      return this.rest
    }
    const count = new FieldCount(path, this.maxExamples)
    this.counts.set(path, count)
    return count
  }
}
