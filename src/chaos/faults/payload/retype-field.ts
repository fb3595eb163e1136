import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { type EachFields, eachFields, onEach } from '../../parts/field-faults.ts'
import { retyped, types, type Type } from '../../parts/retyped.ts'

/** Retyped values as YAML says them. */
export interface RetypeFieldFields extends EachFields {
  readonly kind: 'retype-field'
  readonly to: Type
}

/** Makes values something else: what is of the type already stays. */
export const retypeField: FaultKind<RetypeFieldFields> = {
  summary: 'makes values something of another type: a number a string, a string a number, one value an array of it',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'a value is of type `to` with probability share',
  fields: z.strictObject({
    kind: z.literal('retype-field'),
    ...eachFields,
    to: z.enum(types).describe('what they become: a `string` of their text; the `number` they read as, or how many they hold, or 0; an `array` of them alone; an `object` with them as `value`; the `boolean` of whether they are anything')
  }),
  build: ({ to, ...each }) => onEach(each, (answer, span) => [{ ...span, text: retyped(answer, span, to) }])
}
