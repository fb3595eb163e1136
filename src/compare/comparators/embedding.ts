import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { cosineDistance } from '../distances/cosine.ts'
import { relativeL2 } from '../distances/relative-l2.ts'
import { sameNumber } from '../read/exact-number.ts'
import { numbersIn } from '../read/numbers-in.ts'

/** When two embeddings are the same. */
export interface EmbeddingFields {
  readonly cosine: number
}

const MEASURES: readonly Measure[] = [{ name: 'cosine_distance', kind: 'distance', max: 2 }, { name: 'relative_l2', kind: 'distance', max: 2 }]

const equal = deepEquality(sameNumber)

/**
 * An embedding: an array of numbers, or base64 of float32 in little-endian order as OpenAI's API may give it. The same when the
 * cosine between the two is high enough. Another dimension is another space, and always a difference; so is one of zeros beside
 * one that is not, which has no angle to it.
 */
export const embedding: Extension<EmbeddingFields, Comparator> = {
  summary: 'an embedding, as numbers or base64: the cosine between the two is at least what is asked; another dimension is a difference',
  fields: z.strictObject({ cosine: z.number().min(-1).max(1).default(0.999).describe('least cosine that is the same') }),
  build: ({ cosine }) => ({
    measures: MEASURES,
    compare(primary, other, measured) {
      const a = vectorOf(primary)
      const b = vectorOf(other)
      if (a === undefined || b === undefined || a.length !== b.length) return equal(primary, other) ? 'same' : 'different'
      const distance = cosineDistance(a, b)
      measured[0] = distance
      measured[1] = relativeL2(a, b)
      // no angle is NaN, and so never enough
      return 1 - distance >= cosine ? 'same' : 'different'
    }
  })
}

function vectorOf(value: unknown): Float32Array | Float64Array | undefined {
  if (typeof value !== 'string') return numbersIn(value)
  const octets = Buffer.from(value, 'base64')
  // decoding skips what is no base64, so only what comes out again as it went in was some
  if (octets.length === 0 || octets.length % 4 !== 0 || octets.toString('base64') !== value) return undefined
  const vector = new Float32Array(octets.length / 4)
  for (let i = 0; i < vector.length; i++) vector[i] = octets.readFloatLE(4 * i)
  return vector.every((number) => Number.isFinite(number)) ? vector : undefined
}
