import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { sameNumber } from '../read/exact-number.ts'
import { textJson } from '../read/text-json.ts'

/** JSON takes no options. */
export type JsonFields = Readonly<Record<never, never>>

const MEASURES: readonly Measure[] = [{ name: 'invalid', kind: 'distance', max: 1 }]

const equal = deepEquality(sameNumber)

/** A text that should be JSON, as models with structured output write it: the same by value, however it is spaced and in which order its keys are. */
export const json: Extension<JsonFields, Comparator> = {
  summary: 'a text that is JSON itself: compared as the value it is; where just one of the two is none, they differ',
  fields: z.strictObject({}),
  build: () => ({
    measures: MEASURES,
    compare(primary, other, measured) {
      if (typeof primary !== 'string' || typeof other !== 'string') return equal(primary, other) ? 'same' : 'different'
      if (primary === other) {
        measured[0] = 0
        return 'same'
      }
      const a = textJson(primary)
      const b = textJson(other)
      measured[0] = Number((a === undefined) !== (b === undefined))
      return a !== undefined && b !== undefined && equal(a.value, b.value) ? 'same' : 'different'
    }
  })
}
