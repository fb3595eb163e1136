import type { Answer } from '../core/answer.ts'
import { parsePointer, type Pointer } from '../core/json-pointer.ts'
import { unreachable } from '../core/unreachable.ts'
import type { Codec, DefaultRules, FieldRule } from './codec.ts'
import type { Comparator, KeyedElements, SameScalar } from './comparator.ts'
import { comparators } from './comparators/index.ts'
import { sameWithin } from './comparators/number.ts'
import { createDocumentReader, type Document, exactly, type ModelDocument } from './document.ts'
import { deepEquality } from './comparator.ts'
import { sameNumber } from './read/exact-number.ts'
import { mediaTypeOf } from '../core/media-type.ts'
import type { Reason } from './read/limits.ts'
import { BINARY, BODY, CONTENT_TYPE, type FieldVisitor, headerField, STATUS, STREAM_END, STREAM_ERROR } from './walk/field-visitor.ts'
import { type Place, rootPlace, type Rule } from './walk/place.ts'
import { Walk } from './walk/walk.ts'

/** What came of a pair. */
export type Result =
  | { readonly kind: 'match' }
  | { readonly kind: 'differ' }
  | { readonly kind: 'uncomparable', readonly reason: Reason }

/** What a mirror's `compare` says of single pairs, checked. */
export interface ComparisonOptions {
  /** Name of the codec; undefined finds it in each answer. */
  readonly codec?: string | undefined
  /** Tolerance of numbers that no rule is on; undefined leaves it to the codec. */
  readonly numbers?: DefaultRules['numbers'] | undefined
  /** Lower-case names of answer headers that are compared. */
  readonly headers?: readonly string[]
  /** JSON Pointers in which `*` is any key or index; what they point at is left out, with all below it. */
  readonly ignore: readonly string[]
  /** First match decides. */
  readonly fields: readonly FieldRule[]
}

/** Compares answers under one set of rules. */
export interface Comparison {
  /** Reads an answer. Never throws, whatever was sent. @param like the answer it will be compared with, where that has been read */
  read(answer: Answer, path: string, like?: Reading): Reading
  /** Tells `visitor` of each field. `primary` and `other` swapped give the same result. Never throws. */
  compare(primary: Reading, other: Reading, visitor: FieldVisitor): Result
}

/** An answer that has been read. */
export interface Reading {
  readonly answer: Answer
  /** Or why it cannot be read. */
  readonly document: Document | Reason
}

/** How the answers of one kind are compared. */
interface KindRules {
  readonly root: Place
  readonly sameScalar: SameScalar
}

const MATCH: Result = { kind: 'match' }
const DIFFER: Result = { kind: 'differ' }
const uncomparable = (reason: Reason): Result => ({ kind: 'uncomparable', reason })
const sameError = deepEquality(sameNumber)

/** Compiles a mirror's rules. @throws Error on a pointer that is none and on an unknown comparator or codec */
export function createComparison({ codec, numbers, headers = [], ignore, fields }: ComparisonOptions): Comparison {
  const reader = createDocumentReader(codec)
  const own = [...compileIgnores(ignore, 'ignore'), ...compileFields(fields, 'fields')]
  const kinds = new Map<Codec, KindRules>()

  const rulesOf = (kind: Codec): KindRules => {
    let rules = kinds.get(kind)
    if (rules === undefined) {
      const { rules: defaults } = kind
      rules = {
        root: rootPlace([...own, ...compileIgnores(defaults.ignore, 'codec.ignore'), ...compileFields(defaults.fields.map(checked), 'codec.fields')]),
        sameScalar: sameWithin(numbers ?? defaults.numbers)
      }
      kinds.set(kind, rules)
    }
    return rules
  }

  const compareBodies = (primary: Document | Reason, other: Document | Reason, visitor: FieldVisitor, told: (visitor: FieldVisitor) => void): Result => {
    if (typeof primary === 'string' || typeof other === 'string') return compareUnread(primary, other, visitor)
    if (primary.kind === 'empty' || other.kind === 'empty') return compareEmpty(primary, other, visitor)
    const tell = (to: FieldVisitor): void => {
      told(to)
      compareKinds(primary, other, to)
    }
    const alike = compareKinds(primary, other, visitor)
    if ('codec' in primary && 'codec' in other) {
      const result = compareDocuments(rulesOf(primary.codec), primary, other, visitor, primary.exact || other.exact, tell)
      return alike || result.kind !== 'match' ? result : DIFFER
    }
    if (!alike) return DIFFER
    return compareOctets(BODY, primary.octets, other.octets, visitor) ? MATCH : DIFFER
  }

  return {
    read(answer, path, like) {
      // the same octets that say the same of themselves are read once
      if (like !== undefined && typeof like.document !== 'string' && isSameMessage(like.answer, answer)) return { answer, document: { ...like.document, answer } }
      return { answer, document: reader.read(answer, path, like?.document) }
    },
    compare(primary, other, visitor) {
      visitor.begin()
      if (primary.answer.status !== other.answer.status) {
        visitor.differs(STATUS, 'value', primary.answer.status, other.answer.status)
        return DIFFER
      }
      const told = (to: FieldVisitor): boolean => {
        to.same(STATUS)
        return compareHeaders(headers, primary.answer, other.answer, to)
      }
      const alike = told(visitor)
      const result = compareBodies(primary.document, other.document, visitor, told)
      return alike || result.kind !== 'match' ? result : DIFFER
    }
  }
}

/** An answer that cannot be read is of another kind than one that can: or a shadow that writes broken JSON would look the better for it. */
function compareUnread(primary: Document | Reason, other: Document | Reason, visitor: FieldVisitor): Result {
  const named = (one: Document | Reason): string => typeof one === 'string' ? one : one.answer.contentType
  if (typeof primary !== typeof other) visitor.differs(CONTENT_TYPE, 'type', named(primary), named(other))
  // of two reasons the one that is first by name, so that swapped they give the same
  const [reason] = [primary, other].filter((one) => typeof one === 'string').toSorted()
  return uncomparable(reason ?? 'too_complex')
}

/** A stream and an answer in one piece may still say the same. */
function compareKinds(primary: Document, other: Document, visitor: FieldVisitor): boolean {
  const alike = primary.kind === other.kind
  if (alike) visitor.same(CONTENT_TYPE)
  else visitor.differs(CONTENT_TYPE, 'type', primary.answer.contentType, other.answer.contentType)
  return alike
}

/** A body that is empty is missing, whatever the other one is. */
function compareEmpty(primary: Document, other: Document, visitor: FieldVisitor): Result {
  if (primary.kind === other.kind) {
    visitor.same(BODY)
    return MATCH
  }
  if (other.kind === 'empty') visitor.differs(BODY, 'missing', primary.octets, undefined)
  else visitor.differs(BODY, 'extra', undefined, other.octets)
  return DIFFER
}

function compareOctets(path: string, primary: Buffer, other: Buffer, visitor: FieldVisitor): boolean {
  if (primary.equals(other)) {
    visitor.same(path)
    return true
  }
  visitor.differs(path, 'value', primary, other)
  return false
}

function compareHeaders(names: readonly string[], primary: Answer, other: Answer, visitor: FieldVisitor): boolean {
  let alike = true
  for (const name of names) {
    const value = headerOf(primary, name)
    const otherValue = headerOf(other, name)
    if (value === otherValue) {
      visitor.same(headerField(name))
      continue
    }
    alike = false
    visitor.differs(headerField(name), value === undefined ? 'extra' : otherValue === undefined ? 'missing' : 'value', value, otherValue)
  }
  return alike
}

/** A media type is compared without its parameters, a set such as Vary by its members whatever their order; missing is undefined. */
function headerOf({ contentType, fields }: Answer, name: string): string | undefined {
  if (name === 'content-type') return contentType === '' ? undefined : mediaTypeOf(contentType)
  const value = fields.find(([field]) => field === name)?.[1]
  return value === undefined || !SETS.has(name) ? value : value.split(',').map((member) => member.trim().toLowerCase()).toSorted().join(', ')
}

/** Header fields whose members have no order. */
const SETS: ReadonlySet<string> = new Set([
  'allow', 'vary', 'access-control-allow-headers', 'access-control-allow-methods', 'access-control-expose-headers', 'cache-control', 'accept-ranges'
])

/**
 * With `exact`, both are read so that no number is rounded; an exact number is never held against a rounded one.
 * @param told tells a visitor what came before the documents
 */
function compareDocuments(rules: KindRules, primary: ModelDocument, other: ModelDocument, visitor: FieldVisitor, exact: boolean, told: (visitor: FieldVisitor) => void): Result {
  const document = exact ? exactly(primary) : primary
  const otherDocument = exact ? exactly(other) : other
  if (typeof document === 'string') return uncomparable(document)
  if (typeof otherDocument === 'string') return uncomparable(otherDocument)
  const ends = compareStreams(document, otherDocument, visitor)
  const tails = compareBinary(document, otherDocument, visitor)
  const walked = new Walk(visitor, document.exact && otherDocument.exact, rules.sameScalar).run(rules.root, document.value, otherDocument.value)
  switch (walked) {
    case 'same': return ends && tails ? MATCH : DIFFER
    case 'different': return DIFFER
    case 'stopped': return restart(visitor, told, () => uncomparable('too_complex'))
    case 'inexact': return restart(visitor, told, () => exact ? uncomparable('too_complex') : compareDocuments(rules, primary, other, visitor, true, told))
    default: return unreachable(walked)
  }
}

// what was visited is void, but for what came before the documents
function restart(visitor: FieldVisitor, told: (visitor: FieldVisitor) => void, goOn: () => Result): Result {
  visitor.begin()
  told(visitor)
  return goOn()
}

function compareStreams({ stream }: ModelDocument, { stream: other }: ModelDocument, visitor: FieldVisitor): boolean {
  if (stream === undefined || other === undefined) return true
  const ends = stream.complete === other.complete
  if (ends) visitor.same(STREAM_END)
  else visitor.differs(STREAM_END, 'value', stream.complete ? 'whole' : 'cut', other.complete ? 'whole' : 'cut')
  const errors = sameError(stream.error ?? null, other.error ?? null)
  if (errors) visitor.same(STREAM_ERROR)
  else visitor.differs(STREAM_ERROR, stream.error === undefined ? 'extra' : other.error === undefined ? 'missing' : 'value', stream.error, other.error)
  return ends && errors
}

function compareBinary({ binary }: ModelDocument, { binary: other }: ModelDocument, visitor: FieldVisitor): boolean {
  if (binary === undefined && other === undefined) return true
  if (binary !== undefined && other !== undefined) return compareOctets(BINARY, binary, other, visitor)
  visitor.differs(BINARY, other === undefined ? 'missing' : 'extra', binary, other)
  return false
}

/** Whether two answers are the same octets and say the same of them: then one reading does for both. Streams are told apart by when they came. */
const isSameMessage = (primary: Answer, other: Answer): boolean =>
  primary.contentType === other.contentType && primary.contentEncoding === other.contentEncoding && primary.marks.length === 0 && other.marks.length === 0 &&
  primary.fields.length === other.fields.length && primary.fields.every(([name, value], i) => other.fields[i]?.[0] === name && other.fields[i]?.[1] === value) && primary.body.equals(other.body)

const compileIgnores = (pointers: readonly string[], name: string): readonly Rule[] =>
  pointers.map((at, i): Rule => ({ at: pointer(at, `${name}[${i}]`), comparator: undefined }))

const compileFields = (rules: readonly FieldRule[], name: string): readonly Rule[] =>
  rules.map(({ at, as, ...options }, i): Rule => ({ at: pointer(at, `${name}[${i}].at`), comparator: compileComparator(as, options, `${name}[${i}].as`) }))

/** The comparator of this name with these options, which are checked. @throws Error when there is none */
export function compileComparator(as: string, options: unknown, name: string): Comparator | KeyedElements {
  const found = comparators.find((one) => one.name === as)
  if (found === undefined) throw new Error(`${name}: unknown comparator; got "${as}"`)
  return found.build(options)
}

/** What a config does to its rules: fills in their defaults. */
function checked({ at, as, ...options }: FieldRule): FieldRule {
  return { ...(comparators.find(({ name }) => name === as)?.fields.parse(options) as object | undefined), at, as } // holds: fields are mappings
}

function pointer(text: string, name: string): Pointer {
  const parsed = parsePointer(text)
  if (parsed === undefined) throw new Error(`${name}: expected a JSON Pointer such as /choices/*/text; got "${text}"`)
  return parsed
}
