import type { Comparator, SameScalar } from '../comparator.ts'
import type { FieldVisitor } from './field-visitor.ts'
import { isObject, jsonType } from '../read/json-type.ts'
import { MAX_DEPTH, MAX_STEPS } from '../read/limits.ts'
import { pairElements } from './pair-elements.ts'
import { type Layout, type Place, sameKeys } from './place.ts'

/**
 * How a walk ended. `stopped`: past the bound on steps or depth. `inexact`: both have a number past the range of doubles
 * in one place, so their texts are needed. What was visited is void in these two cases.
 */
export type Walked = 'same' | 'different' | 'stopped' | 'inexact'

/** Walks two documents side by side and tells the visitor of each field, in one pass and without building anything. */
export class Walk {
  private readonly visitor: FieldVisitor
  /** Whether both documents were read with exact numbers. */
  private readonly exact: boolean
  /** Of values that no rule is on. */
  private readonly sameScalar: SameScalar
  private different = false
  private ended: 'stopped' | 'inexact' | undefined
  private steps = MAX_STEPS

  constructor(visitor: FieldVisitor, exact: boolean, sameScalar: SameScalar) {
    this.visitor = visitor
    this.exact = exact
    this.sameScalar = sameScalar
  }

  run(root: Place, primary: unknown, other: unknown): Walked {
    this.value(root, primary, other, 0, undefined, undefined)
    return this.ended ?? (this.different ? 'different' : 'same')
  }

  private value(place: Place, primary: unknown, other: unknown, depth: number, parent: unknown, otherParent: unknown): void {
    if (place.ignored || this.spent(depth)) return
    const { comparator } = place
    if (comparator !== undefined) this.ruled(place, comparator, primary, other, depth, parent, otherParent)
    else if (Array.isArray(primary) && Array.isArray(other)) this.elements(place, primary, other, depth)
    else if (isObject(primary) && isObject(other)) this.members(place, primary, other, depth)
    else if (primary === other || this.sameScalar(primary, other)) this.same(place, primary)
    else this.differ(place, primary, other)
  }

  private elements(place: Place, primary: readonly unknown[], other: readonly unknown[], depth: number): void {
    if (primary.length === other.length) {
      this.visitor.same(place.path)
    } else {
      this.different = true
      this.visitor.differs(place.path, 'length', primary.length, other.length)
    }
    if (place.elementKey !== undefined) return this.keyed(place, place.elementKey, primary, other, depth)
    const common = Math.min(primary.length, other.length)
    for (let i = 0; i < common && this.ended === undefined; i++) this.value(place.element(i), primary[i], other[i], depth + 1, primary, other)
  }

  private keyed(place: Place, key: readonly string[], primary: readonly unknown[], other: readonly unknown[], depth: number): void {
    // a rule that names an index means an element by its place, which these have none of
    const at = place.element('*')
    for (const pair of pairElements(primary, other, key)) {
      if (this.ended !== undefined || at.ignored) return
      if (pair.kind === 'both') {
        this.value(at, pair.primary, pair.other, depth + 1, primary, other)
      } else if (!this.spent(depth)) {
        this.different = true
        this.visitor.differs(at.path, pair.kind, pair.primary, pair.other)
      }
    }
  }

  private members(place: Place, primary: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>, depth: number): void {
    this.visitor.same(place.path)
    const keys = Object.keys(primary)
    const otherKeys = Object.keys(other)
    const layout = place.layout(keys)
    if (sameKeys(keys, otherKeys)) return this.alike(place, layout, primary, other, depth)
    const isMap = layout.isMap || place.isMap(otherKeys)
    let shared = 0
    for (let i = 0; i < keys.length && this.ended === undefined; i++) {
      const key = keys[i] ?? ''
      const at = isMap ? place.element(key) : place.member(key)
      // an inherited name such as "constructor" is not a member
      if (Object.hasOwn(other, key)) {
        shared++
        this.value(at, primary[key], other[key], depth + 1, primary, other)
      } else if (!at.ignored && !this.spent(depth)) {
        this.different = true
        this.visitor.differs(at.path, 'missing', primary[key], undefined)
      }
    }
    if (shared === otherKeys.length) return
    for (let i = 0; i < otherKeys.length && this.ended === undefined; i++) {
      const key = otherKeys[i] ?? ''
      if (Object.hasOwn(primary, key)) continue
      const at = isMap ? place.element(key) : place.member(key)
      if (at.ignored || this.spent(depth)) continue
      this.different = true
      this.visitor.differs(at.path, 'extra', undefined, other[key])
    }
  }

  /** The members of two objects that list the same keys in the same order, as most do. */
  private alike(place: Place, layout: Layout, primary: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>, depth: number): void {
    const { keys } = layout
    for (let i = 0; i < keys.length && this.ended === undefined; i++) {
      const key = keys[i] ?? ''
      this.value(place.memberOf(layout, i), primary[key], other[key], depth + 1, primary, other)
    }
  }

  /** A field with a rule, and all below it. */
  private ruled(place: Place, comparator: Comparator, primary: unknown, other: unknown, depth: number, parent: unknown, otherParent: unknown): void {
    const seen = this.forRule(place, primary, depth)
    const otherSeen = primary === other ? seen : this.forRule(place, other, depth)
    if (this.ended !== undefined) return
    const measured = measuredOf(comparator)
    const sameness = comparator.compare(seen, otherSeen, measured, parent, otherParent)
    if (measured.length > 0 || comparator.classOf !== undefined) this.visitor.measured(place.path, comparator, measured, seen, otherSeen)
    switch (sameness) {
      case 'same': return this.same(place, seen)
      case 'different': return this.differ(place, seen, otherSeen)
      default: return this.visitor.gaveUp(place.path)
    }
  }

  /** What a comparator gets to see of a value: all but what is ignored below it. */
  private forRule(place: Place, value: unknown, depth: number): unknown {
    if (!place.ignoresBelow) {
      this.weigh(value, depth)
      return value
    }
    if (this.spent(depth)) return undefined
    if (Array.isArray(value)) {
      const kept: unknown[] = []
      for (let i = 0; i < value.length && this.ended === undefined; i++) {
        const at = place.element(i)
        if (!at.ignored) kept.push(this.forRule(at, value[i], depth + 1))
      }
      return kept
    }
    if (!isObject(value)) return value
    // without a prototype, "__proto__" is a key like any other
    const kept = Object.create(null) as Record<string, unknown> // holds: an object without members
    for (const key of Object.keys(value)) {
      if (this.ended !== undefined) break
      const at = place.element(key)
      if (!at.ignored) kept[key] = this.forRule(at, value[key], depth + 1)
    }
    return kept
  }

  /** Counts all that a value holds, since a comparator will look at it. */
  private weigh(value: unknown, depth: number): void {
    if (this.ended !== undefined || this.spent(depth)) return
    if (Array.isArray(value)) for (const element of value) this.weigh(element, depth + 1)
    else if (isObject(value)) for (const key of Object.keys(value)) this.weigh(value[key], depth + 1)
    else if (isInfinite(value) && !this.exact) this.ended = 'inexact'
  }

  private same(place: Place, value: unknown): void {
    if (isInfinite(value) && !this.exact) this.ended = 'inexact'
    else this.visitor.same(place.path)
  }

  private differ(place: Place, primary: unknown, other: unknown): void {
    this.different = true
    this.visitor.differs(place.path, jsonType(primary) === jsonType(other) ? 'value' : 'type', primary, other)
  }

  /** Takes a step; whether that was one too many. */
  private spent(depth: number): boolean {
    if (--this.steps >= 0 && depth <= MAX_DEPTH) return false
    this.ended ??= 'stopped'
    return true
  }
}

const isInfinite = (value: unknown): boolean => value === Infinity || value === -Infinity

// one place for what is measured, for each number of measures there is: what is in it is read before it is used again
const scratch: Float64Array[] = []

function measuredOf({ measures: { length } }: Comparator): Float64Array {
  const measured = scratch[length] ??= new Float64Array(length)
  for (let i = 0; i < length; i++) measured[i] = Number.NaN // one or two: to fill them takes longer
  return measured
}
