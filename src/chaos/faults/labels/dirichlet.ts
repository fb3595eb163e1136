import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { logGamma } from './gamma-draw.ts'
import { atScores, movingEach, normalised } from './probabilities.ts'

/** Noise about probabilities as YAML says it. */
export interface DirichletFields {
  readonly kind: 'dirichlet'
  readonly at?: string | undefined
  readonly concentration: number
}

/** Draws probabilities about those there were, from the Dirichlet distribution: gamma draws of the shapes concentration*p, made to sum to 1 (L. Devroye, Non-Uniform Random Variate Generation, 1986, XI.4). */
export const dirichlet: FaultKind<DirichletFields> = {
  summary: 'draws probabilities about those there were, which stay the mean of what is drawn (Dirichlet distribution)',
  stage: 'payload',
  onShadow: true,
  scales: 'one over the concentration',
  effect: 'each p has mean p and variance p(1-p)/(concentration+1)',
  fields: z.strictObject({
    kind: z.literal('dirichlet'),
    at: atScores,
    concentration: z.number().min(0.01).max(1e9).describe('how near the draws are: with 100 a p of 0.5 has standard deviation 0.05, with 1 it has 0.35')
  }),
  build: ({ at, concentration }) => movingEach(at, ({ values, sum }, { draws, strength }) => {
    const scale = concentration / strength / sum
    return normalised(values.map((value) => value === 0 ? -Infinity : logGamma(value * scale, draws)), sum)
  })
}
