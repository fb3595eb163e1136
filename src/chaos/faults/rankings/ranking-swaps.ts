import { z } from 'zod'
import type { Draws } from '../../draws.ts'
import type { FaultKind } from '../../fault.ts'
import { atRanking, ordering, SCORES_AGREE, scoresAgree, scoresFields, type ScoresFields } from './order.ts'

/** Neighbours that change places as YAML says it. */
export interface RankingSwapsFields extends ScoresFields {
  readonly kind: 'ranking-swaps'
  readonly at?: string | undefined
  readonly probability: number
}

/** Goes down each ranking once and swaps neighbours, so that an item may be carried down by several ranks, and none goes up by more than one. */
export const rankingSwaps: FaultKind<RankingSwapsFields> = {
  summary: 'goes down each ranking once and swaps each two neighbours with a probability',
  stage: 'payload',
  onShadow: true,
  scales: 'the probability',
  effect: 'Kendall distance of n items to their order: probability*(n-1) on average, binomial',
  fields: z.strictObject({
    kind: z.literal('ranking-swaps'),
    at: atRanking,
    probability: z.number().gt(0).max(1).describe('with what probability two neighbours are swapped'),
    ...scoresFields
  }).refine(scoresAgree, SCORES_AGREE),
  build: ({ at, probability, ...scores }) => ordering(at, scores, ({ spans }, { draws, strength }) => spans.length < 2 ? 'too_short' : swapped(spans.length, probability * strength, draws))
}

function swapped(count: number, probability: number, draws: Draws): readonly number[] {
  const order: number[] = []
  let carried = 0
  for (let next = 1; next < count; next++) {
    const swap = draws.chance(probability)
    order.push(swap ? next : carried)
    if (!swap) carried = next
  }
  return [...order, carried]
}
