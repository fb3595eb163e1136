import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deeply } from '../comparator.ts'
import { sameNumber } from '../read/exact-number.ts'

/** Exactness takes no options. */
export type ExactFields = Readonly<Record<never, never>>

/** The rule for fields without one, for overriding a wider rule or for counting a whole subtree as one field. */
export const exact: Extension<ExactFields, Comparator> = {
  summary: 'the same value: numbers by value (1 is 1.0), arrays in order, objects by key',
  fields: z.strictObject({}),
  build: () => deeply(sameNumber)
}
