import { z } from 'zod'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { Degraded, FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { AT_TEXT, rewritten } from '../../parts/texts.ts'
import { withHonestFinish } from './finish.ts'

/** A truncation as YAML says it: one of share, characters and words, which are kept. */
export interface TruncateTextFields {
  readonly kind: 'truncate-text'
  readonly at?: string | undefined
  readonly share?: number | undefined
  readonly characters?: number | undefined
  readonly words?: number | undefined
  readonly finish?: 'honest' | 'lying' | undefined
}

/** Keeps the beginning of a text. */
export const truncateText: FaultKind<TruncateTextFields> = {
  summary: 'keeps the beginning of a text, and says so in the finish reason or does not',
  stage: 'payload',
  onShadow: true,
  scales: 'how much is cut off',
  effect: 'a text of n characters becomes one of n - (1 - share)n, rounded to whole ones',
  fields: z.strictObject({
    kind: z.literal('truncate-text'),
    at: targetField.optional().describe(AT_TEXT),
    share: z.number().min(0).lt(1).optional().describe('what share of its characters is kept'),
    characters: z.int().min(0).optional().describe('how many characters are kept, in UTF-16: an emoji counts as two'),
    words: z.int().min(0).optional().describe('how many words are kept'),
    finish: z.enum(['honest', 'lying']).optional().describe('whether the finish reason says that the text is too long (`honest`, the default) or stays as it is (`lying`)')
  }).refine(({ share, characters, words }) => [share, characters, words].filter((kept) => kept !== undefined).length === 1, { path: ['share'], message: 'expected one of share, characters, words' }),
  build: ({ at = 'text', finish = 'honest', ...kept }) => {
    const target = compileTarget(at)
    return () => ({ strength }) => ({
      do: 'degrade',
      degrade: (answer): Degraded => {
        const degraded = editsOf(answer, target.find(answer), (span) => rewritten(answer, span, (text) => text.slice(0, endOf(text, kept, strength))))
        return finish === 'honest' && degraded.do === 'edit' ? { do: 'edit', edits: withHonestFinish(answer, degraded.edits) } : degraded
      }
    })
  }
}

function endOf(text: string, { share = 1, characters = Infinity, words }: Pick<TruncateTextFields, 'share' | 'characters' | 'words'>, strength: number): number {
  const { length } = text
  if (words !== undefined) {
    const found = [...text.matchAll(/\S+/g)]
    const kept = found.length - Math.round(Math.max(0, found.length - words) * strength)
    const last = found[kept - 1]
    return kept === found.length ? length : last === undefined ? 0 : last.index + last[0].length
  }
  const end = length - Math.round(Math.max((1 - share) * length, length - characters, 0) * strength)
  // not between the halves of a character
  return end > 0 && end < length && (text.charCodeAt(end) & 0xfc00) === 0xdc00 && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end - 1 : end
}
