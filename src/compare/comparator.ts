import type { Pointer } from '../core/json-pointer.ts'
import { isObject } from './read/json-type.ts'

/** What a comparator finds. `gave_up`: to tell the two apart would have taken too long, so nothing is known of them. */
export type Sameness = 'same' | 'different' | 'gave_up'

/** A quantity that is measured of two values, beside whether they are the same. */
export interface Measure {
  /** Lower case, with underscores; its unit last where it has one: `length_ratio`, `shift_bits`. */
  readonly name: string
  /** `distance`: 0 for a value and itself, symmetric, and larger the further apart. `signed`: other less primary, so that swapped it changes sign. */
  readonly kind: 'distance' | 'signed'
  /** The largest a distance can be, or a signed one be in size; Infinity where there is no bound. */
  readonly max: number
}

/**
 * How the values of a field are compared. Given any JSON values, numbers a double cannot hold as ExactNumber. Symmetric, holds
 * for a value and itself, never throws, and does a bounded amount of work.
 */
export interface Comparator {
  /** What it measures, in the order of `measured`. */
  readonly measures: readonly Measure[]
  /**
   * @param measured a place for each measure, NaN; what stays so could not be measured of these values
   * @param parent the object or array that `primary` is in, and `otherParent` for `other`; undefined at the root
   */
  compare(primary: unknown, other: unknown, measured: Float64Array, parent?: unknown, otherParent?: unknown): Sameness
  /** The name of a value's class, for comparators of classes: which is taken for which is then counted. */
  classOf?(value: unknown): string | undefined
}

/** In place of a comparator: the elements of two arrays belong together by what stands at `key` in them, and are compared field by field. */
export interface KeyedElements {
  readonly key: Pointer
}

/** Whether two values are the same; no objects and no arrays. */
export type SameScalar = (primary: unknown, other: unknown) => boolean

/** Makes a comparator of a rule for two scalars: arrays in order, objects by key, `same` for what they hold. */
export function deeply(same: SameScalar): Comparator {
  const compare = deepEquality(same)
  return { measures: [], compare: (primary, other) => compare(primary, other) ? 'same' : 'different' }
}

/** Whether two values are the same all the way down, given when two scalars are. */
export function deepEquality(same: SameScalar): SameScalar {
  const compare: SameScalar = (primary, other) => {
    if (primary === other) return true
    if (Array.isArray(primary)) return Array.isArray(other) && primary.length === other.length && primary.every((value, i) => compare(value, other[i]))
    if (isObject(primary)) {
      if (!isObject(other)) return false
      const keys = Object.keys(primary)
      return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && compare(primary[key], other[key]))
    }
    return !Array.isArray(other) && !isObject(other) && same(primary, other)
  }
  return compare
}
