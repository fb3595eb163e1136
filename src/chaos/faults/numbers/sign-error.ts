import { z } from 'zod'
import { numberAt } from '../../answers/scalars.ts'
import type { FaultKind } from '../../fault.ts'
import { onEach } from '../../parts/field-faults.ts'
import { AT, type NumberFields, numberFields } from './each-number.ts'

/** As YAML says it. */
export interface SignErrorFields extends NumberFields {
  readonly kind: 'sign-error'
}

/** Only the sign is another: the digits stay as they are written. */
export const signError: FaultKind<SignErrorFields> = {
  summary: 'turns the sign of numbers',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'y becomes -y with probability share',
  fields: z.strictObject({ kind: z.literal('sign-error'), ...numberFields }),
  build: ({ at = AT, share }) => onEach({ at, share }, (answer, span) => {
    const value = numberAt(answer, span)
    if (value === undefined) return 'wrong_type'
    if (value === 0) return []
    const text = answer.textOf(span)
    return [{ ...span, text: text.startsWith('-') ? text.slice(1) : `-${text}` }]
  })
}
