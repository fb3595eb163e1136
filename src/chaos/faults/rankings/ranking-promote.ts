import { z } from 'zod'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { numberAt, stringAt } from '../../answers/scalars.ts'
import type { FaultKind } from '../../fault.ts'
import type { Span } from '../../../core/json-edit.ts'
import { membersIn } from '../../../core/json-members.ts'
import { atRanking, ordering, SCORES_AGREE, scoresAgree, scoresFields, type ScoresFields } from './order.ts'

type Named = string | number | boolean

/** Items that are favoured as YAML says it. */
export interface RankingPromoteFields extends ScoresFields {
  readonly kind: 'ranking-promote'
  readonly at?: string | undefined
  readonly key?: string | undefined
  readonly values?: readonly Named[] | undefined
  readonly rank?: number | undefined
  readonly probability?: number | undefined
}

/** Favours some items: those of a seller, a source, a group, or any. Each is drawn by itself; several come one after the other, in the order they were in. */
export const rankingPromote: FaultKind<RankingPromoteFields> = {
  summary: 'moves named or drawn items of each ranking up to a rank, as a bias for sponsors or what is popular would',
  stage: 'payload',
  onShadow: true,
  scales: 'the probability',
  effect: 'a single favoured item from below `rank` is at `rank` with the probability; those it passes go down by one',
  fields: z.strictObject({
    kind: z.literal('ranking-promote'),
    at: atRanking,
    key: z.string().min(1).optional().describe('the member of an item that names it; when left out the item itself is its name'),
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1).optional().describe('names of those that are favoured; when left out any may be'),
    rank: z.int().min(1).optional().describe('the rank they are moved up to, 1 (the best) when left out; those above it stay'),
    probability: z.number().gt(0).max(1).optional().describe('with what probability each of them is moved, 1 when left out'),
    ...scoresFields
  }).refine(scoresAgree, SCORES_AGREE)
    .refine(({ key, values }) => key === undefined || values !== undefined, { path: ['key'], message: 'expected values beside it' })
    .refine(({ values, probability = 1 }) => values !== undefined || probability < 1, { path: ['probability'], message: 'expected less than 1 where no values are given: to move up all changes nothing' }),
  build: ({ at, key, values, rank = 1, probability = 1, ...scores }) => {
    const favoured = values === undefined ? undefined : new Set(values)
    return ordering(at, scores, ({ answer, spans }, { draws, strength }) => {
      const up: number[] = []
      const rest: number[] = []
      let candidates = 0
      spans.forEach((item, i) => {
        const isCandidate = i >= rank - 1 && (favoured === undefined || favoured.has(nameOf(answer, item, key) ?? NaN))
        if (isCandidate) candidates++
        if (isCandidate && draws.chance(probability * strength)) up.push(i)
        else rest.push(i)
      })
      return candidates === 0 ? 'no_match' : [...rest.slice(0, rank - 1), ...up, ...rest.slice(rank - 1)]
    })
  }
}

/** What an item is called; undefined where that is no text, number or truth value. */
function nameOf(answer: ModelAnswer, item: Span, key: string | undefined): Named | undefined {
  const span = key === undefined ? item : membersIn(answer.text, item).findLast(({ name }) => name === key)?.value
  if (span === undefined) return undefined
  const text = answer.textOf(span)
  return text === 'true' || text === 'false' ? text === 'true' : stringAt(answer, span) ?? numberAt(answer, span)
}
