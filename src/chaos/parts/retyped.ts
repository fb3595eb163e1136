import { elementsOf } from '../answers/lists.ts'
import type { ModelAnswer } from '../answers/model-answer.ts'
import { numberAt, stringAt, stringText } from '../answers/scalars.ts'
import type { Span } from '../../core/json-edit.ts'

/** What a value can be made to be. */
export const types = ['string', 'number', 'array', 'object', 'boolean'] as const
export type Type = typeof types[number]

/** What JSON calls the value that stands there; `other` for what Python writes for numbers that are not finite. */
export function typeAt(answer: ModelAnswer, span: Span): Type | 'null' | 'other' {
  switch (answer.text.charAt(span.start)) {
    case '"': return 'string'
    case '[': return 'array'
    case '{': return 'object'
    default: {
      const text = answer.textOf(span)
      return text === 'null' ? text : text === 'true' || text === 'false' ? 'boolean' : numberAt(answer, span) === undefined ? 'other' : 'number'
    }
  }
}

/**
 * The value that stands there as another type, as JSON: a string of its text; the number a string reads as, or 0; how many an
 * array or object holds; 1 and 0 for true and false; an array of it alone; an object with it as `value`; whether it is anything.
 * One that is of the type already stays as it is.
 */
export function retyped(answer: ModelAnswer, span: Span, to: Type): string {
  const text = answer.textOf(span)
  const type = typeAt(answer, span)
  if (type === to) return text
  switch (to) {
    case 'string': return stringText(text)
    case 'array': return `[${text}]`
    case 'object': return `{"value":${text}}`
    case 'number': return numberOf(answer, span, type)
    default: return String(isAnything(answer, span, type))
  }
}

function numberOf(answer: ModelAnswer, span: Span, type: ReturnType<typeof typeAt>): string {
  switch (type) {
    case 'string': {
      const text = stringAt(answer, span)?.trim() ?? ''
      return READS_AS_NUMBER.test(text) ? text : '0'
    }
    case 'boolean': return answer.textOf(span) === 'true' ? '1' : '0'
    case 'array': case 'object': return String(elementsOf(answer, span).length)
    default: return '0'
  }
}

function isAnything(answer: ModelAnswer, span: Span, type: ReturnType<typeof typeAt>): boolean {
  switch (type) {
    case 'string': return !/^(?:|false|no|0)$/i.test(stringAt(answer, span) ?? '')
    case 'number': return numberAt(answer, span) !== 0
    case 'array': case 'object': return elementsOf(answer, span).length > 0
    default: return false
  }
}

const READS_AS_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
