import { z } from 'zod'
import { targetField } from '../../answers/target.ts'
import type { Draws } from '../../draws.ts'
import type { FaultKind } from '../../fault.ts'
import { shuffled } from '../../parts/shuffled.ts'
import { AT_TEXT, joined, type Piece, rewriting, sentencesOf } from '../../parts/texts.ts'

/** Lost sentences as YAML says them. */
export interface DropSentencesFields {
  readonly kind: 'drop-sentences'
  readonly at?: string | undefined
  readonly share: number
  readonly shuffle?: boolean | undefined
}

/** Loses sentences of a text, each by a draw of its own, and may put those that are left in another order. */
export const dropSentences: FaultKind<DropSentencesFields> = {
  summary: 'loses sentences of a text, each with probability `share`, and may shuffle the others',
  stage: 'payload',
  onShadow: true,
  scales: 'the share, and with what probability the others are shuffled',
  effect: 'of n sentences, n(1 - share) are left on average',
  fields: z.strictObject({
    kind: z.literal('drop-sentences'),
    at: targetField.optional().describe(AT_TEXT),
    share: z.number().min(0).max(1).describe('with what probability a sentence is lost'),
    shuffle: z.boolean().optional().describe('whether the sentences that are left come in another order')
  }).refine(({ share, shuffle = false }) => share > 0 || shuffle, { path: ['share'], message: 'expected more than 0, or shuffle' }),
  build: ({ at, share, shuffle = false }) => rewriting(at, (text, { draws, strength }) => {
    const sentences = sentencesOf(text)
    const left = sentences.filter(() => !draws.chance(share * strength))
    const ordered = shuffle && draws.chance(strength) ? reordered(left, draws) : left
    return joined(ordered, sentences.at(-1)?.space ?? '')
  })
}

/** The sentences change places; the space between them does not, so that lines stay lines. The last one may have had none. */
function reordered(pieces: readonly Piece[], draws: Draws): readonly Piece[] {
  const texts = shuffled(pieces, draws)
  return pieces.map(({ space }, i) => ({ text: texts[i]?.text ?? '', space: space === '' ? ' ' : space }))
}
