import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { type EachFields, eachFields, onEach } from '../../parts/field-faults.ts'

/** Nulls as YAML says them. */
export interface NullFieldFields extends EachFields {
  readonly kind: 'null-field'
}

/** Puts null in the place of values. */
export const nullField: FaultKind<NullFieldFields> = {
  summary: 'puts null in the place of values',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'a value is null with probability share',
  fields: z.strictObject({
    kind: z.literal('null-field'),
    ...eachFields
  }),
  build: (fields) => onEach(fields, (_, span) => [{ ...span, text: 'null' }])
}
