import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { MOST_LOGITS } from './binary.ts'
import { atScores, movingEach, normalised } from './probabilities.ts'

/** A favoured class as YAML says it. */
export interface ClassBiasFields {
  readonly kind: 'class-bias'
  readonly at?: string | undefined
  readonly class: string | number
  readonly bias: number
}

/** Favours a class or puts it at a disadvantage, as a shift of what is common in training data would. */
export const classBias: FaultKind<ClassBiasFields> = {
  summary: 'makes one class likelier or less likely than it was, as another share of it in training data would',
  stage: 'payload',
  onShadow: true,
  scales: 'the bias',
  effect: 'the odds of the class become e^bias times what they were: p becomes p*e^bias / (1 - p + p*e^bias); those among the others stay',
  fields: z.strictObject({
    kind: z.literal('class-bias'),
    at: atScores,
    class: z.union([z.string(), z.int().min(0)]).describe('which class: its key where probabilities are objects, its index from 0 where they are arrays'),
    bias: z.number().min(-MOST_LOGITS).max(MOST_LOGITS).refine((bias) => bias !== 0, 'expected another bias than 0, which changes nothing').describe('what is added to the logit of the class; 0.69 doubles its odds, -0.69 halves them')
  }),
  build: ({ at, class: name, bias }) => movingEach(at, ({ values, sum, indexOf }, { strength }) => {
    const favoured = indexOf(name)
    return favoured === -1 ? 'no_match' : normalised(values.map((value, i) => Math.log(value) + (i === favoured ? bias * strength : 0)), sum)
  })
}
