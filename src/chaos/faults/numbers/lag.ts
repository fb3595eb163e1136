import { z } from 'zod'
import { numberAt } from '../../answers/scalars.ts'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { createMemory, groupOf, type Memory, MOST_CHARACTERS } from '../payload/memory.ts'
import { AT } from './each-number.ts'

/** As YAML says it. */
export interface LagFields {
  readonly kind: 'lag'
  readonly at?: string | undefined
  readonly answers?: number | undefined
  readonly among?: 'unit' | 'any' | undefined
}

// of all units, with the characters they may have
const MOST_ANSWERS = 100_000

/** Numbers come late: those of an answer are those of an earlier one at the same path. They are replayed as they were written. */
export const lag: FaultKind<LagFields> = {
  summary: 'gives the numbers of an earlier answer of the same unit, some answers old, at the same places',
  stage: 'payload',
  onShadow: true,
  effect: 'number i is what number i - answers was, counted among those that are hit',
  fields: z.strictObject({
    kind: z.literal('lag'),
    at: targetField.optional().describe('which numbers, `value` when left out'),
    answers: z.int().min(1).max(1000).optional().describe('how many answers ago, 1 when left out'),
    among: z.enum(['unit', 'any']).optional().describe('whose earlier numbers may be given: those of the same `unit`, the default, which takes an experiment that draws by unit; or those of `any`, which tells one user what another was told')
  }),
  build: ({ at = AT, answers = 1, among = 'unit' }) => {
    const target = compileTarget(at)
    return () => {
      const memory = createMemory(MOST_ANSWERS)
      return (blow) => ({
        do: 'degrade',
        degrade: (answer) => {
          const found = target.find(answer)
          const texts = found.map((span) => numberAt(answer, span) === undefined ? '' : answer.textOf(span))
          // joined, a single one with nothing, as a part of a text keeps the whole of it in memory
          const numbers = [...texts, ''].join(',')
          if (texts.every((text) => text === '')) return editsOf(answer, found, () => 'wrong_type')
          if (numbers.length > MOST_CHARACTERS) return { do: 'skip', reason: 'too_large' }
          const earlier = exchange(memory, groupOf(answer, blow, among), numbers, answers)?.split(',')
          if (earlier === undefined) return { do: 'skip', reason: 'nothing_yet' }
          let place = 0
          return editsOf(answer, found, (span) => {
            const old = earlier[place++] ?? ''
            if (numberAt(answer, span) === undefined) return 'wrong_type'
            return old === '' || blow.strength === 0 ? [] : [{ ...span, text: old }]
          })
        }
      })
    }
  }
}

/** Remembers what is there now for what was there `answers` ago; undefined while there have been fewer. */
function exchange(memory: Memory, group: string, now: string, answers: number): string | undefined {
  const earlier = memory.count(group) < answers ? undefined : memory.oldest(group)
  if (earlier !== undefined) memory.forgetOldest(group)
  memory.remember(group, now)
  return earlier
}
