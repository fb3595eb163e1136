import { describe, expect, it } from 'vitest'
import { embed, EMBEDDING_SIZE, toBase64 } from '../../src/demo/embedding.ts'

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)

describe('an embedding', () => {
  it.each(['a house by the river', 'x', '', '東京', '\ud800'])('of %j is a point on the unit sphere, the same each time', (text) => {
    const point = embed(text)
    expect(point.length).toBe(EMBEDDING_SIZE)
    expect(cosine(point, point)).toBeCloseTo(1, 5)
    expect(embed(text)).toEqual(point)
  })

  it('is closer to a text that shares words than to one that shares none', () => {
    const house = embed('a house with a garden by the river')
    expect(cosine(house, embed('the garden of a house'))).toBeGreaterThan(0.3 + cosine(house, embed('seven slow trains')))
  })

  it('in base64 holds the same numbers', () => {
    const point = embed('a fan turns')
    const bytes = Buffer.from(toBase64(point), 'base64')
    expect(Array.from({ length: EMBEDDING_SIZE }, (_, i) => bytes.readFloatLE(i * 4))).toEqual([...point])
  })
})
