import { z } from 'zod'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { membersIn, withMember } from '../../../core/json-members.ts'

/** An extra field as YAML says it. */
export interface ExtraFieldFields {
  readonly kind: 'extra-field'
  readonly at?: string | undefined
  readonly name?: string | undefined
  readonly value?: string | number | boolean | null | undefined
}

/** Adds a field to objects, behind their last: readers that are strict about what they know fall over it. */
export const extraField: FaultKind<ExtraFieldFields> = {
  summary: 'adds a field to objects that nobody has asked for',
  stage: 'payload',
  onShadow: true,
  fields: z.strictObject({
    kind: z.literal('extra-field'),
    at: targetField.optional().describe('the objects, the whole answer when left out'),
    name: z.string().min(1).max(200).optional().describe('its key, `extra` when left out; an object that has it stays as it is'),
    value: z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]).optional().describe('its value, true when left out')
  }),
  build: ({ at, name = 'extra', value = true }) => {
    const target = at === undefined ? undefined : compileTarget(at)
    const text = JSON.stringify(value)
    return () => () => ({
      do: 'degrade',
      degrade: (answer) => editsOf(answer, target?.find(answer) ?? answer.find(WHOLE), (span) => {
        if (!answer.text.startsWith('{', span.start)) return 'wrong_type'
        return membersIn(answer.text, span).some((member) => member.name === name) ? 'already_there' : [withMember(answer.text, span, name, text)]
      })
    })
  }
}

const WHOLE = [[]]
