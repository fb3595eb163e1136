import { expect } from 'vitest'
import type { Comparator, Sameness } from '../../../src/compare/comparator.ts'
import type { Extension } from '../../../src/core/extension.ts'

/** What a comparator with these options finds, and what it measures under the measures' names. */
export function compareWith<Fields>(extension: Extension<Fields, Comparator>, options: unknown, a: unknown, b: unknown): { readonly found: Sameness, readonly measured: Readonly<Record<string, number>> } {
  const comparator = extension.build(extension.fields.parse(options))
  const measured = new Float64Array(comparator.measures.length).fill(Number.NaN)
  const found = comparator.compare(a, b, measured)
  return { found, measured: Object.fromEntries(comparator.measures.map(({ name }, i) => [name, measured[i]!])) }
}

/** Matches a number to 12 decimal places, and NaN for NaN. */
export const near = (value: number): unknown => Number.isNaN(value) ? value : expect.closeTo(value, 12)
