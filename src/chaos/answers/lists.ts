import { type Edit, findSpans, type Span } from '../../core/json-edit.ts'
import type { ModelAnswer } from './model-answer.ts'

/** The elements of an array, or the values of an object, that stands at `list`; empty for any other value. */
export function elementsOf({ text }: ModelAnswer, { start, end }: Span): readonly Span[] {
  const found = findSpans(text.slice(start, end), EACH) ?? []
  return found.map((span) => ({ start: span.start + start, end: span.end + start }))
}

/** Whether an array stands there. */
export const isList = ({ text }: ModelAnswer, { start }: Span): boolean => text.charCodeAt(start) === BRACKET

/**
 * The array that stands at `list` with these texts for elements, in this order and any number of them: opened, spaced and
 * closed as it was.
 */
export function listOf(answer: ModelAnswer, list: Span, elements: readonly string[]): Edit {
  const { text } = answer
  const was = elementsOf(answer, list)
  const [first, second] = was
  const last = was.at(-1)
  if (first === undefined || last === undefined) return { ...list, text: `[${elements.join(',')}]` }
  const between = second === undefined ? ',' : text.slice(first.end, second.start)
  return { ...list, text: text.slice(list.start, first.start) + elements.join(between) + text.slice(last.end, list.end) }
}

const EACH = [['*']]
const BRACKET = 0x5b
