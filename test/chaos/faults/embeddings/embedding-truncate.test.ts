import { describe, expect, it } from 'vitest'
import { degraded, skipOf } from '../../support/fault.ts'
import { base64Of, cosineOf, lengthOf, movedAsBase64, movedBy, vectorOf } from './vectors.ts'

const KIND = 'embedding-truncate'

describe('an embedding that is cut short', () => {
  it.each([
    [3, 1, '{"embedding": [ 1.0, 0.1000, 3, 4.50 ], "n":1.0}', '{"embedding": [ 1.0, 0.1000, 3 ], "n":1.0}'],
    [1, 1, '{"embedding":[1.0,2,3]}', '{"embedding":[1.0]}'],
    [1, 0.5, '{"embedding":[1.0,2,3,4,5]}', '{"embedding":[1.0,2,3]}']
  ])('to %d at strength %d keeps the octets of what is left', (dimensions, strength, body, expected) => {
    expect(degraded(KIND, { dimensions }, body, { strength })).toBe(expected)
  })

  it('is cut in base64 too', () => {
    expect(movedAsBase64(KIND, { dimensions: 2 }, [1.5, -2.5, 3.5])).toEqual([1.5, -2.5])
  })

  it('has the length it had where that is asked for, and the cosine that is left', () => {
    const vector = vectorOf('long', 256)
    const moved = movedBy(KIND, { dimensions: 64, renormalise: true }, vector)
    const left = vector.slice(0, 64)
    expect(moved).toHaveLength(64)
    expect(lengthOf(moved)).toBeCloseTo(lengthOf(vector), 12)
    const padded = [...moved, ...vector.slice(64).map(() => 0)]
    expect(cosineOf(vector, padded)).toBeCloseTo(lengthOf(left) / lengthOf(vector), 12)
  })

  it('stays as it is where nothing but zeros is left to be stretched', () => {
    expect(movedBy(KIND, { dimensions: 2, renormalise: true }, [0, 0, 1])).toEqual([0, 0])
  })

  it.each([
    [{ dimensions: 4 }, '{"embedding":[1,2,3,4]}', 'unchanged'], [{ dimensions: 9 }, { embedding: base64Of([1, 2]) }, 'unchanged'], [{ dimensions: 1 }, '{"embedding":7}', 'wrong_type'],
    [{ dimensions: 1 }, '{}', 'target_absent'], [{ dimensions: 1 }, 'not json', 'not_json']
  ])('to %j of %j is skipped: %s', (fields, body, reason) => {
    expect(skipOf(KIND, fields, body)).toBe(reason)
  })

  it.each([{}, { dimensions: 0 }, { dimensions: 1.5 }, { dimensions: 2, renormalise: 'yes' }])('is refused as %j', (fields) => {
    expect(() => degraded(KIND, fields, '{}')).toThrow()
  })
})
