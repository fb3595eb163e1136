import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { atRanking, ordering, SCORES_AGREE, scoresAgree, scoresFields, type ScoresFields } from './order.ts'

/** The best items lost as YAML says it. */
export interface RankingDropTopFields extends ScoresFields {
  readonly kind: 'ranking-drop-top'
  readonly at?: string | undefined
  readonly count: number
}

/** Takes the first items off each ranking. */
export const rankingDropTop: FaultKind<RankingDropTopFields> = {
  summary: 'takes the best items off each ranking, so that the next best lead it',
  stage: 'payload',
  onShadow: true,
  scales: 'how many items are taken off',
  effect: 'relevant items among the first k become those among ranks count+1 to count+k',
  fields: z.strictObject({
    kind: z.literal('ranking-drop-top'),
    at: atRanking,
    count: z.int().min(1).describe('how many are taken off'),
    ...scoresFields
  }).refine(scoresAgree, SCORES_AGREE),
  build: ({ at, count, ...scores }) => ordering(at, scores, ({ spans: { length } }, { strength }) => {
    const gone = Math.min(length, Math.round(count * strength))
    return Array.from({ length: length - gone }, (_, i) => i + gone)
  })
}
