import type { Span } from '../../core/json-edit.ts'
import type { ModelAnswer } from './model-answer.ts'

/** The number that stands there; undefined for any other value, text that looks like one included. */
export function numberAt(answer: ModelAnswer, span: Span): number | undefined {
  const text = answer.textOf(span)
  return NUMBER.test(text) ? Number(text) : undefined
}

/** The string that stands there, as it reads; undefined for any other value. */
export function stringAt(answer: ModelAnswer, span: Span): string | undefined {
  const text = answer.textOf(span)
  if (text.charCodeAt(0) !== QUOTE) return undefined
  if (!text.includes('\\')) return text.slice(1, -1)
  try {
    return String(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** A number as JSON has it: the shortest text that reads back the same. What is not finite is written as Python does, which no strict reader takes. */
export function numberText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return Number.isNaN(value) ? 'NaN' : value < 0 ? '-Infinity' : 'Infinity'
}

/** A string as JSON has it. */
export const stringText = (value: string): string => JSON.stringify(value)

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const QUOTE = 0x22
