import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { asDouble, ExactNumber } from '../read/exact-number.ts'
import { isObject } from '../read/json-type.ts'
import { marginOf } from '../distances/score-margin.ts'

/** Where to look whether a flip was a close call. */
export interface LabelFields {
  readonly scores?: string | undefined
  readonly decisive: number
}

const MEASURES: readonly Measure[] = [{ name: 'decisive_flip', kind: 'distance', max: 1 }, { name: 'toss_flip', kind: 'distance', max: 1 }]

const same = deepEquality((primary, other) => {
  const name = nameOf(primary)
  return name !== undefined && name === nameOf(other)
})

/**
 * A class by its name: 1 is "1" and true is "true", because servers disagree on how to write a class and mean the same. No
 * trimming and no folding of case: " cat" and "Cat" are other classes than "cat". null is no class, and only itself. Counts
 * which class is taken for which. Where the scores behind it are told, a flip is decisive when both models were decided, and a
 * toss of a coin when one of them was not.
 */
export const label: Extension<LabelFields, Comparator> = {
  summary: 'a class by its name: strings, numbers and booleans compared as text (1 is "1"); null is only null',
  fields: z.strictObject({
    scores: z.string().min(1).optional().describe('key beside the label whose value holds the scores it was chosen by: an array, an object by class, or one probability'),
    decisive: z.number().min(0).max(1).default(0.1).describe('margin between the two highest scores from which on a model was decided')
  }),
  build: ({ scores, decisive }) => ({
    measures: scores === undefined ? [] : MEASURES,
    classOf: nameOf,
    compare(primary, other, measured, parent, otherParent) {
      const flips = !same(primary, other)
      if (scores !== undefined) {
        const margin = Math.min(marginAt(parent, scores), marginAt(otherParent, scores))
        measured[0] = Number.isNaN(margin) ? Number.NaN : Number(flips && margin >= decisive)
        measured[1] = Number.isNaN(margin) ? Number.NaN : Number(flips && margin < decisive)
      }
      return flips ? 'different' : 'same'
    }
  })
}

function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (value instanceof ExactNumber) return value.text
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

// NaN where no scores are, or what is there cannot be one: a single number that is no probability has no second to be above
function marginAt(parent: unknown, key: string): number {
  if (!isObject(parent) || !Object.hasOwn(parent, key)) return Number.NaN
  const scores = parent[key]
  const probability = asDouble(scores)
  if (probability !== undefined) return probability >= 0 && probability <= 1 ? Math.abs(2 * probability - 1) : Number.NaN
  const list = Array.isArray(scores) ? scores : isObject(scores) ? Object.values(scores) : []
  return marginOf(list.map((score) => asDouble(score) ?? Number.NaN))
}
