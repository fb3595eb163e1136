import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { atScores, movingEach } from './probabilities.ts'

/** Flattened probabilities as YAML says them. */
export interface MixProbabilitiesFields {
  readonly kind: 'mix-probabilities'
  readonly at?: string | undefined
  readonly share: number
}

/** Mixes probabilities with those of a model that knows nothing. */
export const mixProbabilities: FaultKind<MixProbabilitiesFields> = {
  summary: 'mixes probabilities with those of a model that takes all classes to be as likely',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'p of K classes becomes (1-share)*p + share/K; the accuracy stays where share < 1, entropy rises',
  fields: z.strictObject({
    kind: z.literal('mix-probabilities'),
    at: atScores,
    share: z.number().gt(0).max(1).describe('how much of the mixture is the uniform one; with 1 all classes are as likely')
  }),
  build: ({ at, share }) => movingEach(at, ({ values, sum }, { strength }) => {
    const mixed = share * strength
    return values.map((value) => (1 - mixed) * value + mixed * sum / values.length)
  })
}
