import type { ModelAnswer } from '../../answers/model-answer.ts'
import { numberAt } from '../../answers/scalars.ts'
import type { Span } from '../../../core/json-edit.ts'

/** The probability of the one class of two that stands there, or the reason why it is none. */
export function probabilityAt(answer: ModelAnswer, span: Span): number | string {
  const value = numberAt(answer, span)
  if (value === undefined) return 'wrong_type'
  return value < 0 || value > 1 ? 'not_probabilities' : value
}

/** A probability whose log-odds are divided by `temperature`; 0 and 1 stay. */
export const tempered = (probability: number, temperature: number): number => 1 / (1 + ((1 - probability) / probability) ** (1 / temperature))

/** A probability to whose log-odds `shift` is added; 0 and 1 stay. */
export const shifted = (probability: number, shift: number): number => 1 / (1 + (1 - probability) / probability * Math.exp(-shift))

/** Log-odds by which a probability can be moved: more is as good as 0 or 1. */
export const MOST_LOGITS = 50
