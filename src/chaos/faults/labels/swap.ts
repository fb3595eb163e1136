import type { ModelAnswer } from '../../answers/model-answer.ts'
import type { Edit } from '../../../core/json-edit.ts'
import type { Label } from './label.ts'
import type { ClassValues } from './probabilities.ts'

/**
 * Lets the values of two classes change places, as they are spelled: what was the largest of the one is then that of the
 * other. An object has them by their names, an array in the order of `labels`. A reason where it lacks either.
 */
export function swapped(answer: ModelAnswer, { names, spans }: ClassValues, labels: readonly Label[] | undefined, one: Label, other: Label): readonly Edit[] | string {
  const placeOf = (label: Label): number => names === undefined ? labels?.indexOf(label) ?? -1 : names.lastIndexOf(String(label))
  const [first, second] = [spans[placeOf(one)], spans[placeOf(other)]]
  if (first === undefined || second === undefined) return 'scores_differ'
  return [{ ...first, text: answer.textOf(second) }, { ...second, text: answer.textOf(first) }]
}
