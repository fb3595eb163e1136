import { ExactNumber } from './exact-number.ts'

/** The types of RFC 8259 section 3, true and false as one. */
export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** The type of a value as JSON has it. */
export function jsonType(value: unknown): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'boolean': return 'boolean'
    case 'number': return 'number'
    case 'string': return 'string'
    default: return value instanceof ExactNumber ? 'number' : 'object'
  }
}

/** Whether a value is a JSON object. Its keys are whatever was sent: ask Object.hasOwn before reading one. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
}
