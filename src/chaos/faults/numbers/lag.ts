import { z } from 'zod'
import type { Key } from '../../../core/hash.ts'
import { numberAt } from '../../answers/scalars.ts'
import { compileTarget } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { AT } from './each-number.ts'
import { targetField } from '../../answers/target.ts'

/** As YAML says it. */
export interface LagFields {
  readonly kind: 'lag'
  readonly at?: string | undefined
  readonly answers?: number | undefined
  readonly among?: 'unit' | 'any' | undefined
}

const MAX_UNITS = 4096
const MAX_NUMBERS = 64

/** The numbers of earlier answers at the same places, oldest first. */
type Past = (readonly string[])[]

/** Numbers come late: those of an answer are those of an earlier one. Texts are replayed as they were written. */
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
      const units = new Map<Key, Past>()
      return ({ key, strength }) => ({
        do: 'degrade',
        degrade: (answer) => {
          const found = target.find(answer)
          const numbers = found.slice(0, MAX_NUMBERS).map((span) => numberAt(answer, span) === undefined ? '' : answer.textOf(span))
          const earlier = remember(units, among === 'unit' ? key : 0, numbers, answers)
          if (found.length > 0 && earlier === undefined) return { do: 'skip', reason: 'nothing_yet' }
          return editsOf(answer, found, (span) => {
            if (numberAt(answer, span) === undefined) return 'wrong_type'
            const old = earlier?.[found.indexOf(span)] ?? ''
            return old === '' || strength === 0 ? [] : [{ ...span, text: old }]
          })
        }
      })
    }
  }
}

/** What was there `answers` ago; undefined while there have been fewer. Units that came first are forgotten first. */
function remember(units: Map<Key, Past>, key: Key, numbers: readonly string[], answers: number): readonly string[] | undefined {
  const past = units.get(key) ?? []
  units.delete(key)
  units.set(key, past)
  if (units.size > MAX_UNITS) for (const first of units.keys()) {
    units.delete(first)
    break
  }
  past.push(numbers)
  return past.length > answers ? past.shift() : undefined
}
