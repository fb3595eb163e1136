import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deeply } from '../comparator.ts'
import { ExactNumber } from '../read/exact-number.ts'

/** A label takes no options. */
export type LabelFields = Readonly<Record<never, never>>

/**
 * A class by its name: 1 is "1" and true is "true", because servers disagree on how to write a class and mean the same. No
 * trimming and no folding of case: " cat" and "Cat" are other classes than "cat". null is no class, and only itself.
 */
export const label: Extension<LabelFields, Comparator> = {
  summary: 'a class by its name: strings, numbers and booleans compared as text (1 is "1"); null is only null',
  fields: z.strictObject({}),
  build: () => deeply((primary, other) => {
    const name = nameOf(primary)
    return name !== undefined && name === nameOf(other)
  })
}

function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (value instanceof ExactNumber) return value.text
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
