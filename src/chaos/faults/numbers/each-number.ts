import { z } from 'zod'
import type { Checks } from '../../../core/extension.ts'
import type { Span } from '../../../core/json-edit.ts'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { numberAt, numberText } from '../../answers/scalars.ts'
import { targetField } from '../../answers/target.ts'
import type { Edits } from '../../parts/edits.ts'

/** Of faults that change numbers: which ones. */
export interface NumberFields {
  readonly at?: string | undefined
  readonly share?: number | undefined
}

/** Where numbers are when a config does not say. */
export const AT = 'value'

/** Fields to spread into those of such a fault. */
export const numberFields: Checks<NumberFields> = {
  at: targetField.optional().describe('which numbers, `value` when left out: a JSON Pointer with `*` for any key or index, or an alias'),
  share: z.number().gt(0).max(1).optional().describe('with what probability each of them is hit, 1 when left out')
}

/** Puts another number where one stands; what was a whole number stays one unless `decimals`. Other values are of the wrong type. */
export function editNumber(answer: ModelAnswer, span: Span, change: (value: number) => number, decimals = false): Edits {
  const value = numberAt(answer, span)
  if (value === undefined) return 'wrong_type'
  const changed = change(value)
  if (!Number.isFinite(changed)) return 'not_finite'
  const staysWhole = !decimals && isWhole(answer.textOf(span))
  const put = staysWhole ? Math.round(changed) : changed
  return put === value ? [] : [{ ...span, text: staysWhole ? wholeText(put) : numberText(put) }]
}

/** A whole number as its digits: readers of a whole number take neither -0 nor 1e+21. */
const wholeText = (value: number): string => String(BigInt(value))

/** Whether a number is written without fraction and exponent. */
export const isWhole = (text: string): boolean => !/[.eE]/.test(text)
