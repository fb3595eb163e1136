import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { atEmbedding, movingEach } from './vector.ts'

/** Dimensions lost as YAML says it. */
export interface EmbeddingDropFields {
  readonly kind: 'embedding-drop'
  readonly at?: string | undefined
  readonly share: number
}

/** Sets dimensions to 0, each drawn by itself and anew for each embedding. */
export const embeddingDrop: FaultKind<EmbeddingDropFields> = {
  summary: 'sets a share of the dimensions of each embedding to 0, others each time',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'square of the cosine to what it was = 1 - share on average',
  fields: z.strictObject({
    kind: z.literal('embedding-drop'),
    at: atEmbedding,
    share: z.number().gt(0).max(1).describe('with what probability a dimension is set to 0')
  }),
  build: ({ at, share }) => movingEach(at, (vector, { draws, strength }) => vector.map((number) => draws.chance(share * strength) ? 0 : number))
}
