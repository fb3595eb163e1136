import type { z } from 'zod'
import { elementsOf, isList } from '../../answers/lists.ts'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { numberAt, numberText } from '../../answers/scalars.ts'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { Blow, Fault } from '../../fault.ts'
import { type Edits, editsOf } from '../../parts/edits.ts'
import { batchAt } from '../../parts/rows.ts'
import type { Edit, Span } from '../../../core/json-edit.ts'
import { membersIn } from '../../../core/json-members.ts'

/** Which probabilities, in the fields of the faults that are for whole vectors of them. */
export const atScores: z.ZodType<string | undefined> = targetField.optional().describe('where the probabilities are, `scores` when left out: arrays, or objects by class')

/** Where the values of one row stand, one for each class. */
export interface ClassValues {
  /** Of the classes, where it is an object. */
  readonly names: readonly string[] | undefined
  readonly spans: readonly Span[]
}

/** The probabilities of one row. */
export interface Probabilities {
  readonly values: Float64Array
  /** About 1. */
  readonly sum: number
  /** Where a class stands among them: by its key in an object, by its index in an array; -1 for one that is not there. */
  indexOf(name: string | number): number
}

/** What they become, or the reason why nothing does. */
export type Moved = Float64Array | string

// digits are cut off, often after the second
const SUM_TOLERANCE = 0.05

/** A fault that makes others of the probabilities of each row at `at`, and nothing at no strength. */
export function movingEach(at: string | undefined, move: (probabilities: Probabilities, blow: Blow) => Moved): Fault {
  const target = compileTarget(at ?? 'scores')
  return () => (blow) => ({
    do: 'degrade',
    degrade: (answer) => editsOf(answer, target.find(answer), (span) => moved(answer, span, (probabilities) => blow.strength === 0 ? probabilities.values : move(probabilities, blow)))
  })
}

function moved(answer: ModelAnswer, span: Span, move: (probabilities: Probabilities) => Moved): Edits {
  const rows = rowsAt(answer, span)
  if (rows.length === 0) return 'wrong_type'
  const edits: Edit[] = []
  let reason: string | undefined
  let fits = false
  for (const row of rows) {
    const was = probabilitiesOf(answer, row)
    const now = typeof was === 'string' ? was : move(was)
    if (typeof was === 'string' || typeof now === 'string') {
      reason ??= String(now)
      continue
    }
    fits = true
    row.spans.forEach((place, i) => {
      const value = now[i]
      if (value !== undefined && value !== was.values[i]) edits.push({ ...place, text: numberText(value) })
    })
  }
  return fits ? edits : reason ?? 'wrong_type'
}

/** The rows of values by class at `span`: one for an object or an array, one for each in an array of them, and those of a tensor's flat data by its shape. */
export function rowsAt(answer: ModelAnswer, span: Span): readonly ClassValues[] {
  if (!isList(answer, span)) {
    const members = membersIn(answer.text, span)
    return members.length === 0 ? [] : [{ names: members.map(({ name }) => name), spans: members.map(({ value }) => value) }]
  }
  const spans = elementsOf(answer, span)
  const [first] = spans
  if (first === undefined) return []
  if (isHolder(answer, first)) return spans.flatMap((inner) => isHolder(answer, inner) ? rowsAt(answer, inner) : [])
  const count = answer.codec === 'open-inference' ? batchAt(answer, span)?.rows.length ?? 1 : 1
  const width = spans.length / count
  // a tensor of one dimension is one row
  if (width <= 1) return [{ names: undefined, spans }]
  return Array.from({ length: count }, (_, row) => ({ names: undefined, spans: spans.slice(row * width, (row + 1) * width) }))
}

const isHolder = ({ text }: ModelAnswer, { start }: Span): boolean => text.charAt(start) === '[' || text.charAt(start) === '{'

function probabilitiesOf(answer: ModelAnswer, { names, spans }: ClassValues): Probabilities | string {
  const values = new Float64Array(spans.length)
  let sum = 0
  for (const [i, span] of spans.entries()) {
    const value = numberAt(answer, span)
    if (value === undefined) return 'wrong_type'
    if (value < 0 || value > 1 + SUM_TOLERANCE) return 'not_probabilities'
    values[i] = value
    sum += value
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) return 'not_probabilities'
  const indexOf = (name: string | number): number => names !== undefined ? names.lastIndexOf(String(name)) : typeof name === 'number' && name < values.length ? name : -1
  return { values, sum, indexOf }
}

/** Weights by their logarithms, made to sum to `sum`; a class of weight 0 stays at 0. */
export function normalised(logWeights: Float64Array, sum: number): Float64Array {
  const most = logWeights.reduce((largest, weight) => Math.max(largest, weight), -Infinity)
  const weights = logWeights.map((weight) => Math.exp(weight - most))
  const whole = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / whole * sum)
}
