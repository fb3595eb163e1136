import { z } from 'zod'
import type { Checks } from '../../../core/extension.ts'
import { elementsOf, isList, listOf } from '../../answers/lists.ts'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { compileTarget, targetField } from '../../answers/target.ts'
import { editsOf, type Edits } from '../../parts/edits.ts'
import type { Blow, Fault } from '../../fault.ts'
import { replaceSpans, type Span } from '../../../core/json-edit.ts'
import { membersIn } from '../../../core/json-members.ts'

/** Which rankings, in the fields of every fault of this family. */
export const atRanking: z.ZodType<string | undefined> = targetField.optional().describe('where the rankings are, `ranking` when left out: arrays, the best first')

/** What becomes of scores, in YAML. */
export interface ScoresFields {
  readonly scores?: 'move' | 'keep' | undefined
  readonly scoreKey?: string | undefined
}

/** Fields to spread into those of a fault that reorders. */
export const scoresFields: Checks<ScoresFields> = {
  scores: z.enum(['move', 'keep']).optional().describe('whether scores go with their items (`move`, when left out), or stay where they are, so that they go down the list as ever (`keep`)'),
  scoreKey: z.string().min(1).optional().describe('the member of an item that is its score; when left out the first there is of score, relevance_score, similarity')
}

/** Whether the fields say what is a score only where that matters. */
export const scoresAgree = ({ scores, scoreKey }: ScoresFields): boolean => scoreKey === undefined || scores === 'keep'

/** What is said where they do not. */
export const SCORES_AGREE: { readonly path: string[], readonly message: string } = { path: ['scoreKey'], message: 'expected scores: keep beside it' }

/** The items of a ranking. */
export interface Items {
  readonly answer: ModelAnswer
  readonly spans: readonly Span[]
}

/** Which items come in which order, by where they were; or the reason why nothing is done. Items may be left out or come again. */
export type Order = readonly number[] | string

/** A fault that lists the items of each ranking at `at` in another order. Their octets stay as they are, those of scores aside. */
export function ordering(at: string | undefined, { scores = 'move', scoreKey }: ScoresFields, order: (items: Items, blow: Blow) => Order): Fault {
  const target = compileTarget(at ?? 'ranking')
  const keys = scores === 'move' ? [] : scoreKey === undefined ? SCORE_KEYS : [scoreKey]
  return () => (blow) => ({ do: 'degrade', degrade: (answer) => editsOf(answer, target.find(answer), (list) => ordered(answer, list, keys, (items) => order(items, blow))) })
}

function ordered(answer: ModelAnswer, list: Span, scoreKeys: readonly string[], order: (items: Items) => Order): Edits {
  if (!isList(answer, list)) return 'wrong_type'
  const spans = elementsOf(answer, list)
  const places = order({ answer, spans })
  if (typeof places === 'string') return places
  const scores = scoreKeys.length === 0 ? [] : spans.map((item) => scoreIn(answer, item, scoreKeys))
  const texts = places.map((from, to) => itemText(answer, spans[from] ?? list, scores[from], scores[to]))
  if (texts.length !== spans.length) return [listOf(answer, list, texts)]
  return spans.map((span, i) => ({ ...span, text: texts[i] ?? answer.textOf(span) }))
}

/** The text of an item, with the score of where it goes in place of its own where both are known. */
function itemText(answer: ModelAnswer, item: Span, own: Span | undefined, there: Span | undefined): string {
  const text = answer.textOf(item)
  if (own === undefined || there === undefined) return text
  return replaceSpans(text, [{ start: own.start - item.start, end: own.end - item.start, text: answer.textOf(there) }])
}

function scoreIn({ text }: ModelAnswer, item: Span, keys: readonly string[]): Span | undefined {
  const members = membersIn(text, item)
  for (const key of keys) {
    const found = members.findLast(({ name }) => name === key)
    if (found !== undefined) return found.value
  }
  return undefined
}

const SCORE_KEYS = ['score', 'relevance_score', 'similarity']
