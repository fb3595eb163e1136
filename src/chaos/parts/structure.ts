import { findSpans, type Span } from '../../core/json-edit.ts'

/** JSON or XML that a text consists of. */
export interface Structure extends Span {
  readonly is: 'json' | 'xml'
  /** Whether it is between the fences of Markdown. */
  readonly fenced: boolean
}

/** Where the structured text is that `text` is nothing else than; undefined when there is more, or it is none. A number or a string alone is none. */
export function structureOf(text: string): Structure | undefined {
  const inner = /^\s*```[\w-]*\s*?\n/.exec(text)?.[0].length ?? 0
  const end = inner === 0 ? text.trimEnd().length : text.lastIndexOf('```')
  if (end < inner || (inner > 0 && text.slice(end + FENCE).trim() !== '')) return undefined
  const body = text.slice(inner, end)
  const start = inner + body.length - body.trimStart().length
  const span = { start, end: inner + body.trimEnd().length, fenced: inner > 0 }
  const first = text.charAt(start)
  if (first === '<' && text.charAt(span.end - 1) === '>') return { ...span, is: 'xml' }
  return (first === '{' || first === '[') && findSpans(body, WHOLE) !== undefined ? { ...span, is: 'json' } : undefined
}

const FENCE = 3
const WHOLE = [[]]
