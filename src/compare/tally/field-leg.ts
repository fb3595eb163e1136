import type { Comparator } from '../comparator.ts'
import type { Difference } from '../walk/field-visitor.ts'

// of one pair: more elements of one array say little more
const MAX_CLASSES = 64

/**
 * What has been told of one field of the pair under way. A pair is one trial, however many elements of an array share the
 * path: elements of one answer are not independent, and an interval that took them for it would be far too narrow.
 */
export class FieldLeg {
  seen = 0
  differing = 0
  gaveUp = 0
  /** How it differed, the first one first: a handful at most. */
  readonly kinds: Difference[] = []
  /** The first values that differ. */
  primary: unknown
  other: unknown
  /** Classes as the primary and the other name them, where the field holds some. */
  classes: (readonly [primary: string, other: string])[] = []
  private sums: number[] = []
  private counts: number[] = []

  /** Whether it differed; undefined where the pair has no such field or it could not be told. */
  get differs(): boolean | undefined {
    if (this.differing > 0) return true
    return this.seen > this.gaveUp ? false : undefined
  }

  get touched(): boolean {
    return this.seen > 0
  }

  same(): void {
    this.seen++
  }

  difference(kind: Difference, primary: unknown, other: unknown): void {
    this.seen++
    if (this.differing++ === 0) {
      this.primary = primary
      this.other = other
    }
    if (!this.kinds.includes(kind)) this.kinds.push(kind)
  }

  giveUp(): void {
    this.seen++
    this.gaveUp++
  }

  measure(comparator: Comparator, measured: Float64Array, primary: unknown, other: unknown): void {
    for (let i = 0; i < measured.length; i++) {
      const value = measured[i] ?? Number.NaN
      if (!Number.isFinite(value)) continue
      this.sums[i] = (this.sums[i] ?? 0) + value
      this.counts[i] = (this.counts[i] ?? 0) + 1
    }
    if (comparator.classOf === undefined || this.classes.length >= MAX_CLASSES) return
    const name = comparator.classOf(primary)
    const otherName = comparator.classOf(other)
    if (name !== undefined && otherName !== undefined) this.classes.push([name, otherName])
  }

  /** The mean of a measure over the values of the field; NaN when none was measured. */
  mean(index: number): number {
    const count = this.counts[index] ?? 0
    return count === 0 ? Number.NaN : (this.sums[index] ?? 0) / count
  }

  clear(): void {
    this.seen = 0
    this.gaveUp = 0
    if (this.sums.length > 0) {
      this.sums = []
      this.counts = []
    }
    if (this.classes.length > 0) this.classes = []
    if (this.differing === 0) return
    this.differing = 0
    this.kinds.length = 0
    this.primary = undefined
    this.other = undefined
  }
}
