import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { atScores, movingEach } from './probabilities.ts'

/** Probabilities kept off 0 and 1 as YAML says it. */
export interface ClipProbabilitiesFields {
  readonly kind: 'clip-probabilities'
  readonly at?: string | undefined
  readonly epsilon: number
  readonly renormalise?: boolean | undefined
}

/** Cuts off how sure a model may be, as code does that is afraid of the logarithm of 0. */
export const clipProbabilities: FaultKind<ClipProbabilitiesFields> = {
  summary: 'keeps each probability at least `epsilon` from 0 and from 1',
  stage: 'payload',
  onShadow: true,
  scales: 'epsilon',
  effect: 'p becomes min(max(p, epsilon), 1 - epsilon), so that the log loss of an answer is at most -ln(epsilon); renormalised over K classes at most ln(K-1 + 1/epsilon)',
  fields: z.strictObject({
    kind: z.literal('clip-probabilities'),
    at: atScores,
    epsilon: z.number().gt(0).lt(0.5).describe('how near to 0 and 1 they may be'),
    renormalise: z.boolean().optional().describe('whether they are made to sum to what they did again, false when left out')
  }),
  build: ({ at, epsilon, renormalise = false }) => movingEach(at, ({ values, sum }, { strength }) => {
    const least = epsilon * strength
    const clipped = values.map((value) => Math.min(Math.max(value, least), 1 - least))
    const whole = clipped.reduce((total, value) => total + value, 0)
    return renormalise && whole !== sum ? clipped.map((value) => value / whole * sum) : clipped
  })
}
