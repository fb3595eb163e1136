import { z } from 'zod'
import type { Draws } from '../../draws.ts'
import type { FaultKind } from '../../fault.ts'
import { atRanking, ordering, SCORES_AGREE, scoresAgree, scoresFields, type ScoresFields } from './order.ts'

/** A disorder of one parameter as YAML says it. */
export interface RankingMallowsFields extends ScoresFields {
  readonly kind: 'ranking-mallows'
  readonly at?: string | undefined
  readonly phi: number
}

/**
 * Draws an order about the one the model gave, from C. L. Mallows' model (Non-null ranking models, Biometrika 44, 1957): an
 * order is phi^k as likely as the model's own, where k is how many pairs of items have changed sides (Kendall's distance).
 * By repeated insertion (J.-P. Doignon, A. Pekec, M. Regenwetter, The repeated insertion model for rankings, 2004): the item
 * at rank j of the model is put v places before the end of those before it, with a chance in proportion to phi^v.
 */
export const rankingMallows: FaultKind<RankingMallowsFields> = {
  summary: 'disorders each ranking about its own order, the more the nearer `phi` is to 1 (Mallows model)',
  stage: 'payload',
  onShadow: true,
  scales: 'phi',
  effect: 'Kendall distance of n items to their order: n*phi/(1-phi) - sum over j of j*phi^j/(1-phi^j), for j from 1 to n, on average',
  fields: z.strictObject({
    kind: z.literal('ranking-mallows'),
    at: atRanking,
    phi: z.number().gt(0).lt(1).describe('near 0 the order stays, near 1 all orders are as likely'),
    ...scoresFields
  }).refine(scoresAgree, SCORES_AGREE),
  build: ({ at, phi, ...scores }) => ordering(at, scores, ({ spans }, { draws, strength }) => spans.length < 2 ? 'too_short' : inserted(spans.length, phi * strength, draws))
}

function inserted(count: number, phi: number, draws: Draws): readonly number[] {
  const order: number[] = []
  for (let item = 0; item < count; item++) order.splice(item - placesUp(item + 1, phi, draws.uniform()), 0, item)
  return order
}

/** Below `rank`, with chances in proportion to 1, phi, phi^2 ...: the inverse of their sum, (1 - phi^(v+1)) / (1 - phi^rank). */
function placesUp(rank: number, phi: number, uniform: number): number {
  if (phi === 0) return 0
  return Math.min(rank - 1, Math.floor(Math.log(1 - uniform * (1 - phi ** rank)) / Math.log(phi)))
}
