import { type Edit, findSpans, isSpace, keyText, type Span, spaceEnd } from './json-edit.ts'

/** A member of an object: from its key up to the end of its value. */
export interface Member extends Span {
  /** What the key says, unescaped. */
  readonly name: string
  /** With its quotes. */
  readonly key: Span
  readonly value: Span
}

/** The members of the object that stands at `object`, in the order of the text; none for any other value. */
export function membersIn(text: string, object: Span): readonly Member[] {
  if (text.charCodeAt(object.start) !== BRACE) return []
  const values = findSpans(text.slice(object.start, object.end), EACH) ?? []
  return values.flatMap(({ start, end }) => memberAt(text, { start: start + object.start, end: end + object.start }) ?? [])
}

/** The member whose value stands at `value`; undefined for an element of an array, and for the whole document. */
export function memberAt(text: string, value: Span): Member | undefined {
  const colon = spaceStart(text, value.start) - 1
  if (text.charCodeAt(colon) !== COLON) return undefined
  const end = spaceStart(text, colon)
  const start = stringStart(text, end)
  const name = start === NONE ? undefined : keyText(text.slice(start, end))
  return name === undefined ? undefined : { start, end: value.end, name, key: { start, end }, value }
}

/**
 * Takes members or elements of arrays out, each with one comma, so that what is left is JSON and spaced as it was. They are
 * in the order of the text and none is inside another; they may be of several objects and arrays.
 */
export function without(text: string, items: readonly Span[]): readonly Edit[] {
  const edits: Edit[] = []
  let goneUpTo = NONE // where the last of those ends that leave nothing before them
  for (const { start, end } of items) {
    const before = spaceStart(text, start)
    const isFirst = text.charCodeAt(before - 1) !== COMMA
    const comma = before - 1
    if (!isFirst && spaceStart(text, comma) !== goneUpTo) {
      edits.push({ start: spaceStart(text, comma), end, text: '' })
      continue
    }
    goneUpTo = end
    const next = spaceEnd(text, end)
    edits.push({ start, end: text.charCodeAt(next) === COMMA ? spaceEnd(text, next + 1) : end, text: '' })
  }
  return edits
}

/** Puts a member behind the last of the object at `object`, spaced as those before it. `value` is taken for the JSON it should be. */
export function withMember(text: string, object: Span, name: string, value: string): Edit {
  const members = membersIn(text, object)
  const [first, second] = members
  const last = members.at(-1)
  if (first === undefined || last === undefined) return { start: object.start + 1, end: object.start + 1, text: `${JSON.stringify(name)}:${value}` }
  const comma = second === undefined ? ',' : text.slice(first.end, second.start)
  const colon = text.slice(first.key.end, first.value.start)
  return { start: last.end, end: last.end, text: `${comma}${JSON.stringify(name)}${colon}${value}` }
}

const NONE = -1
const EACH = [['*']]

/** Where the string begins whose closing quote is just before `end`: at the next quote to the left that is not escaped. */
function stringStart(text: string, end: number): number {
  for (let at = end - 2; at >= 0; at--) {
    if (text.charCodeAt(at) !== QUOTE) continue
    let escapes = at
    while (text.charCodeAt(escapes - 1) === BACKSLASH) escapes--
    if ((at - escapes) % 2 === 0) return at
    at = escapes
  }
  return NONE
}

/** Back over the space that ends at `end`. */
function spaceStart(text: string, end: number): number {
  let at = end
  while (isSpace(text.charCodeAt(at - 1))) at--
  return at
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const BRACE = 0x7b
