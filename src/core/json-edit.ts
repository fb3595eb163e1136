import type { Pointer } from './json-pointer.ts'

/** Where a value stands in a text: from `start` up to, but not with, `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A span and what takes its place. */
export interface Edit extends Span {
  readonly text: string
}

/** A JSON text to be found at a pointer. */
export interface Setting {
  readonly at: Pointer
  readonly value: string
}

// arrays and objects inside one another; each is a call inside one another here
const MAX_DEPTH = 500

// a span costs more memory than the two characters it may stand for
const MAX_SPANS = 200_000

/**
 * The values of a JSON text that `pointers` point at, `*` in them matching any key or index: in the order of the text, and
 * none inside another, as the outer one holds it. Keys match by what they say, however they are escaped, and each of several
 * like keys counts. Undefined when the text is no JSON, nested deeper than 500, or has more than 200,000 such values. Strings
 * and numbers are not looked into, so that Python's NaN may stand; a byte order mark may come first.
 *
 * Takes time in proportion to the text, times the pointers that match so far; nothing is parsed or copied but keys on the way.
 */
export function findSpans(text: string, pointers: readonly Pointer[]): readonly Span[] | undefined {
  return find(text, steps(pointers, '*'))
}

/** The text with `edits` made and all else as it was. They are in the order of the text and do not overlap. @throws RangeError when they do */
export function replaceSpans(text: string, edits: readonly Edit[]): string {
  let made = ''
  let kept = 0
  for (const { start, end, text: put } of edits) {
    if (start < kept || end < start || end > text.length) throw new RangeError(`edits: expected spans in order; got ${start} to ${end} after ${kept}`)
    made += text.slice(kept, start) + put
    kept = end
  }
  return made + text.slice(kept)
}

/**
 * The JSON text with each value in turn set where it is to be found, and all else as it was. What is there is replaced; where
 * an object lacks the last key of the pointer, it is added at the end. `*` is a key like any other. Undefined when the text is
 * none that `findSpans` can follow, when there is nothing the last key could belong to, or when a key on the way there comes
 * twice: readers do not agree on which of them counts. Values are taken for the JSON they should be.
 */
export function setValues(text: string, settings: readonly Setting[]): string | undefined {
  return settings.reduce<string | undefined>((made, setting) => made === undefined ? undefined : setValue(made, setting), text)
}

function setValue(text: string, { at, value }: Setting): string | undefined {
  const last = at.at(-1)
  let [holder] = find(text, steps([[]])) ?? []
  if (last === undefined) return holder && replaceSpans(text, [{ ...holder, text: value }])
  for (const token of at.slice(0, -1)) {
    const next: readonly Span[] = holder === undefined ? [] : valuesIn(text, holder, token)
    holder = next.length === 1 ? next[0] : undefined
  }
  if (holder === undefined) return undefined
  const old = valuesIn(text, holder, last)
  if (old.length > 0) return replaceSpans(text, old.map((span) => ({ ...span, text: value })))
  if (text.charCodeAt(holder.start) !== BRACE) return undefined
  let end = holder.end - 1
  while (isSpace(text.charCodeAt(end - 1))) end--
  const comma = end === holder.start + 1 ? '' : ','
  return replaceSpans(text, [{ start: end, end, text: `${comma}${JSON.stringify(last)}:${value}` }])
}

/** The values called `token` in the object or array at `holder`. */
function valuesIn(text: string, holder: Span, token: string): readonly Span[] {
  const found = find(text.slice(holder.start, holder.end), steps([[token]])) ?? []
  return found.map(({ start, end }) => ({ start: start + holder.start, end: end + holder.start }))
}

/** Where pointers lead from one place. */
interface Step {
  /** Whether one of them points here. */
  ends: boolean
  readonly keys: Map<string, Step>
  /** For any key. */
  any: Step | undefined
  /** A list of nothing but this one, which is what there nearly always is. */
  readonly alone: readonly Step[]
}

const NOWHERE: readonly Step[] = []

function newStep(): Step {
  const alone: Step[] = []
  const step: Step = { ends: false, keys: new Map(), any: undefined, alone }
  alone.push(step)
  return step
}

/** The steps of pointers from the root; a token that is `wildcard` matches any key. */
function steps(pointers: readonly Pointer[], wildcard?: string): Step {
  const root = newStep()
  for (const pointer of pointers) {
    let step = root
    for (const token of pointer) {
      const next: Step = (token === wildcard ? step.any : step.keys.get(token)) ?? newStep()
      if (token === wildcard) step.any = next
      else step.keys.set(token, next)
      step = next
    }
    step.ends = true
  }
  return root
}

/** Where the pointers that have led here lead by `key`. */
function below(here: readonly Step[], key: string | number): readonly Step[] {
  let next = NOWHERE
  for (const { keys, any } of here) {
    const step = keys.size === 0 ? undefined : keys.get(String(key))
    if (step !== undefined) next = next === NOWHERE ? step.alone : [...next, step]
    if (any !== undefined) next = next === NOWHERE ? any.alone : [...next, any]
  }
  return next
}

function find(text: string, root: Step): readonly Span[] | undefined {
  const spans: Span[] = []
  const end = valueEnd(text, spaceEnd(text, text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0), 0, root.alone, spans)
  return end !== NONE && spaceEnd(text, end) === text.length ? spans : undefined
}

/** No place in the text: it is not JSON, or too much of it. */
const NONE = -1

/** The end of the value that starts at `start`; values that pointers end at are added to `spans`. */
function valueEnd(text: string, start: number, depth: number, here: readonly Step[], spans: Span[]): number {
  if (here !== NOWHERE && here.some(({ ends }) => ends)) {
    const end = valueEnd(text, start, depth, NOWHERE, spans)
    spans.push({ start, end })
    return spans.length > MAX_SPANS ? NONE : end
  }
  switch (text.charCodeAt(start)) {
    case QUOTE: return stringEnd(text, start)
    case BRACE: return depth === MAX_DEPTH ? NONE : objectEnd(text, start, depth + 1, here, spans)
    case BRACKET: return depth === MAX_DEPTH ? NONE : arrayEnd(text, start, depth + 1, here, spans)
    default: return literalEnd(text, start)
  }
}

function objectEnd(text: string, start: number, depth: number, here: readonly Step[], spans: Span[]): number {
  let at = spaceEnd(text, start + 1)
  if (text.charCodeAt(at) === CLOSING_BRACE) return at + 1
  for (;;) {
    const keyEnd = text.charCodeAt(at) === QUOTE ? stringEnd(text, at) : NONE
    if (keyEnd === NONE) return NONE
    const key = here === NOWHERE ? '' : keyText(text.slice(at, keyEnd))
    const colon = spaceEnd(text, keyEnd)
    if (key === undefined || text.charCodeAt(colon) !== COLON) return NONE
    at = valueEnd(text, spaceEnd(text, colon + 1), depth, here === NOWHERE ? here : below(here, key), spans)
    if (at === NONE) return NONE
    at = spaceEnd(text, at)
    const next = text.charCodeAt(at)
    if (next === CLOSING_BRACE) return at + 1
    if (next !== COMMA) return NONE
    at = spaceEnd(text, at + 1)
  }
}

function arrayEnd(text: string, start: number, depth: number, here: readonly Step[], spans: Span[]): number {
  let at = spaceEnd(text, start + 1)
  if (text.charCodeAt(at) === CLOSING_BRACKET) return at + 1
  for (let index = 0; ; index++) {
    at = valueEnd(text, at, depth, here === NOWHERE ? here : below(here, index), spans)
    if (at === NONE) return NONE
    at = spaceEnd(text, at)
    const next = text.charCodeAt(at)
    if (next === CLOSING_BRACKET) return at + 1
    if (next !== COMMA) return NONE
    at = spaceEnd(text, at + 1)
  }
}

/** Past the closing quote of the string that opens at `open`. */
function stringEnd(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    if (code === BACKSLASH) at++
  }
  return NONE
}

/** What a key says, given with its quotes; undefined when its escapes are none. */
export function keyText(quoted: string): string | undefined {
  if (!quoted.includes('\\')) return quoted.slice(1, -1)
  try {
    return String(JSON.parse(quoted))
  } catch {
    return undefined
  }
}

/** The end of a number, true, false, null, or what Python writes for numbers that are not finite. */
function literalEnd(text: string, start: number): number {
  let at = start
  while (isOfLiteral(text.charCodeAt(at))) at++
  return at === start ? NONE : at
}

/** Over the space that begins at `start`. */
export function spaceEnd(text: string, start: number): number {
  let at = start
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

/** Whether a code unit is space in JSON. */
export const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** Digits, letters, and the signs and points of numbers. */
const isOfLiteral = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2d || code === 0x2b || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSING_BRACKET = 0x5d
const BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const BYTE_ORDER_MARK = 0xfeff
