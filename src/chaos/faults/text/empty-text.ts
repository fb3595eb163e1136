import { z } from 'zod'
import { targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { AT_TEXT, rewriting } from '../../parts/texts.ts'

/** An empty text as YAML says it. */
export interface EmptyTextFields {
  readonly kind: 'empty-text'
  readonly at?: string | undefined
}

/** Leaves nothing of a text. The finish reason stays: the answer looks like any other. */
export const emptyText: FaultKind<EmptyTextFields> = {
  summary: 'leaves nothing of a text, and all around it as it was',
  stage: 'payload',
  onShadow: true,
  fields: z.strictObject({
    kind: z.literal('empty-text'),
    at: targetField.optional().describe(AT_TEXT)
  }),
  build: ({ at }) => rewriting(at, () => '')
}
