import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { atEmbedding, movingEach } from './vector.ts'

const FORMATS = ['int8', 'float16'] as const

/** Embeddings of fewer bits as YAML says it. */
export interface EmbeddingQuantiseFields {
  readonly kind: 'embedding-quantise'
  readonly at?: string | undefined
  readonly to: typeof FORMATS[number]
}

/** Rounds embeddings to what fewer bits can hold, and writes them as the numbers they stand for. */
export const embeddingQuantise: FaultKind<EmbeddingQuantiseFields> = {
  summary: 'rounds the numbers of each embedding as if they had been stored in 8 or 16 bits',
  stage: 'payload',
  onShadow: true,
  scales: 'the rounding error',
  effect: 'error of a dimension: at most largest/254 with int8, where `largest` is that of the embedding, and 2^-11 of its value with float16',
  fields: z.strictObject({
    kind: z.literal('embedding-quantise'),
    at: atEmbedding,
    to: z.enum(FORMATS).describe('`int8`: 255 steps that reach from the largest number below 0 to that above; `float16`: half precision (IEEE 754 binary16)')
  }),
  build: ({ at, to }) => movingEach(at, (vector, { strength }) => {
    const round = to === 'int8' ? int8Of(vector) : float16
    // the difference is not added at full strength, as a sum would be rounded again
    return vector.map((number) => strength === 1 ? round(number) : number + (round(number) - number) * strength)
  })
}

/** Rounds to a 127th of the largest number. */
function int8Of(vector: Float64Array): (number: number) => number {
  const step = vector.reduce((most, number) => Math.max(most, Math.abs(number)), 0) / 127
  return step === 0 ? (number) => number : (number) => Math.round(number / step) * step + 0 // no -0
}

/** The nearest binary16 number, of two as near the even one: 11 significant bits down to 2^-14, and steps of 2^-24 below. Infinite from half a step above 65,504. */
export function float16(number: number): number {
  const size = Math.abs(number)
  if (size >= 65520) return Math.sign(number) * Infinity
  let exponent = Math.floor(Math.log2(size))
  // the logarithm may have been rounded up to the next whole number
  if (2 ** exponent > size) exponent--
  const step = 2 ** (Math.max(exponent, -14) - 10)
  // from 2^52 to 2^53 steps a double holds whole steps only, and sums are rounded to the nearest even one
  const base = 1.5 * 2 ** 52 * step
  return number + base - base
}
