import { exactly } from './exact-number.ts'
import { MAX_STEPS, type Reason } from './limits.ts'
import { mayHoldLongNumber } from './long-numbers.ts'
import { replacePythonNumbers } from './python-numbers.ts'
import { stringEnd } from './string-end.ts'

/** A document; `exact` when numbers that a double cannot hold are ExactNumbers. */
export interface Json {
  readonly value: unknown
  readonly exact: boolean
}

/** Reads the JSON `text` of `body`; numbers are made exact when one of them looks as if it had to be. */
export function readJson(body: Buffer, text: string): Json | Reason {
  if (isTooComplex(text)) return 'too_complex'
  return asPythonWroteIt(text, parse(text, mayHoldLongNumber(body) ? NONE : undefined))
}

/** Reads what `readJson` has read before, with exact numbers. */
export function readExactly(text: string): Json | Reason {
  return asPythonWroteIt(text, parse(text, NONE))
}

function asPythonWroteIt(text: string, read: Json | Reason): Json | Reason {
  if (read !== 'bad_json') return read
  const replaced = replacePythonNumbers(text)
  return replaced === undefined ? read : parse(replaced.text, replaced.numbers)
}

const NONE: ReadonlyMap<string, number> = new Map()

/** With `numbers`, every number is looked up there by its text, or else made exact; some ten times slower than without. */
function parse(text: string, numbers: ReadonlyMap<string, number> | undefined): Json | Reason {
  try {
    if (numbers === undefined) return { value: JSON.parse(text), exact: false }
    const reviver = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
      typeof value === 'number' && context?.source !== undefined ? numbers.get(context.source) ?? exactly(value, context.source) : value
    return { value: JSON.parse(text, reviver), exact: true }
  } catch (error) {
    // with a reviver, deep nesting runs out of stack
    return error instanceof RangeError ? 'too_complex' : 'bad_json'
  }
}

/**
 * Whether a text holds more values than a comparison would look at (empty arrays and objects count twice), found without
 * building them: eight megabytes of brackets are hundreds of megabytes of arrays. A value takes two characters at least, so
 * most texts need no look.
 */
function isTooComplex(text: string): boolean {
  if (text.length <= 2 * MAX_STEPS) return false
  let values = 1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) i = stringEnd(text, i)
    else if ((code === COMMA || code === BRACKET || code === BRACE) && ++values > MAX_STEPS) return true
  }
  return false
}

const QUOTE = 0x22
const COMMA = 0x2c
const BRACKET = 0x5b
const BRACE = 0x7b
