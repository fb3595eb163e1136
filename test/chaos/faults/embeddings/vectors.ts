import { Draws } from '../../../../src/chaos/draws.ts'
import { keyOf, saltOf } from '../../../../src/core/hash.ts'
import { degraded, type Fields } from '../../support/fault.ts'

/** A vector of so many dimensions; another one for each name. */
export function vectorOf(name: string, dimensions: number): readonly number[] {
  const draws = new Draws(saltOf('vector', name), keyOf(name))
  return Array.from({ length: dimensions }, () => draws.normal() / 10)
}

/** What a fault makes of a vector that is sent as numbers; the vector itself when it is skipped. */
export function movedBy(kind: string, fields: Fields, vector: readonly number[], given: { readonly id?: string, readonly strength?: number } = {}): readonly number[] {
  const text = degraded(kind, fields, { embedding: vector }, given)
  return text === undefined ? vector : (JSON.parse(text) as { readonly embedding: readonly number[] }).embedding
}

/** And of one that is sent as OpenAI's base64. */
export function movedAsBase64(kind: string, fields: Fields, vector: readonly number[]): readonly number[] {
  const text = degraded(kind, fields, { object: 'list', data: [{ object: 'embedding', index: 0, embedding: base64Of(vector) }] }, { path: '/v1/embeddings' })
  return floatsOf((JSON.parse(text ?? '') as { readonly data: readonly [{ readonly embedding: string }] }).data[0].embedding)
}

export const base64Of = (vector: readonly number[]): string => Buffer.from(Float32Array.from(vector).buffer).toString('base64')

export function floatsOf(base64: string): readonly number[] {
  const octets = Buffer.from(base64, 'base64')
  return Array.from({ length: octets.length / 4 }, (_, i) => octets.readFloatLE(4 * i))
}

export const dotOf = (one: readonly number[], other: readonly number[]): number => one.reduce((sum, number, i) => sum + number * (other[i] ?? 0), 0)

export const lengthOf = (vector: readonly number[]): number => Math.sqrt(dotOf(vector, vector))

export const cosineOf = (one: readonly number[], other: readonly number[]): number => dotOf(one, other) / lengthOf(one) / lengthOf(other)
