import type { z } from 'zod'
import { isMapping } from './schema-node.ts'

const TYPES: ReadonlyMap<string, string> = new Map([
  ['object', 'a mapping'], ['record', 'a mapping'], ['array', 'a list'], ['string', 'text'], ['number', 'a number'], ['int', 'a whole number'],
  ['boolean', 'true or false']
])

/** What a type is called in messages. */
export const typeName = (type: string): string => TYPES.get(type) ?? type

/** A value as messages show it. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (isMapping(value)) return 'a mapping'
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value)
  return String(value)
}

/** `a`, `a or b`, `a, b or c`. */
export function either(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}

/** What is wrong, for the issues a schema has no words of its own for. */
export const describeIssue: z.core.$ZodErrorMap = (issue) => {
  const { input } = issue
  const got = `; got ${show(input)}`
  switch (issue.code) {
    case 'invalid_type': return input === undefined ? 'required' : `expected ${typeName(issue.expected)}${got}`
    case 'invalid_value': return input === undefined ? 'required' : `expected ${either(issue.values.map(String))}${got}`
    case 'too_small': return `expected ${amount(issue.origin, 'least', issue.minimum)}; got ${size(input)}`
    case 'too_big': return `expected ${amount(issue.origin, 'most', issue.maximum)}; got ${size(input)}`
    case 'unrecognized_keys': return 'unknown key'
    default: return `not allowed here${got}`
  }
}

const size = (value: unknown): string =>
  Array.isArray(value) ? String(value.length) : isMapping(value) ? String(Object.keys(value).length) : show(value)

function amount(origin: string, bound: 'least' | 'most', limit: number | bigint): string {
  switch (origin) {
    case 'string': return limit === 1 ? 'a text that is not empty' : `at ${bound} ${limit} characters`
    case 'array': return `at ${bound} ${limit} ${limit === 1 ? 'item' : 'items'}`
    case 'object':
    case 'record': return `at ${bound} ${limit} ${limit === 1 ? 'key' : 'keys'}`
    default: return `at ${bound} ${limit}`
  }
}
