import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { type EachFields, eachFields, onEach } from '../../parts/field-faults.ts'
import { memberAt } from '../../../core/json-members.ts'

/** Renamed fields as YAML says them. */
export interface RenameFieldFields extends EachFields {
  readonly kind: 'rename-field'
  readonly to: string
}

/** Gives fields another key, as a new version of a model server does. Elements of arrays have none. */
export const renameField: FaultKind<RenameFieldFields> = {
  summary: 'gives fields another key',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'a field is missing under its key with probability share',
  fields: z.strictObject({
    kind: z.literal('rename-field'),
    ...eachFields,
    to: z.string().min(1).max(200).describe('the key they get')
  }),
  build: ({ to, ...each }) => onEach(each, (answer, span) => {
    const member = memberAt(answer.text, span)
    if (member === undefined) return 'wrong_type'
    return member.name === to ? [] : [{ ...member.key, text: JSON.stringify(to) }]
  })
}
