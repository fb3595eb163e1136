import { z } from 'zod'
import { compileTarget } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { removing } from '../../parts/edits.ts'
import { type EachFields, eachFields } from '../../parts/field-faults.ts'

/** Lost fields as YAML says them. */
export interface DropFieldFields extends EachFields {
  readonly kind: 'drop-field'
}

/** Takes fields out of their objects, key and value. Elements of arrays are none. */
export const dropField: FaultKind<DropFieldFields> = {
  summary: 'takes fields out of their objects, key and value',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'a field is missing with probability share',
  fields: z.strictObject({
    kind: z.literal('drop-field'),
    ...eachFields
  }),
  build: ({ at, share = 1 }) => {
    const target = compileTarget(at)
    return () => ({ draws, strength }) => ({ do: 'degrade', degrade: (answer) => removing(answer, target.find(answer), () => draws.chance(share * strength)) })
  }
}
