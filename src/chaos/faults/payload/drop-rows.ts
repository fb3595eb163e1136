import { z } from 'zod'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { Draws } from '../../draws.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { AT_ROWS, batchAt } from '../../parts/rows.ts'
import { shuffled } from '../../parts/shuffled.ts'
import type { Edit } from '../../../core/json-edit.ts'
import { without } from '../../../core/json-members.ts'

/** Lost rows as YAML says them: one of share and count. */
export interface DropRowsFields {
  readonly kind: 'drop-rows'
  readonly at?: string | undefined
  readonly share?: number | undefined
  readonly count?: number | undefined
}

/** Loses rows of a batch; where a tensor says how many there are, it says how many are left. */
export const dropRows: FaultKind<DropRowsFields> = {
  summary: 'loses rows of a batch, each with probability `share` or `count` of them',
  stage: 'payload',
  onShadow: true,
  scales: 'the share or the count',
  effect: 'of n rows, n(1 - share) are left on average, or n - count',
  fields: z.strictObject({
    kind: z.literal('drop-rows'),
    at: targetField.optional().describe(AT_ROWS),
    share: z.number().gt(0).max(1).optional().describe('with what probability a row is lost'),
    count: z.int().min(1).max(100_000).optional().describe('how many rows are lost, drawn among them; all of them where there are fewer')
  }).refine(({ share, count }) => (share === undefined) !== (count === undefined), { path: ['share'], message: 'expected share or count' }),
  build: ({ at = 'rows', share, count = 0 }) => {
    const target = compileTarget(at)
    return () => ({ draws, strength }) => ({
      do: 'degrade',
      degrade: (answer) => {
        const lostOf = new Map<number, ReadonlySet<number>>() // the same of each output, by how many there are
        return editsOf(answer, target.find(answer), (list) => {
          const batch = batchAt(answer, list)
          if (batch === undefined) return 'wrong_type'
          const { rows } = batch
          const lost = lostOf.get(rows.length) ?? lostRows(rows.length, share === undefined ? { count: Math.round(count * strength) } : { share: share * strength }, draws)
          lostOf.set(rows.length, lost)
          const edits = without(answer.text, rows.filter((_, i) => lost.has(i)))
          const told: readonly Edit[] = batch.count === undefined || edits.length === 0 ? [] : [{ ...batch.count, text: String(rows.length - lost.size) }]
          return [...edits, ...told].toSorted((one, other) => one.start - other.start)
        })
      }
    })
  }
}

function lostRows(rows: number, how: { readonly share: number } | { readonly count: number }, draws: Draws): ReadonlySet<number> {
  const all = [...Array.from({ length: rows }).keys()]
  return new Set('share' in how ? all.filter(() => draws.chance(how.share)) : shuffled(all, draws).slice(0, how.count))
}
