import { z } from 'zod'
import { numberAt, numberText } from '../../answers/scalars.ts'
import { compileTarget } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { AT, type NumberFields, numberFields } from './each-number.ts'

/** As YAML says it. */
export interface StuckFields extends NumberFields {
  readonly kind: 'stuck'
  readonly value?: number | undefined
}

/** A sensor that hangs: the first number it gives, or one that is named, for ever. */
export const stuck: FaultKind<StuckFields> = {
  summary: 'gives the same number for all: `value`, or the first that is seen in a run',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'the variance of what is hit becomes 0',
  fields: z.strictObject({
    kind: z.literal('stuck'),
    ...numberFields,
    value: z.number().optional().describe('which number; the first that is seen when left out')
  }),
  build: ({ at = AT, share = 1, value }) => {
    const target = compileTarget(at)
    return () => {
      let put = value === undefined ? undefined : numberText(value)
      return ({ draws, strength }) => ({
        do: 'degrade',
        degrade: (answer) => editsOf(answer, target.find(answer), (span) => {
          if (numberAt(answer, span) === undefined) return 'wrong_type'
          const isHit = draws.chance(share * strength)
          if (!isHit) return []
          // as the model has written it
          put ??= answer.textOf(span)
          return [{ ...span, text: put }]
        })
      })
    }
  }
}
