import type { Comparator } from '../comparator.ts'

/** How a field differs: in value, in JSON type, there on one side only, or in the number of elements. */
export type Difference = 'value' | 'type' | 'missing' | 'extra' | 'length'

/**
 * Is told of every field of a pair while it is compared; nothing is gathered on the way. A `path` is a JSON Pointer in which
 * `*` stands for every index of an array and every key of a map, or one of the names in brackets below. Objects and arrays
 * are fields too, before their members: a field that turns up as a number in one answer of a hundred has been looked at a
 * hundred times.
 */
export interface FieldVisitor {
  /** A pair begins, or begins again: what was told of it before is void. */
  begin(): void
  same(path: string): void
  /** `missing`: the other has no such field; `extra`: the primary has none; that side is undefined. */
  differs(path: string, kind: Difference, primary: unknown, other: unknown): void
  /** To tell the two values apart would have taken too long. */
  gaveUp(path: string): void
  /** What a comparator measured of two values, before one of the above is told of them. `measured` is used again afterwards. */
  measured(path: string, comparator: Comparator, measured: Float64Array, primary: unknown, other: unknown): void
}

/** Fields that are no part of a JSON document. */
export const STATUS = '(status)'
/** What kind of answer this is: JSON, a stream of events, or other octets. */
export const CONTENT_TYPE = '(content-type)'
/** Bodies compared as octets, or one that is empty. */
export const BODY = '(body)'
/** Octets behind the JSON of an answer that has both. */
export const BINARY = '(binary)'
/** Whether a stream said that it was whole. */
export const STREAM_END = '(stream end)'
/** What a stream said had gone wrong. */
export const STREAM_ERROR = '(stream error)'
/** A header field that the config compares. */
export const headerField = (name: string): string => `(header ${name})`
