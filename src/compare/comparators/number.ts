import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure, type SameScalar } from '../comparator.ts'
import { asDouble, sameNumber } from '../read/exact-number.ts'

/** Precisions in which a model may have computed; what two honest implementations of one may differ by. */
export type Preset = 'exact' | 'float32' | 'float16' | 'bfloat16'

/** Tolerances; without any, numbers must be equal. */
export interface NumberFields {
  readonly preset?: Preset | undefined
  /** Difference allowed, in the field's own unit. */
  readonly abs?: number | undefined
  /** Difference allowed as a share of the larger of the two. */
  readonly rel?: number | undefined
}

/** Differences allowed, both at least 0. */
export interface Tolerance {
  readonly abs: number
  readonly rel: number
  /** Whether two whole numbers must be equal all the same. */
  readonly wholeExactly?: boolean
}

/*
 * A sum that is taken in another order, on another device or with another kernel comes out a few units in the last place apart:
 * 16 are allowed, relative to the larger number; and as much of 1 for what is left when larger numbers cancel out. A unit is
 * 2^-23, 2^-10 and 2^-7 (IEEE 754-2019 table 3.5; bfloat16 has the 8 bits of its own definition). Of the two short formats
 * 4 are, as models that use them add up in float32. Whole numbers are counts, ids and tokens: rounding makes no other of them.
 */
const PRESETS: Readonly<Record<Preset, Tolerance>> = {
  exact: { abs: 0, rel: 0 },
  float32: { abs: 2 ** -23, rel: 2 ** -19, wholeExactly: true },
  float16: { abs: 2 ** -10, rel: 2 ** -8, wholeExactly: true },
  bfloat16: { abs: 2 ** -7, rel: 2 ** -5, wholeExactly: true }
}

const tolerance = (what: string): z.ZodType<number | undefined> => z.number().min(0).optional().describe(what)

/** Fields of comparators with a tolerance of numbers. */
export const toleranceFields: { readonly [Key in keyof Required<NumberFields>]: z.ZodType<NumberFields[Key]> } = {
  preset: z.enum(['exact', 'float32', 'float16', 'bfloat16']).optional().describe('the precision a model computes in: as near as two honest implementations of it are'),
  abs: tolerance('difference allowed, in the unit of the field'),
  rel: tolerance('difference allowed, as a share of the larger of the two')
}

/** What is allowed when a preset and tolerances are given: of each the larger. A tolerance of one's own is one for whole numbers too. */
export function toleranceOf({ preset = 'exact', abs = 0, rel = 0 }: NumberFields): Tolerance {
  const base = PRESETS[preset]
  if (abs === 0 && rel === 0) return base
  return { abs: Math.max(abs, base.abs), rel: Math.max(rel, base.rel) }
}

/** Whether |a - b| <= max(rel * max(|a|, |b|), abs); NaN is NaN, and an infinity only itself. */
export function isWithin(a: number, b: number, { abs, rel, wholeExactly = false }: Tolerance): boolean {
  if (a === b) return true
  if (wholeExactly && Number.isInteger(a) && Number.isInteger(b)) return false
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.isNaN(a) && Number.isNaN(b)
  return Math.abs(a - b) <= Math.max(rel * Math.max(Math.abs(a), Math.abs(b)), abs)
}

/** Numbers within a tolerance; a string is never a number, and what is no number must be equal. */
export function sameNear(allowed: Tolerance): SameScalar {
  if (allowed.abs === 0 && allowed.rel === 0) return sameNumber
  return (primary, other) => {
    const a = asDouble(primary)
    const b = asDouble(other)
    if (a === undefined || b === undefined || (allowed.wholeExactly === true && Number.isInteger(a) && Number.isInteger(b))) return sameNumber(primary, other)
    return isWithin(a, b, allowed)
  }
}

/** Whether two scalars are the same to a precision. */
export const sameWithin = (preset: Preset): SameScalar => sameNear(PRESETS[preset])

const MEASURES: readonly Measure[] = [{ name: 'difference', kind: 'signed', max: Infinity }, { name: 'relative_difference', kind: 'distance', max: 2 }]

/**
 * Numbers a and b are the same when |a - b| <= max(rel * max(|a|, |b|), abs): symmetric, and the larger tolerance wins.
 * Compared as doubles where there is a tolerance. NaN is NaN, and an infinity only itself. A string is never a number; what is
 * no number must be equal. Measures how far the other is off, and that as a share of the larger.
 */
export const number: Extension<NumberFields, Comparator> = {
  summary: 'numbers within a tolerance: |a - b| <= max(rel * max(|a|, |b|), abs); anything else exactly',
  fields: z.strictObject(toleranceFields),
  build: (fields) => {
    const same = deepEquality(sameNear(toleranceOf(fields)))
    return {
      measures: MEASURES,
      compare(primary, other, measured) {
        const a = asDouble(primary)
        const b = asDouble(other)
        if (a !== undefined && b !== undefined && Number.isFinite(a) && Number.isFinite(b)) {
          measured[0] = b - a
          measured[1] = a === b ? 0 : Math.abs(a / 2 - b / 2) / Math.max(Math.abs(a / 2), Math.abs(b / 2))
        }
        return same(primary, other) ? 'same' : 'different'
      }
    }
  }
}
