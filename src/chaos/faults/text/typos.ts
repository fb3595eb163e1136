import { z } from 'zod'
import { targetField } from '../../answers/target.ts'
import type { Draws } from '../../draws.ts'
import type { FaultKind } from '../../fault.ts'
import { AT_TEXT, rewriting } from '../../parts/texts.ts'

/** Typos as YAML says them. */
export interface TyposFields {
  readonly kind: 'typos'
  readonly at?: string | undefined
  readonly share: number
}

/** Mistypes words: one slip each. Which words are hit is drawn first, so that a larger share only adds to them. */
export const typos: FaultKind<TyposFields> = {
  summary: 'mistypes words, each with probability `share`: two letters swapped, one left out, doubled or struck beside',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'a word of two letters or more is wrong with probability share, by an edit distance of one (two letters swapped count as one)',
  fields: z.strictObject({
    kind: z.literal('typos'),
    at: targetField.optional().describe(AT_TEXT),
    share: z.number().gt(0).max(1).describe('with what probability a word of two letters or more is mistyped')
  }),
  build: ({ at, share }) => rewriting(at, (text, { draws, strength }) => {
    const hits = Array.from(text.matchAll(WORD), () => draws.chance(share * strength))
    let i = 0
    return text.replaceAll(WORD, (word) => hits[i++] === true ? mistyped(word, draws) : word)
  })
}

const WORD = /\p{L}{2,}/gu
const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']

function mistyped(word: string, draws: Draws): string {
  const letters = Array.from(word)
  const slip = draws.below(4)
  const at = draws.below(slip === 0 ? letters.length - 1 : letters.length)
  const letter = letters[at] ?? ''
  const next = letters[at + 1] ?? ''
  const before = letters.slice(0, at).join('')
  const after = letters.slice(at + 1).join('')
  if (slip === 0 && letter !== next) return before + next + letter + letters.slice(at + 2).join('')
  if (slip === 1) return before + after
  if (slip === 2) return before + beside(letter) + after
  return before + letter + letter + after
}

/** The letter on the key to the right, or to the left of the last one; twice the letter where there is no such key. */
function beside(letter: string): string {
  const small = letter.toLowerCase()
  const row = ROWS.find((keys) => keys.includes(small))
  if (row === undefined || small === '') return letter + letter
  const at = row.indexOf(small)
  const other = row.charAt(at === row.length - 1 ? at - 1 : at + 1)
  return letter === small ? other : other.toUpperCase()
}
