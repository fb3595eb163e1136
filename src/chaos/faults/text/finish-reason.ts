import { z } from 'zod'
import { stringAt } from '../../answers/scalars.ts'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { spelledAs } from '../../parts/texts.ts'

/** Other finish reasons as YAML says them. */
export interface FinishReasonFields {
  readonly kind: 'finish-reason'
  readonly at?: string | undefined
  readonly map: Readonly<Record<string, string>>
}

/** Says another reason for which a model has stopped. */
export const finishReason: FaultKind<FinishReasonFields> = {
  summary: 'says another reason for which a language model has stopped',
  stage: 'payload',
  onShadow: true,
  fields: z.strictObject({
    kind: z.literal('finish-reason'),
    at: targetField.optional().describe('where the reason is, `finish-reason` when left out'),
    map: z.record(z.string().min(1), z.string()).refine((map) => Object.keys(map).length > 0, 'expected at least one reason')
      .refine((map) => Object.entries(map).some(([from, to]) => from !== to), 'expected a reason that becomes another').describe('what each reason becomes; `*` stands for all that are not named')
  }),
  build: ({ at = 'finish-reason', map }) => {
    const target = compileTarget(at)
    const reasons = new Map(Object.entries(map))
    return () => () => ({
      do: 'degrade',
      degrade: (answer) => editsOf(answer, target.find(answer), (span) => {
        const reason = stringAt(answer, span)
        if (reason === undefined) return 'wrong_type'
        const other = reasons.get(reason) ?? reasons.get('*')
        return other === undefined || other === reason ? [] : [{ ...span, text: spelledAs(answer.textOf(span), other) }]
      })
    })
  }
}
