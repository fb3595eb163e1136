import { describe, expect, it } from 'vitest'
import { degraded, skipOf } from '../../support/fault.ts'
import { base64Of, cosineOf, floatsOf, lengthOf, movedAsBase64, movedBy, vectorOf } from './vectors.ts'

const KIND = 'embedding-rotate'

describe('a rotation of embeddings', () => {
  it.each([[2, 0.9], [2, -1], [3, 0], [8, 0.5], [20, 0.99], [384, 0.9], [1536, 0.999], [1536, -0.3]])('of %d dimensions has exactly the cosine %d to what it was, and its length', (dimensions, cosine) => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      const vector = vectorOf(id, dimensions)
      const moved = movedBy(KIND, { cosine }, vector, { id })
      expect(Math.abs(cosineOf(vector, moved) - cosine)).toBeLessThan(1e-9)
      expect(Math.abs(lengthOf(moved) / lengthOf(vector) - 1)).toBeLessThan(1e-12)
    }
  })

  it.each([[8, 0.9], [384, 0.5], [1536, 0.99], [1536, -1]])('of %d dimensions in base64 has the cosine %d to what a float32 holds', (dimensions, cosine) => {
    const vector = floatsOf(base64Of(vectorOf('base64', dimensions)))
    const moved = movedAsBase64(KIND, { cosine }, vector)
    expect(Math.abs(cosineOf(vector, moved) - cosine)).toBeLessThan(1e-6)
    expect(Math.abs(lengthOf(moved) / lengthOf(vector) - 1)).toBeLessThan(1e-6)
  })

  it.each([[60, 1, 0.5], [90, 1, 0], [180, 1, -1], [90, 2 / 3, 0.5], [60, 0.5, Math.sqrt(3) / 2]])('by %d degrees at strength %d has the cosine %d', (degrees, strength, cosine) => {
    const vector = vectorOf('degrees', 64)
    expect(cosineOf(vector, movedBy(KIND, { degrees }, vector, { strength }))).toBeCloseTo(cosine, 12)
  })

  it('has on average the cosine to other vectors times the cosine of the angle', () => {
    const [dimensions, cosine, requests] = [16, 0.8, 2000]
    const vector = vectorOf('one', dimensions)
    const other = vector.map((number, i) => number + (vectorOf('two', dimensions)[i] ?? 0))
    const before = cosineOf(vector, other)
    let sum = 0
    for (let i = 0; i < requests; i++) sum += cosineOf(movedBy(KIND, { cosine }, vector, { id: `r${i}` }), other)
    // across the vector the direction is uniform on a sphere of one dimension less
    const deviation = Math.sqrt((1 - cosine ** 2) * (1 - before ** 2) / (dimensions - 1))
    expect(Math.abs(sum / requests - before * cosine)).toBeLessThan(3.29 * deviation / Math.sqrt(requests))
  })

  it('goes another way for each embedding of an answer, and the same way when the request comes again', () => {
    const vector = vectorOf('same', 4)
    const body = { data: [{ embedding: vector }, { embedding: vector }], object: 'list' }
    const text = degraded(KIND, { cosine: 0.5 }, body, { path: '/v1/embeddings' })
    const [first, second] = (JSON.parse(text ?? '') as { readonly data: readonly { readonly embedding: readonly number[] }[] }).data
    expect(first?.embedding).not.toEqual(second?.embedding)
    expect(degraded(KIND, { cosine: 0.5 }, body, { path: '/v1/embeddings' })).toBe(text)
  })

  it('of very large and very small numbers is none the less exact', () => {
    for (const size of [1e300, 1e-300]) {
      const moved = movedBy(KIND, { degrees: 180 }, [size, 0, -size])
      expect(moved.map((number) => number / size)).toEqual([-1, 0, 1].map((number) => expect.closeTo(number, 12)))
    }
  })

  it('changes the octets of the vector alone', () => {
    const head = '{"id":12345678901234567890, "score":1.0, "embedding": [ '
    const tail = ' ],\n"usage":{"total":0.1000}}'
    const text = degraded(KIND, { cosine: 0.5 }, `${head}1.0, 0.5${tail}`)
    expect(text?.startsWith(head)).toBe(true)
    expect(text?.endsWith(tail)).toBe(true)
    expect(text?.slice(head.length, -tail.length)).toMatch(/^-?\d[\d.e-]*, -?\d[\d.e-]*$/)
  })

  it.each([
    ['not json', 'not_json'], ['{"value":1}', 'target_absent'], ['{"embedding":"text"}', 'wrong_type'], ['{"embedding":[]}', 'wrong_type'], ['{"embedding":[1,"2"]}', 'wrong_type'],
    ['{"embedding":[1,NaN]}', 'wrong_type'], ['{"embedding":"AACAf="}', 'wrong_type'], ['{"embedding":{"0":1}}', 'wrong_type'], ['{"embedding":[1]}', 'too_short'], ['{"embedding":[0,0.0]}', 'zero_vector']
  ])('of %s is skipped: %s', (body, reason) => {
    expect(skipOf(KIND, { cosine: 0.5 }, body)).toBe(reason)
  })

  it('of no strength changes nothing', () => {
    expect(degraded(KIND, { cosine: 0.5 }, { embedding: [1, 2] }, { strength: 0 })).toBeUndefined()
  })

  it.each([{}, { cosine: 1 }, { cosine: -1.1 }, { degrees: 0 }, { degrees: 181 }, { cosine: 0.5, degrees: 60 }, { cosine: '0.5' }, { cosine: 0.5, at: 'embeddings' }])('is refused as %j', (fields) => {
    expect(() => degraded(KIND, fields, '{}')).toThrow()
  })
})
