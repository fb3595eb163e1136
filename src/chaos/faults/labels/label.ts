import { z } from 'zod'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { numberAt, numberText, stringAt, stringText } from '../../answers/scalars.ts'
import type { Span } from '../../../core/json-edit.ts'

/** What a class can be called. */
export type Label = string | number | boolean

/** The name of a class in YAML; `1` and `"1"` are not the same. */
export const labelField: z.ZodType<Label> = z.union([z.string(), z.number(), z.boolean()])

/** The classes there are, in YAML. */
export const labelsField: z.ZodType<readonly Label[]> = z.array(labelField).min(2).refine((labels) => new Set(labels).size === labels.length, 'expected each label once')

/** The class that stands there; undefined for what is no text, number or truth value. */
export function labelAt(answer: ModelAnswer, span: Span): Label | undefined {
  const text = answer.textOf(span)
  return text === 'true' || text === 'false' ? text === 'true' : stringAt(answer, span) ?? numberAt(answer, span)
}

/** A class as JSON has it. */
export function labelText(label: Label): string {
  switch (typeof label) {
    case 'string': return stringText(label)
    case 'number': return numberText(label)
    default: return String(label)
  }
}

/** A class that is known by a key of YAML or JSON, which is always text, as the type that `like` is of; as text where it does not read as one. */
export function labelLike(like: Label, name: string): Label {
  if (typeof like === 'number' && String(Number(name)) === name) return Number(name)
  return typeof like === 'boolean' && (name === 'true' || name === 'false') ? name === 'true' : name
}
