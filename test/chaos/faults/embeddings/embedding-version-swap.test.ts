import { describe, expect, it } from 'vitest'
import { degraded, skipOf } from '../../support/fault.ts'
import { cosineOf, lengthOf, movedAsBase64, movedBy, vectorOf } from './vectors.ts'

const KIND = 'embedding-version-swap'
const MAPS = [{}, { seed: 7 }, { reflections: 1 }, { seed: 2, reflections: 3 }]

describe('another version of an embedding model', () => {
  it.each(MAPS)('as %j keeps lengths and the cosines among its own', (fields) => {
    const vectors = Array.from({ length: 12 }, (_, i) => vectorOf(`v${i % 6}`, 96).map((number, j) => number + (i < 6 ? 0.1 : 0) * (j % 3)))
    const moved = vectors.map((vector, i) => movedBy(KIND, fields, vector, { id: `r${i}` }))
    vectors.forEach((one, i) => {
      expect(lengthOf(moved[i]!)).toBeCloseTo(lengthOf(one), 12)
      vectors.forEach((other, j) => { expect(cosineOf(moved[i]!, moved[j]!)).toBeCloseTo(cosineOf(one, other), 12) })
    })
  })

  it.each(MAPS)('as %j is foreign to what was stored', (fields) => {
    // the cosine of a vector to its image is about normal with variance 1/d: 5 deviations for each of 100
    const dimensions = 512
    for (let i = 0; i < 100; i++) {
      const vector = vectorOf(`v${i}`, dimensions).map((number) => number + 0.2) // as embeddings are: not about 0
      expect(Math.abs(cosineOf(vector, movedBy(KIND, fields, vector)))).toBeLessThan(5 / Math.sqrt(dimensions))
    }
  })

  it('is the same map in every request, process and release', () => {
    const vector = [1, 2, 3, 4, 5, 6, 7, 8]
    const moved = movedBy(KIND, {}, vector, { id: 'r1' })
    expect(movedBy(KIND, {}, vector, { id: 'r2' })).toEqual(moved)
    expect(moved).toEqual(GOLDEN)
    expect(movedBy(KIND, { seed: 1 }, vector)).not.toEqual(moved)
  })

  it('follows vectors of other dimensions in between', () => {
    const text = degraded(KIND, { at: '/vectors/*' }, { vectors: [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8]] })
    const { vectors } = JSON.parse(text ?? '') as { readonly vectors: readonly (readonly number[])[] }
    expect(vectors[0]).toEqual(GOLDEN)
    expect(vectors[2]).toEqual(GOLDEN)
  })

  it('moves numbers of base64 as it does others', () => {
    expect(movedAsBase64(KIND, {}, [1, 2, 3, 4, 5, 6, 7, 8])).toEqual(GOLDEN)
  })

  it('changes the octets of the vector alone, and writes no -0', () => {
    expect(degraded(KIND, {}, '{"id":12345678901234567890, "vector":[ 0.0, 0,0 ,1.50],"p":1.0}')).toMatch(/^\{"id":12345678901234567890, "vector":\[ (?:0\.0|-?1\.5), (?:0|-?1\.5),(?:0|-?1\.5) ,(?:0|-?1\.50?)\],"p":1\.0\}$/)
  })

  it.each([['{"embedding":null}', 'wrong_type'], ['{}', 'target_absent'], ['{', 'not_json']])('skips %s: %s', (body, reason) => {
    expect(skipOf(KIND, {}, body)).toBe(reason)
  })

  it.each([{ seed: -1 }, { seed: 0.5 }, { reflections: 17 }, { reflections: -1 }, { at: '' }])('is refused as %j', (fields) => {
    expect(() => degraded(KIND, fields, '{}')).toThrow()
  })
})

// as first written; another map would be another model
const GOLDEN = [2, -5, -6, 4, 7, -8, 3, -1]
