import { stringEnd } from './string-end.ts'

/** A JSON text in which Python's bare NaN and Infinity have given way to numbers, and what those stand for. */
export interface Replaced {
  readonly text: string
  /** By the text of the number put in their place, which the original does not hold. */
  readonly numbers: ReadonlyMap<string, number>
}

const TOKENS: ReadonlyMap<string, number> = new Map([['NaN', Number.NaN], ['Infinity', Infinity], ['-Infinity', -Infinity]])

/**
 * Makes JSON of what Python's json.dumps writes when numbers are not finite (allow_nan, its default); undefined when there
 * is nothing to replace. Only whole tokens outside of strings count: `NaNs` and `"NaN"` stay as they are.
 */
export function replacePythonNumbers(text: string): Replaced | undefined {
  if (!text.includes('NaN') && !text.includes('Infinity')) return undefined
  const stands = new Map<string, string>()
  const numbers = new Map<string, number>()
  // found in one pass, and short: a text may hold most of them, or one of a million digits
  const taken = new Set<number>()
  for (const [, digits] of text.matchAll(ZEROS)) taken.add(Number(digits))
  let next = 0
  for (const [token, number] of TOKENS) {
    while (taken.has(next)) next++
    const spare = `0e${next++}`
    stands.set(token, spare)
    numbers.set(spare, number)
  }
  let made = ''
  let kept = 0
  for (let i = 0; i < text.length; i++) {
    const first = text[i]
    if (first === '"') {
      i = stringEnd(text, i)
      continue
    }
    const token = first === 'N' ? 'NaN' : first === 'I' ? 'Infinity' : first === '-' && text[i + 1] === 'I' ? '-Infinity' : undefined
    if (token === undefined || !text.startsWith(token, i)) continue
    if (!ENDS.has(text[i - 1]) || !ENDS.has(text[i + token.length])) continue
    made += text.slice(kept, i) + stands.get(token)
    kept = i + token.length
    i = kept - 1
  }
  return kept === 0 ? undefined : { text: made + text.slice(kept), numbers }
}

/** Zeros of the form that stands in for a token. */
const ZEROS = /0e(\d{1,6})/g

/** What may stand before and after a value. */
const ENDS: ReadonlySet<string | undefined> = new Set(['[', ']', '{', '}', ':', ',', ' ', '\t', '\n', '\r', undefined])
