import { z } from 'zod'
import { targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { AT_TEXT, rewriting, sentencesOf } from '../../parts/texts.ts'

/** A loop as YAML says it. */
export interface RepeatTextFields {
  readonly kind: 'repeat-text'
  readonly at?: string | undefined
  readonly times: number
  readonly unit?: 'sentence' | 'word' | undefined
}

// of a sentence that is long, as many as fit
const MOST_ADDED = 1024 * 1024

/** Says the end of a text over and over, as small models do that are asked for too much. */
export const repeatText: FaultKind<RepeatTextFields> = {
  summary: 'says the last sentence or word of a text over and over',
  stage: 'payload',
  onShadow: true,
  scales: 'how often, to a whole number',
  effect: 'a text of n characters becomes one of n + times(m + 1), where m is the length of its last sentence or word',
  fields: z.strictObject({
    kind: z.literal('repeat-text'),
    at: targetField.optional().describe(AT_TEXT),
    times: z.int().min(1).max(10_000).describe('how often it is said again; a mebibyte is added at most'),
    unit: z.enum(['sentence', 'word']).optional().describe('what is said again: the last `sentence`, the default, or the last `word`')
  }),
  build: ({ at, times, unit = 'sentence' }) => rewriting(at, (text, { strength }) => {
    const said = text.trimEnd()
    const last = unit === 'word' ? lastWord(said) : sentencesOf(said).at(-1)?.text ?? ''
    if (last === '') return text
    const count = Math.min(Math.round(times * strength), Math.floor(MOST_ADDED / (last.length + 1)))
    return said + ` ${last}`.repeat(count) + text.slice(said.length)
  })
}

function lastWord(text: string): string {
  let start = text.length
  while (start > 0 && !/\s/.test(text.charAt(start - 1))) start--
  return text.slice(start)
}
