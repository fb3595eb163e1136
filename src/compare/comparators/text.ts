import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { tokenEdits } from '../distances/token-edits.ts'
import { commonStart, tokensOf } from '../distances/tokens.ts'
import { sameNumber } from '../read/exact-number.ts'

/** What of a text does not matter. */
export interface TextFields {
  readonly ignoreCase: boolean
  readonly ignoreSpace: boolean
  readonly maxTokens: number
}

const MEASURES: readonly Measure[] = [
  { name: 'edit_distance', kind: 'distance', max: 1 },
  { name: 'first_divergence', kind: 'distance', max: 1 },
  { name: 'length_log_ratio', kind: 'signed', max: Infinity }
]

const equal = deepEquality(sameNumber)

/**
 * A text: the same when it is after what does not matter is taken away; always as Unicode's canonical composition (NFC).
 * Measures how much would have to be edited, token by token; how much of the texts comes after they first part, so that 0 is
 * never and 1 is from the start; and how much longer the other is, as a natural logarithm (ln 2: twice as many characters).
 */
export const text: Extension<TextFields, Comparator> = {
  summary: 'a text: token edit distance, where the two first part, and how much longer one is than the other',
  fields: z.strictObject({
    ignoreCase: z.boolean().default(false).describe('whether upper and lower case are the same'),
    ignoreSpace: z.boolean().default(false).describe('whether all white space is the same, and at either end none'),
    maxTokens: z.int().min(1).max(20_000).default(2000).describe('tokens up to which the edit distance is measured')
  }),
  build: (fields) => ({
    measures: MEASURES,
    compare(primary, other, measured) {
      if (typeof primary !== 'string' || typeof other !== 'string') return equal(primary, other) ? 'same' : 'different'
      const a = normalised(primary, fields)
      const b = normalised(other, fields)
      measure(a, b, fields.maxTokens, measured)
      return a === b ? 'same' : 'different'
    }
  })
}

// a run of marks that is longer is no writing, and to sort it takes time in the square of its length (UAX #15 section 13 has 30)
const TOO_MANY_MARKS = /\p{M}{31}/u

function normalised(value: string, { ignoreCase, ignoreSpace }: TextFields): string {
  const composed = TOO_MANY_MARKS.test(value) ? value : value.normalize('NFC')
  const folded = ignoreCase ? composed.toLowerCase() : composed
  return ignoreSpace ? folded.replaceAll(/\s+/g, ' ').trim() : folded
}

function measure(a: string, b: string, maxTokens: number, measured: Float64Array): void {
  if ((a === '') === (b === '')) measured[2] = a === b ? 0 : Math.log(b.length) - Math.log(a.length)
  const tokens = tokensOf(a, maxTokens)
  const otherTokens = a === b ? tokens : tokensOf(b, maxTokens)
  const most = Math.max(tokens.length, otherTokens.length)
  // not measured of long texts that are the same either: the mean would be of them alone
  if (most > maxTokens) return
  if (most === 0) {
    measured.fill(0, 0, 2)
    return
  }
  measured[0] = tokenEdits(tokens, otherTokens) / most
  measured[1] = 1 - commonStart(tokens, otherTokens) / most
}
