import { z } from 'zod'
import { targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { AT_TEXT, rewriting } from '../../parts/texts.ts'

/** Lost words as YAML says them. */
export interface DropWordsFields {
  readonly kind: 'drop-words'
  readonly at?: string | undefined
  readonly share: number
}

/** Loses words of a text, each by a draw of its own. */
export const dropWords: FaultKind<DropWordsFields> = {
  summary: 'loses words of a text, each with probability `share`',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'of n words, n(1 - share) are left on average',
  fields: z.strictObject({
    kind: z.literal('drop-words'),
    at: targetField.optional().describe(AT_TEXT),
    share: z.number().gt(0).max(1).describe('with what probability a word is lost')
  }),
  build: ({ at, share }) => rewriting(at, (text, { draws, strength }) => {
    // from the first space of a run on: looked for from each, a long run would take its length squared
    const kept = text.replaceAll(/(?<!\s)\s*\S+/g, (word) => draws.chance(share * strength) ? '' : word)
    // the space before a first word that is now the second
    return /^\s/.test(text) ? kept : kept.trimStart()
  })
}
