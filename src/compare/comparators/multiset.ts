import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import type { Comparator } from '../comparator.ts'
import { unordered } from './set.ts'

/** A multiset takes no options. */
export type MultisetFields = Readonly<Record<never, never>>

/** An array whose order says nothing; how often an element comes does. */
export const multiset: Extension<MultisetFields, Comparator> = {
  summary: 'an array without order in which it counts how often an element comes',
  fields: z.strictObject({}),
  build: () => unordered((elements) => elements)
}
