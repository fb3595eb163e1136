import { z } from 'zod'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { reordering } from '../../parts/reordering.ts'
import { AT_ROWS } from '../../parts/rows.ts'
import { shuffled } from '../../parts/shuffled.ts'

/** Shuffled rows as YAML says them. */
export interface ShuffleRowsFields {
  readonly kind: 'shuffle-rows'
  readonly at?: string | undefined
  readonly wholeRows?: boolean | undefined
}

/** Puts the rows of a batch in another order, each as likely. */
export const shuffleRows: FaultKind<ShuffleRowsFields> = {
  summary: 'puts the rows of a batch in an order that is as likely as any other',
  stage: 'payload',
  onShadow: true,
  effect: 'one row of a batch stays at its place on average, however many there are',
  fields: z.strictObject({
    kind: z.literal('shuffle-rows'),
    at: targetField.optional().describe(AT_ROWS),
    wholeRows: z.boolean().optional().describe('whether `index` and `id` move with their row; when not, the default, they stay where they were')
  }),
  build: ({ at = 'rows', wholeRows = false }) => {
    const target = compileTarget(at)
    return () => ({ draws }) => ({
      do: 'degrade',
      degrade: (answer) => reordering(answer, target, (count) => shuffled([...Array.from({ length: count }).keys()], draws), wholeRows)
    })
  }
}
