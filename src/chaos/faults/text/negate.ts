import { z } from 'zod'
import { targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { AT_TEXT, joined, rewriting, sentencesOf } from '../../parts/texts.ts'

/** Negations as YAML says them. */
export interface NegateFields {
  readonly kind: 'negate'
  readonly at?: string | undefined
  readonly share?: number | undefined
}

/** Turns English sentences into their opposite at the first auxiliary verb: a `not` is taken out behind it, or put in. */
export const negate: FaultKind<NegateFields> = {
  summary: 'turns English sentences into their opposite: takes a `not` out behind the first auxiliary verb, or puts one in',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'a sentence with an auxiliary verb says the opposite with probability share',
  fields: z.strictObject({
    kind: z.literal('negate'),
    at: targetField.optional().describe(AT_TEXT),
    share: z.number().gt(0).max(1).optional().describe('with what probability a sentence is turned, 1 when left out')
  }),
  build: ({ at, share = 1 }) => rewriting(at, (text, { draws, strength }) => {
    const sentences = sentencesOf(text)
    return joined(sentences.map((piece) => draws.chance(share * strength) ? { ...piece, text: opposite(piece.text) } : piece), sentences.at(-1)?.space ?? '')
  })
}

// a sentence that begins with one is a question, and has no place for a `not` behind it. Have and do may be verbs of their
// own, so that they are only relieved of a `not`
const AUXILIARY = /(?<=\s)(?:(cannot|can['’]t|won['’]t)|(is|are|was|were|can|could|will|would|should|must|has|have|had|do|does|did)(?:n['’]t| not)|(am|is|are|was|were|can|could|will|would|should|may|might|must))(?![\w'’])/

function opposite(sentence: string): string {
  return sentence.replace(AUXILIARY, (found: string, special: string | undefined, negated: string | undefined) => {
    if (special !== undefined) return special.startsWith('w') ? 'will' : 'can'
    return negated ?? (found === 'can' ? 'cannot' : `${found} not`)
  })
}
