import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { atRanking, ordering } from './order.ts'

/** Rankings cut short as YAML says it. */
export interface RankingTruncateFields {
  readonly kind: 'ranking-truncate'
  readonly at?: string | undefined
  readonly keep: number
}

/** Leaves only the first items of each ranking. */
export const rankingTruncate: FaultKind<RankingTruncateFields> = {
  summary: 'leaves only the first items of each ranking',
  stage: 'payload',
  onShadow: true,
  scales: 'how many items are cut off',
  effect: 'recall at k > keep becomes recall at keep; what is measured at k <= keep stays',
  fields: z.strictObject({
    kind: z.literal('ranking-truncate'),
    at: atRanking,
    keep: z.int().min(0).describe('how many are left; with 0 the ranking is empty')
  }),
  build: ({ at, keep }) => ordering(at, {}, ({ spans: { length } }, { strength }) => {
    const cut = Math.round(Math.max(0, length - keep) * strength)
    return Array.from({ length: length - cut }, (_, i) => i)
  })
}
