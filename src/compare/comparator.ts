import { isObject } from './read/json-type.ts'

/**
 * Whether two values of a field are the same. Given any JSON values, numbers a double cannot hold as ExactNumber; must be
 * symmetric, hold for a value and itself, and never throw. Objects and arrays are compared with all they hold.
 */
export type Comparator = (primary: unknown, other: unknown) => boolean

/** Makes a comparator of a rule for two scalars: arrays in order, objects by key, `same` for what they hold. */
export function deeply(same: Comparator): Comparator {
  const compare: Comparator = (primary, other) => {
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
