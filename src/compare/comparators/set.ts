import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { canonicalText } from '../distances/canonical-text.ts'
import { jaccardDistance } from '../distances/jaccard.ts'
import { sameNumber } from '../read/exact-number.ts'

/** A set takes no options. */
export type SetFields = Readonly<Record<never, never>>

const MEASURES: readonly Measure[] = [{ name: 'jaccard_distance', kind: 'distance', max: 1 }]

const equal = deepEquality(sameNumber)

/** Compares arrays by what is in them; `bag` makes of the elements what is counted. Linear in their lengths. */
export function unordered(bag: (elements: readonly string[]) => readonly string[]): Comparator {
  const namesOf = (elements: readonly unknown[]): readonly string[] => bag(elements.map((element) => canonicalText(element)))
  return {
    measures: MEASURES,
    compare(primary, other, measured) {
      if (!Array.isArray(primary) || !Array.isArray(other)) return equal(primary, other) ? 'same' : 'different'
      const distance = jaccardDistance(namesOf(primary), namesOf(other))
      measured[0] = distance
      return distance === 0 ? 'same' : 'different'
    }
  }
}

/** An array whose order says nothing, and in which to come twice is to come once. */
export const set: Extension<SetFields, Comparator> = {
  summary: 'an array without order in which an element that comes twice counts once',
  fields: z.strictObject({}),
  build: () => unordered((elements) => [...new Set(elements)])
}
