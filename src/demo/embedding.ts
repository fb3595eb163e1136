import { murmur3, octets } from '../core/hash.ts'
import { splitWords } from './words.ts'

/** Numbers in an embedding. */
export const EMBEDDING_SIZE = 64

/**
 * A text as a point on the unit sphere: texts that share words, or parts of words, lie close. Words and their runs of three
 * letters are hashed to a place and a sign (feature hashing; Weinberger et al., 2009). Numbers are rounded to 32-bit floats,
 * so that both encodings of an answer say the same.
 */
export function embed(text: string): Float32Array {
  const sums = new Float64Array(EMBEDDING_SIZE)
  const add = (feature: string, weight: number): void => {
    const hash = murmur3(octets(feature), 1)
    const place = hash % EMBEDDING_SIZE
    sums[place] = (sums[place] ?? 0) + (hash >>> 31 === 0 ? weight : -weight)
  }
  for (const word of splitWords(text)) {
    add(word, 1)
    const marked = `<${word}>`
    for (let i = 0; i + 3 <= marked.length; i++) add(marked.slice(i, i + 3), 0.4)
  }
  const length = Math.sqrt(sums.reduce((sum, value) => sum + value * value, 0))
  if (length === 0) sums[0] = 1 // no words: still a point on the sphere
  return Float32Array.from(sums, (value) => value / (length || 1))
}

/** Little-endian 32-bit floats in base64, as OpenAI's API has it. */
export function toBase64(embedding: Float32Array): string {
  const bytes = Buffer.alloc(embedding.length * 4)
  for (const [i, value] of embedding.entries()) bytes.writeFloatLE(value, i * 4)
  return bytes.toString('base64')
}
