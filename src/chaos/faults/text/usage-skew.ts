import { z } from 'zod'
import { elementsOf } from '../../answers/lists.ts'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import type { Edit, Span } from '../../../core/json-edit.ts'

/** Wrong counts of tokens as YAML says them. */
export interface UsageSkewFields {
  readonly kind: 'usage-skew'
  readonly at?: string | undefined
  readonly factor: number
}

// Ollama has its counts beside everything else
const OLLAMA = [['prompt_eval_count'], ['eval_count']]

/** Multiplies the counts of tokens in an object, and in objects inside it; numbers that are not whole are none. */
export const usageSkew: FaultKind<UsageSkewFields> = {
  summary: 'multiplies the counts of tokens by a factor',
  stage: 'payload',
  onShadow: true,
  scales: 'the factor, as its exponent',
  effect: 'a count n becomes n * factor, rounded: a total may be off its parts by one',
  fields: z.strictObject({
    kind: z.literal('usage-skew'),
    at: targetField.optional().describe('an object of counts or a single one, `usage` when left out'),
    factor: z.number().min(0).max(1000).refine((factor) => factor !== 1, 'expected another factor than 1').describe('what each count is multiplied by')
  }),
  build: ({ at = 'usage', factor }) => {
    const target = compileTarget(at)
    return () => ({ strength }) => ({
      do: 'degrade',
      degrade: (answer) => {
        const found = at === 'usage' && answer.codec === 'ollama' ? answer.find(OLLAMA) : target.find(answer)
        return editsOf(answer, found, (span) => {
          const counts = countsIn(answer, span, 0)
          return counts.length === 0 ? 'wrong_type' : counts.map((count): Edit => ({ ...count, text: String(Math.round(Number(answer.textOf(count)) * factor ** strength)) }))
        })
      }
    })
  }
}

// details of a count, and no deeper
const MAX_DEPTH = 2

function countsIn(answer: ModelAnswer, span: Span, depth: number): readonly Span[] {
  if (COUNT.test(answer.textOf(span))) return [span]
  return depth === MAX_DEPTH ? [] : elementsOf(answer, span).flatMap((element) => countsIn(answer, element, depth + 1))
}

// a number of 16 digits may not be read as what it says
const COUNT = /^(?:0|[1-9]\d{0,11})$/
