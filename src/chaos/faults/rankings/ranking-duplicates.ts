import { z } from 'zod'
import { percent } from '../../../core/scalars.ts'
import type { Draws } from '../../draws.ts'
import type { FaultKind } from '../../fault.ts'
import { atRanking, ordering } from './order.ts'

/** Items that come twice as YAML says it. */
export interface RankingDuplicatesFields {
  readonly kind: 'ranking-duplicates'
  readonly at?: string | undefined
  readonly count?: number | undefined
  readonly percent?: number | undefined
  readonly sameLength?: boolean | undefined
}

/** Lists items twice, as when several sources are merged and what they have in common is not removed. */
export const rankingDuplicates: FaultKind<RankingDuplicatesFields> = {
  summary: 'lists drawn items of each ranking twice, the second time right behind the first',
  stage: 'payload',
  onShadow: true,
  scales: 'how many items come twice',
  effect: 'length grows by count, or by percent of it on average; with sameLength as many fall off the end',
  fields: z.strictObject({
    kind: z.literal('ranking-duplicates'),
    at: atRanking,
    count: z.int().min(1).optional().describe('how many come twice, all where there are fewer'),
    percent: percent().optional().describe('how likely each is to come twice, in percent'),
    sameLength: z.boolean().optional().describe('whether the list is cut off where it used to end, false when left out')
  }).refine(({ count, percent: share }) => (count === undefined) !== (share === undefined), { path: ['count'], message: 'expected one of count and percent' })
    .refine(({ percent: share }) => share !== 0, { path: ['percent'], message: 'expected more than 0' }),
  build: ({ at, count, percent: share = 0, sameLength = false }) => ordering(at, {}, ({ spans: { length } }, { draws, strength }) => {
    const twice = count === undefined ? drawnByShare(length, share / 100 * strength, draws) : drawn(length, Math.round(count * strength), draws)
    const order = Array.from({ length }, (_, i) => i).flatMap((i) => twice.has(i) ? [i, i] : [i])
    return sameLength ? order.slice(0, length) : order
  })
}

function drawnByShare(length: number, share: number, draws: Draws): ReadonlySet<number> {
  const found = new Set<number>()
  for (let i = 0; i < length; i++) if (draws.chance(share)) found.add(i)
  return found
}

/** So many of them, each as likely: those with the smallest draws, so that more of them are those and some more. */
function drawn(length: number, count: number, draws: Draws): ReadonlySet<number> {
  const marks = Array.from({ length }, (_, i) => ({ i, mark: draws.uniform() }))
  return new Set(marks.toSorted((one, other) => one.mark - other.mark).slice(0, count).map(({ i }) => i))
}
