import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { atEmbedding, movingEach } from './vector.ts'

/** Embeddings of a wrong length as YAML says it. */
export interface EmbeddingNormFields {
  readonly kind: 'embedding-norm'
  readonly at?: string | undefined
  readonly factor: number
}

/** Stretches embeddings, as a model does that has lost its last normalisation. */
export const embeddingNorm: FaultKind<EmbeddingNormFields> = {
  summary: 'multiplies each embedding by `factor`, as if its normalisation was lost',
  stage: 'payload',
  onShadow: true,
  scales: 'how far the factor is from 1',
  effect: 'length and dot products become factor times what they were; cosines stay',
  fields: z.strictObject({
    kind: z.literal('embedding-norm'),
    at: atEmbedding,
    factor: z.number().gt(0).max(1e9).refine((factor) => factor !== 1, 'expected another factor than 1, which changes nothing').describe('by how much it is longer; below 1 it is shorter')
  }),
  build: ({ at, factor }) => movingEach(at, (vector, { strength }) => {
    const stretch = 1 + (factor - 1) * strength
    return vector.map((number) => number * stretch)
  })
}
