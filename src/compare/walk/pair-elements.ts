import { type Pointer, resolvePointer } from '../../core/json-pointer.ts'
import { ExactNumber } from '../read/exact-number.ts'

/** Two elements that belong together; one side is undefined where the other has no partner. */
export interface ElementPair {
  readonly primary: unknown
  readonly other: unknown
  readonly kind: 'both' | 'missing' | 'extra'
}

/**
 * Pairs the elements of two arrays by what stands at `key` in them, in time linear in their lengths. Of several with one key the
 * first goes with the first; those without a key go together in the order they have.
 */
export function pairElements(primary: readonly unknown[], other: readonly unknown[], key: Pointer): readonly ElementPair[] {
  const waiting = new Map<string, unknown[]>()
  // from the last to the first, so that taking one is a pop
  for (let i = other.length - 1; i >= 0; i--) {
    const name = nameOf(other[i], key)
    const list = waiting.get(name)
    if (list === undefined) waiting.set(name, [other[i]])
    else list.push(other[i])
  }
  const pairs = primary.map((element): ElementPair => {
    const list = waiting.get(nameOf(element, key))
    return list === undefined || list.length === 0 ? { primary: element, other: undefined, kind: 'missing' } : { primary: element, other: list.pop(), kind: 'both' }
  })
  for (const list of waiting.values()) for (const element of list.toReversed()) pairs.push({ primary: undefined, other: element, kind: 'extra' })
  return pairs
}

const NO_KEY = ''

// one text for each key: 1 and "1" are two, 1 and 1.0 are one
function nameOf(element: unknown, key: Pointer): string {
  const value = resolvePointer(element, key)
  if (typeof value === 'string') return `s${value}`
  if (value instanceof ExactNumber) return `n${value.text}`
  return typeof value === 'number' || typeof value === 'boolean' ? `n${String(value)}` : NO_KEY
}
