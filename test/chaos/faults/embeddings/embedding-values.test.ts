import { describe, expect, it } from 'vitest'
import { float16 } from '../../../../src/chaos/faults/embeddings/embedding-quantise.ts'
import { countBound } from '../../../support/chance.ts'
import { degraded, skipOf } from '../../support/fault.ts'
import { base64Of, cosineOf, dotOf, lengthOf, movedAsBase64, movedBy, vectorOf } from './vectors.ts'

describe('an embedding of a wrong length', () => {
  it('is so many times as long, and points where it did', () => {
    const vector = vectorOf('norm', 128)
    const moved = movedBy('embedding-norm', { factor: 2.5 }, vector)
    expect(lengthOf(moved)).toBeCloseTo(2.5 * lengthOf(vector), 12)
    expect(cosineOf(moved, vector)).toBeCloseTo(1, 12)
  })

  it.each([[3, 1, '{"n":1.0,"embedding":[ 3, 0.0,-6 ]}'], [5, 0.5, '{"n":1.0,"embedding":[ 3, 0.0,-6 ]}'], [0.5, 1, '{"n":1.0,"embedding":[ 0.5, 0.0,-1 ]}']])('by %d at strength %d keeps what stays and all around it', (factor, strength, expected) => {
    expect(degraded('embedding-norm', { factor }, '{"n":1.0,"embedding":[ 1.0, 0.0,-2 ]}', { strength })).toBe(expected)
  })

  it.each([['{"embedding":[1e308,1]}', 'not_finite'], [{ embedding: base64Of([3e38]) }, 'not_finite'], ['{"embedding":[0]}', 'unchanged'], ['{}', 'target_absent']])('of %j is skipped: %s', (body, reason) => {
    expect(skipOf('embedding-norm', { factor: 10 }, body)).toBe(reason)
  })

  it.each([{}, { factor: 0 }, { factor: 1 }, { factor: -1 }, { factor: 1e10 }])('is refused as %j', (fields) => {
    expect(() => degraded('embedding-norm', fields, '{}')).toThrow()
  })
})

describe('an embedding that loses dimensions', () => {
  it.each([[0.2, 1], [0.5, 0.4], [0.05, 1]])('has a share of %d, times the strength %d, of them at 0', (share, strength) => {
    const vector = vectorOf('drop', 64)
    const requests = 500
    let lost = 0
    let squares = 0
    for (let i = 0; i < requests; i++) {
      const moved = movedBy('embedding-drop', { share }, vector, { id: `r${i}`, strength })
      expect(moved.every((number, j) => number === 0 || number === vector[j])).toBe(true)
      lost += moved.filter((number) => number === 0).length
      squares += cosineOf(moved, vector) ** 2
    }
    const hit = share * strength
    expect(Math.abs(lost - requests * 64 * hit)).toBeLessThan(countBound(requests * 64, hit))
    // the square of the cosine is what is kept of the sum of squares: variance p(1-p) of the fourth powers, over that sum squared
    const fourth = vector.reduce((sum, number) => sum + number ** 4, 0) / dotOf(vector, vector) ** 2
    expect(Math.abs(squares / requests - (1 - hit))).toBeLessThan(3.29 * Math.sqrt(hit * (1 - hit) * fourth / requests))
  })

  it('keeps the octets of those that stay', () => {
    const text = degraded('embedding-drop', { share: 0.5 }, '{"embedding":[1.0, 2.00, 3.000, 4.0e0], "id":98765432109876543210}')
    expect(text).toMatch(/^\{"embedding":\[(?:1\.0|0), (?:2\.00|0), (?:3\.000|0), (?:4\.0e0|0)\], "id":98765432109876543210\}$/)
    expect(text).toContain('0,')
  })

  it('loses more and the same ones at more strength', () => {
    const vector = vectorOf('nested', 200)
    const weak = movedBy('embedding-drop', { share: 0.5 }, vector, { strength: 0.3 })
    const strong = movedBy('embedding-drop', { share: 0.5 }, vector)
    weak.forEach((number, i) => { if (number === 0) expect(strong[i]).toBe(0) })
    expect(strong.filter((number) => number === 0).length).toBeGreaterThan(weak.filter((number) => number === 0).length)
  })

  it('may lose all, in base64 too', () => {
    expect(movedAsBase64('embedding-drop', { share: 1 }, [1, 2, 3])).toEqual([0, 0, 0])
  })

  it.each([['{"embedding":[0,0.0]}', 'unchanged'], ['{"embedding":true}', 'wrong_type'], ['{}', 'target_absent'], ['', 'not_json']])('of %s is skipped: %s', (body, reason) => {
    expect(skipOf('embedding-drop', { share: 1 }, body)).toBe(reason)
  })

  it.each([{}, { share: 0 }, { share: 1.1 }])('is refused as %j', (fields) => {
    expect(() => degraded('embedding-drop', fields, '{}')).toThrow()
  })
})

describe('an embedding of fewer bits', () => {
  it('has with int8 at most 255 values, none further off than half a step', () => {
    const vector = vectorOf('int8', 1000)
    const moved = movedBy('embedding-quantise', { to: 'int8' }, vector)
    const largest = Math.max(...vector.map(Math.abs))
    expect(new Set(moved).size).toBeLessThanOrEqual(255)
    vector.forEach((number, i) => { expect(Math.abs((moved[i] ?? 0) - number)).toBeLessThanOrEqual(largest / 254 * (1 + 1e-12)) })
    moved.forEach((number) => { expect(number / largest * 127).toBeCloseTo(Math.round(number / largest * 127), 9) })
  })

  it.each([
    [1, 1], [0, 0], [-2.5, -2.5], [65504, 65504], [65519.9, 65504], [65520, Infinity], [-1e300, -Infinity], [1 + 2 ** -11, 1], [1 + 3 * 2 ** -11, 1 + 2 ** -9], [0.1, 0.0999755859375], [1 / 3, 0.333251953125],
    [2 ** -14, 2 ** -14], [2 ** -24, 2 ** -24], [2 ** -25, 0], [1.5 * 2 ** -24, 2 ** -23], [1e-300, 0], [2 ** -14 - 2 ** -25, 2 ** -14], [2048.5, 2048], [2049, 2048], [2051, 2052]
  ])('holds with float16 %d as %d', (number, expected) => {
    expect(float16(number)).toBe(expected)
  })

  it('halves the rounding error at half the strength', () => {
    expect(movedBy('embedding-quantise', { to: 'float16' }, [0.1, 1], { strength: 0.5 })).toEqual([expect.closeTo((0.1 + 0.0999755859375) / 2, 15), 1])
  })

  it('keeps the octets of what fits already', () => {
    expect(degraded('embedding-quantise', { to: 'float16' }, '{"embedding":[1.0, 0.1, 0.50],"n":1.0}')).toBe('{"embedding":[1.0, 0.0999755859375, 0.50],"n":1.0}')
    expect(movedAsBase64('embedding-quantise', { to: 'float16' }, [0.1, 1])).toEqual([0.0999755859375, 1])
  })

  it.each([['int8', '{"embedding":[1.0,-1,0]}', 'unchanged'], ['float16', '{"embedding":[1e5]}', 'not_finite'], ['int8', '{"embedding":[0,0]}', 'unchanged'], ['int8', '{"embedding":""}', 'wrong_type']])('to %s of %s is skipped: %s', (to, body, reason) => {
    expect(skipOf('embedding-quantise', { to }, body)).toBe(reason)
  })

  it.each([{}, { to: 'int4' }, { to: 8 }])('is refused as %j', (fields) => {
    expect(() => degraded('embedding-quantise', fields, '{}')).toThrow()
  })
})

it.each([['embedding-norm', { factor: 2 }], ['embedding-drop', { share: 0.9 }], ['embedding-quantise', { to: 'int8' }], ['embedding-truncate', { dimensions: 1 }]])('the fault %s changes nothing at no strength', (kind, fields) => {
  expect(degraded(kind, fields, { embedding: [0.1, 0.22, 0.333] }, { strength: 0 })).toBeUndefined()
  expect(degraded(kind, fields, { embedding: base64Of([0.1, 0.22, 0.333]) }, { strength: 0 })).toBeUndefined()
})
