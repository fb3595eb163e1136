import type { Answer } from '../core/answer.ts'
import { parsePointer, type Pointer } from '../core/json-pointer.ts'
import { unreachable } from '../core/unreachable.ts'
import { comparators } from './comparators/index.ts'
import { BODY, CONTENT_TYPE, type FieldVisitor, STATUS } from './walk/field-visitor.ts'
import type { Reason } from './read/limits.ts'
import { type Place, rootPlace, type Rule } from './walk/place.ts'
import { type Content, type JsonContent, readAnswer } from './read/read-answer.ts'
import { type Json, readExactly } from './read/read-json.ts'
import { Walk } from './walk/walk.ts'

/** What came of a pair. */
export type Result =
  | { readonly kind: 'match' }
  | { readonly kind: 'differ' }
  | { readonly kind: 'uncomparable', readonly reason: Reason }

/** What a mirror's `compare` says, checked. */
export interface ComparisonOptions {
  /** JSON Pointers in which `*` is any key or index; what they point at is left out, with all below it. */
  readonly ignore: readonly string[]
  /** `at` is such a pointer, `as` names a comparator, and the rest is what its `fields` have passed. First match decides. */
  readonly fields: readonly { readonly at: string, readonly as: string, readonly [option: string]: unknown }[]
}

/** Compares pairs of answers under one set of rules. */
export interface Comparison {
  /** Tells `visitor` of each field. `primary` and `other` swapped give the same result. Never throws, whatever was sent. */
  compare(primary: Answer, other: Answer, visitor: FieldVisitor): Result
}

const MATCH: Result = { kind: 'match' }
const DIFFER: Result = { kind: 'differ' }
const uncomparable = (reason: Reason): Result => ({ kind: 'uncomparable', reason })

/** Compiles a mirror's rules. Throws on a pointer that is none and on an unknown comparator. */
export function createComparison({ ignore, fields }: ComparisonOptions): Comparison {
  const root = rootPlace([
    ...ignore.map((at, i): Rule => ({ at: pointer(at, `ignore[${i}]`), comparator: undefined })),
    ...fields.map(({ at, as, ...options }, i): Rule => {
      const comparator = comparators.find(({ name }) => name === as)
      if (comparator === undefined) throw new Error(`fields[${i}].as: unknown comparator; got "${as}"`)
      return { at: pointer(at, `fields[${i}].at`), comparator: comparator.build(options) }
    })
  ])

  return {
    compare(primary, other, visitor) {
      visitor.begin()
      if (primary.status !== other.status) {
        visitor.differs(STATUS, 'value', primary.status, other.status)
        return DIFFER
      }
      visitor.same(STATUS)
      const content = readAnswer(primary)
      return compareContents(root, content, isSameMessage(primary, other) ? content : readAnswer(other), visitor)
    }
  }
}

function compareContents(root: Place, primary: Content | Reason, other: Content | Reason, visitor: FieldVisitor): Result {
  if (typeof primary === 'string') return uncomparable(primary)
  if (typeof other === 'string') return uncomparable(other)
  if (primary.kind === 'empty' || other.kind === 'empty') return compareEmpty(primary, other, visitor)
  if (primary.kind !== other.kind) {
    visitor.differs(CONTENT_TYPE, 'type', primary.contentType, other.contentType)
    return DIFFER
  }
  visitor.same(CONTENT_TYPE)
  if (primary.kind === 'json' && other.kind === 'json') return compareDocuments(root, primary, other, visitor, primary.json.exact || other.json.exact)
  const result = compareOctets(primary.octets, other.octets, visitor)
  return primary.kind === 'stream' ? uncomparable('stream') : result
}

/** A body that is empty is missing, whatever the other one is. */
function compareEmpty(primary: Content, other: Content, visitor: FieldVisitor): Result {
  if (primary.kind === other.kind) {
    visitor.same(BODY)
    return MATCH
  }
  if (other.kind === 'empty') visitor.differs(BODY, 'missing', primary.octets, undefined)
  else visitor.differs(BODY, 'extra', undefined, other.octets)
  return DIFFER
}

function compareOctets(primary: Buffer, other: Buffer, visitor: FieldVisitor): Result {
  if (primary.equals(other)) {
    visitor.same(BODY)
    return MATCH
  }
  visitor.differs(BODY, 'value', primary, other)
  return DIFFER
}

/** With `exact`, both are read so that no number is rounded; an exact number is never held against a rounded one. */
function compareDocuments(root: Place, primary: JsonContent, other: JsonContent, visitor: FieldVisitor, exact: boolean): Result {
  const json = documentOf(primary, exact)
  const otherJson = documentOf(other, exact)
  if (typeof json === 'string') return uncomparable(json)
  if (typeof otherJson === 'string') return uncomparable(otherJson)
  const walked = new Walk(visitor, exact).run(root, json.value, otherJson.value)
  if (walked === 'same') return MATCH
  if (walked === 'different') return DIFFER
  // what was visited is void; so far went well:
  visitor.begin()
  visitor.same(STATUS)
  visitor.same(CONTENT_TYPE)
  switch (walked) {
    case 'stopped': return uncomparable('too_complex')
    case 'inexact': return compareDocuments(root, primary, other, visitor, true)
    default: return unreachable(walked)
  }
}

const documentOf = ({ json, text }: JsonContent, exact: boolean): Json | Reason => exact && !json.exact ? readExactly(text) : json

/** Whether two answers are the same octets and say the same of them: then one reading does for both. */
const isSameMessage = (primary: Answer, other: Answer): boolean =>
  primary.contentType === other.contentType && primary.contentEncoding === other.contentEncoding && primary.body.equals(other.body)

function pointer(text: string, name: string): Pointer {
  const parsed = parsePointer(text)
  if (parsed === undefined) throw new Error(`${name}: expected a JSON Pointer such as /choices/*/text; got "${text}"`)
  return parsed
}
