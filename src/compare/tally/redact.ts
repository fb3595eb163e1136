import { createHash } from 'node:crypto'
import { parsePointer, type Pointer } from '../../core/json-pointer.ts'
import { ExactNumber } from '../read/exact-number.ts'
import { isObject } from '../read/json-type.ts'
import { MAX_DEPTH } from '../read/limits.ts'
import { CONTENT_TYPE, headerField, STATUS, STREAM_END } from '../walk/field-visitor.ts'

/** What may be kept of a value of the field at `path`. */
export type Redact = (path: string, value: unknown) => unknown

/** How much is kept of what answers said: their values, or only whether two are the same. */
export type Evidence = 'values' | 'hashes' | 'none'

// as much as is looked at of a value when it is hashed or redacted; what is longer is cut
const MAX_STEPS = 10_000
const HASH_CHARACTERS = 12

/**
 * Compiles what is kept of values. At the given pointers (`*` is any key or index) and below them, and everywhere where
 * evidence is hashes, a value is replaced by a short hash: equal values still show as equal, and small sets of values can be
 * guessed from it by whoever has `secret`. So are those of which nobody knows where in a document they were: whole bodies, and
 * what is counted under a name in place of its path.
 * @param secret so that hashes of one process say nothing elsewhere
 * @throws Error on a pointer that is none
 */
export function compileRedact(pointers: readonly string[], evidence: Evidence, secret: string): Redact {
  const rules = pointers.map((text): Pointer => {
    const parsed = parsePointer(text)
    if (parsed === undefined) throw new Error(`redact: expected a JSON Pointer such as /user; got "${text}"`)
    return parsed
  })
  const hash = (value: unknown): string => `#${createHash('sha256').update(secret).update(canonical(value)).digest('hex').slice(0, HASH_CHARACTERS)}`
  if (evidence !== 'values') return (_path, value) => hash(value)
  if (rules.length === 0) return (_path, value) => value
  return (path, value) => {
    const tokens = parsePointer(path)
    if (tokens === undefined) return isNoneOfTheBody(path) ? value : hash(value)
    // a document that is one text is most often one that could not be read as anything else
    if (tokens.length === 0 && typeof value === 'string') return hash(value)
    const left = rules.flatMap((rule) => remaining(rule, tokens))
    if (left.some((rest) => rest.length === 0)) return hash(value)
    return left.length === 0 ? value : below(value, left, hash, { steps: MAX_STEPS })
  }
}

const isNoneOfTheBody = (path: string): boolean => path === STATUS || path === CONTENT_TYPE || path === STREAM_END || path.startsWith(HEADER)

const HEADER = headerField('').slice(0, -1)

/** What of a rule is left below a path; an empty one holds for the path itself. None where it is elsewhere. */
function remaining(rule: Pointer, path: Pointer): readonly Pointer[] {
  const length = Math.min(rule.length, path.length)
  for (let i = 0; i < length; i++) if (rule[i] !== '*' && path[i] !== '*' && rule[i] !== path[i]) return []
  return [rule.slice(length)]
}

function below(value: unknown, rules: readonly Pointer[], hash: (value: unknown) => string, budget: { steps: number }): unknown {
  if (rules.some((rule) => rule.length === 0) || --budget.steps < 0) return hash(budget.steps < 0 ? null : value)
  if (rules.length === 0) return value
  const under = (key: string): readonly Pointer[] => rules.filter(([first]) => first === '*' || first === key).map((rule) => rule.slice(1))
  if (Array.isArray(value)) return value.map((element, i) => below(element, under(String(i)), hash, budget))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, below(member, under(key), hash, budget)]))
}

// one text for equal values; keys in order, numbers by value
function canonical(value: unknown): string {
  let steps = MAX_STEPS
  const write = (part: unknown, depth: number): string => {
    if (--steps < 0 || depth > MAX_DEPTH) return '~'
    if (part instanceof ExactNumber) return part.text
    if (Buffer.isBuffer(part)) return part.toString('base64')
    if (Array.isArray(part)) return `[${part.map((element) => write(element, depth + 1)).join(',')}]`
    if (isObject(part)) return `{${Object.keys(part).toSorted().map((key) => `${JSON.stringify(key)}:${write(part[key], depth + 1)}`).join(',')}}`
    return typeof part === 'string' ? JSON.stringify(part) : String(part)
  }
  return write(value, 0)
}
