import { z } from 'zod'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { reordering } from '../../parts/reordering.ts'
import { AT_ROWS } from '../../parts/rows.ts'

/** Rotated rows as YAML says them. */
export interface RotateRowsFields {
  readonly kind: 'rotate-rows'
  readonly at?: string | undefined
  readonly by?: number | undefined
  readonly wholeRows?: boolean | undefined
}

/** Moves the rows of a batch on, so that each answers the request of another. */
export const rotateRows: FaultKind<RotateRowsFields> = {
  summary: 'moves the rows of a batch on by some places, so that each stands where another was asked for',
  stage: 'payload',
  onShadow: true,
  effect: 'row i is the one of request i - by, counted round: the values of a batch are the same ones as before, and only what joins them with requests or labels can tell',
  fields: z.strictObject({
    kind: z.literal('rotate-rows'),
    at: targetField.optional().describe(AT_ROWS),
    by: z.int().min(-100_000).max(100_000).refine((by) => by !== 0, 'expected another number than 0').optional().describe('by how many places, 1 when left out; below 0 to the front'),
    wholeRows: z.boolean().optional().describe('whether `index` and `id` move with their row; when not, the default, they stay where they were')
  }),
  build: ({ at = 'rows', by = 1, wholeRows = false }) => {
    const target = compileTarget(at)
    const order = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => ((i - by) % count + count) % count)
    return () => () => ({ do: 'degrade', degrade: (answer) => reordering(answer, target, order, wholeRows) })
  }
}
