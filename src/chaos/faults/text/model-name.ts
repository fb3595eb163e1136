import { z } from 'zod'
import { targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { rewriting } from '../../parts/texts.ts'

/** Another model's name as YAML says it. */
export interface ModelNameFields {
  readonly kind: 'model-name'
  readonly at?: string | undefined
  readonly to: string
}

/** Names another model than the one that has answered. */
export const modelName: FaultKind<ModelNameFields> = {
  summary: 'names another model than the one that has answered',
  stage: 'payload',
  onShadow: true,
  fields: z.strictObject({
    kind: z.literal('model-name'),
    at: targetField.optional().describe('where the name is, `/model` when left out'),
    to: z.string().min(1).max(1000).describe('the name')
  }),
  build: ({ at = '/model', to }) => rewriting(at, () => to)
}
