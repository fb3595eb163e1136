import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { atScores, movingEach } from './probabilities.ts'

/** Probabilities with a wrong sum as YAML says them. */
export interface DenormaliseFields {
  readonly kind: 'denormalise'
  readonly at?: string | undefined
  readonly sum: number
}

/** Makes what should be probabilities sum to something else, as a model does that has lost its last layer, or says percents. */
export const denormalise: FaultKind<DenormaliseFields> = {
  summary: 'makes probabilities sum to `sum` in place of 1',
  stage: 'payload',
  onShadow: true,
  scales: 'how far the sum is from 1',
  effect: 'all p sum to `sum`; their order and ratios, and so the accuracy, stay',
  fields: z.strictObject({
    kind: z.literal('denormalise'),
    at: atScores,
    sum: z.number().gt(0).max(1e6).refine((sum) => sum !== 1, 'expected another sum than 1, which changes nothing').describe('what they sum to')
  }),
  build: ({ at, sum: wanted }) => movingEach(at, ({ values, sum }, { strength }) => {
    const factor = (1 + (wanted - 1) * strength) / sum
    return values.map((value) => value * factor)
  })
}
