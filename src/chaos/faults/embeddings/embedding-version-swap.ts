import { z } from 'zod'
import { keyOf, saltOf } from '../../../core/hash.ts'
import { Draws } from '../../draws.ts'
import type { FaultKind } from '../../fault.ts'
import { atEmbedding, dot, lengthOf, movingEach } from './vector.ts'

/** Another version of an embedding model as YAML says it. */
export interface EmbeddingVersionSwapFields {
  readonly kind: 'embedding-version-swap'
  readonly at?: string | undefined
  readonly seed?: number | undefined
  readonly reflections?: number | undefined
}

/** One orthogonal map, for vectors of one dimension: it keeps lengths and angles. */
interface Turn {
  readonly dimensions: number
  /** Of each dimension, where its number comes from. */
  readonly from: Uint32Array
  /** And its sign, 1 or -1. */
  readonly signs: Int8Array
  /** Unit vectors that are mirrored along, one after the other. */
  readonly mirrors: readonly Float64Array[]
}

/**
 * Maps all embeddings by one orthogonal matrix, which follows from the seed and the dimension alone: among themselves they are
 * as similar as before, and to those in an index that was built earlier they are as good as unrelated. It is a permutation with
 * signs, and `reflections` of A. S. Householder (Unitary Triangularization of a Nonsymmetric Matrix, 1958) after it: x - 2v(vx).
 */
export const embeddingVersionSwap: FaultKind<EmbeddingVersionSwapFields> = {
  summary: 'maps all embeddings by one fixed rotation, as another version of the model would: alike among themselves, foreign to a stored index',
  stage: 'payload',
  onShadow: true,
  effect: 'cosine between two mapped embeddings = what it was; between a mapped and an earlier one near 0, with variance about 1/dimensions',
  fields: z.strictObject({
    kind: z.literal('embedding-version-swap'),
    at: atEmbedding,
    seed: z.int().min(0).optional().describe('which of the maps, 0 when left out; the same one in every process'),
    reflections: z.int().min(0).max(16).optional().describe('how many mirrors mix the dimensions after they have changed places, 0 when left out')
  }),
  build: ({ at, seed = 0, reflections = 0 }) => {
    // a model has one dimension, so one map is all that needs to be kept
    let turn = turnOf(1, seed, reflections)
    return movingEach(at, (vector) => {
      if (turn.dimensions !== vector.length) turn = turnOf(vector.length, seed, reflections)
      return mapped(vector, turn)
    })
  }
}

function turnOf(dimensions: number, seed: number, reflections: number): Turn {
  const draws = new Draws(saltOf('embedding-version-swap', String(seed)), keyOf(String(dimensions)))
  const from = Uint32Array.from({ length: dimensions }, (_, i) => i)
  // Fisher and Yates: each order as likely
  for (let i = dimensions - 1; i > 0; i--) {
    const j = draws.below(i + 1)
    const kept = from[i] ?? 0
    from[i] = from[j] ?? 0
    from[j] = kept
  }
  const signs = Int8Array.from({ length: dimensions }, () => draws.chance(0.5) ? 1 : -1)
  const mirrors = Array.from({ length: reflections }, () => {
    const drawn = Float64Array.from({ length: dimensions }, () => draws.normal())
    const length = lengthOf(drawn)
    return drawn.map((number) => number / length)
  })
  return { dimensions, from, signs, mirrors }
}

function mapped(vector: Float64Array, { from, signs, mirrors }: Turn): Float64Array {
  // 0 is added as a 0 with the other sign is no zero that a model would write
  const moved = vector.map((_, i) => (vector[from[i] ?? 0] ?? 0) * (signs[i] ?? 1) + 0)
  for (const mirror of mirrors) {
    const along = 2 * dot(mirror, moved)
    mirror.forEach((number, i) => { moved[i] = (moved[i] ?? 0) - along * number })
  }
  return moved
}
