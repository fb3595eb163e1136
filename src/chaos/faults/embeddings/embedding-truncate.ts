import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { atEmbedding, lengthOf, movingEach } from './vector.ts'

/** Embeddings cut short as YAML says it. */
export interface EmbeddingTruncateFields {
  readonly kind: 'embedding-truncate'
  readonly at?: string | undefined
  readonly dimensions: number
  readonly renormalise?: boolean | undefined
}

/** Leaves only the first dimensions of each embedding. */
export const embeddingTruncate: FaultKind<EmbeddingTruncateFields> = {
  summary: 'leaves only the first dimensions of each embedding',
  stage: 'payload',
  onShadow: true,
  scales: 'how many dimensions are cut off',
  effect: 'cosine to what it was, with 0 for what is cut off = |e[1..d]| / |e|',
  fields: z.strictObject({
    kind: z.literal('embedding-truncate'),
    at: atEmbedding,
    dimensions: z.int().min(1).describe('how many are left'),
    renormalise: z.boolean().optional().describe('whether what is left is stretched to the length the embedding had, false when left out')
  }),
  build: ({ at, dimensions, renormalise = false }) => movingEach(at, (vector, { strength }) => {
    const cut = Math.round(Math.max(0, vector.length - dimensions) * strength)
    if (cut === 0) return vector
    const left = vector.slice(0, vector.length - cut)
    const length = renormalise ? lengthOf(left) : 0
    return length === 0 ? left : left.map((number) => number * (lengthOf(vector) / length))
  })
}
