import { z } from 'zod'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf, removing } from '../../parts/edits.ts'

/** Lost log probabilities as YAML says them. */
export interface DropLogprobsFields {
  readonly kind: 'drop-logprobs'
  readonly at?: string | undefined
  readonly leaves?: 'key' | 'nothing' | undefined
}

// of chat and text completions, responses, and Ollama
const LOGPROBS = [['choices', '*', 'logprobs'], ['output', '*', 'content', '*', 'logprobs'], ['logprobs']]

/** Loses the log probabilities of tokens, which what is built on a model's confidence relies on. */
export const dropLogprobs: FaultKind<DropLogprobsFields> = {
  summary: 'loses the log probabilities of tokens',
  stage: 'payload',
  onShadow: true,
  fields: z.strictObject({
    kind: z.literal('drop-logprobs'),
    at: targetField.optional().describe('where they are; those of OpenAI and Ollama when left out'),
    leaves: z.enum(['key', 'nothing']).optional().describe('what is left: the `key` and null behind it, the default, as servers have it that were not asked for any; or `nothing`')
  }),
  build: ({ at, leaves = 'key' }) => {
    const target = at === undefined ? undefined : compileTarget(at)
    return () => () => ({
      do: 'degrade',
      degrade: (answer) => {
        const found = target?.find(answer) ?? answer.find(LOGPROBS)
        return leaves === 'key' ? editsOf(answer, found, (span) => [{ ...span, text: 'null' }]) : removing(answer, found)
      }
    })
  }
}
