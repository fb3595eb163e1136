import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deeply } from '../comparator.ts'
import { asDouble } from '../read/exact-number.ts'

/** Tolerances; without either, numbers must be equal. */
export interface NumberFields {
  /** Difference allowed, in the field's own unit. */
  readonly abs?: number | undefined
  /** Difference allowed as a share of the larger of the two. */
  readonly rel?: number | undefined
}

const tolerance = (what: string): z.ZodType<number | undefined> => z.number().min(0).optional().describe(what)

/**
 * Numbers a and b are the same when |a - b| <= max(rel * max(|a|, |b|), abs): symmetric, and the larger tolerance wins.
 * Compared as doubles. NaN is NaN, and an infinity only itself. A string is never a number; what is no number must be equal.
 */
export const number: Extension<NumberFields, Comparator> = {
  summary: 'numbers within a tolerance: |a - b| <= max(rel * max(|a|, |b|), abs); anything else exactly',
  fields: z.strictObject({ abs: tolerance('difference allowed, in the unit of the field'), rel: tolerance('difference allowed, as a share of the larger of the two') }),
  build: ({ abs = 0, rel = 0 }) => deeply((primary, other) => {
    const a = asDouble(primary)
    const b = asDouble(other)
    if (a === undefined || b === undefined) return false
    if (a === b) return true
    if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.isNaN(a) && Number.isNaN(b)
    return Math.abs(a - b) <= Math.max(rel * Math.max(Math.abs(a), Math.abs(b)), abs)
  })
}
