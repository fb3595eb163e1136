import { z } from 'zod'
import { targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { AT_TEXT, rewriting } from '../../parts/texts.ts'

/** A refusal as YAML says it. */
export interface RefusalFields {
  readonly kind: 'refusal'
  readonly at?: string | undefined
  readonly sentence?: string | undefined
}

/** Puts a refusal in a text's place. The finish reason stays, as it does where a model refuses in its own words. */
export const refusal: FaultKind<RefusalFields> = {
  summary: 'puts a refusal in the place of a text, as a model words it that will not help',
  stage: 'payload',
  onShadow: true,
  fields: z.strictObject({
    kind: z.literal('refusal'),
    at: targetField.optional().describe(AT_TEXT),
    sentence: z.string().min(1).max(10_000).optional().describe('what it says')
  }),
  build: ({ at, sentence = 'I\'m sorry, but I can\'t help with that request.' }) => rewriting(at, () => sentence)
}
