import { degraded, type Fields } from '../../support/fault.ts'

interface Given { readonly id?: string, readonly strength?: number }

/** A ranking of so many items: 0, 1, 2 ... */
export const inOrder = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

/** In which order a fault puts the items 0, 1, 2 ...; as they were when it is skipped. */
export function orderBy(kind: string, fields: Fields, count: number, given: Given = {}): readonly number[] {
  const text = degraded(kind, fields, { ranking: inOrder(count) }, given)
  return text === undefined ? inOrder(count) : (JSON.parse(text) as { readonly ranking: readonly number[] }).ranking
}

/** Pairs of items that have changed sides (M. G. Kendall, 1938). */
export function kendallDistance(order: readonly number[]): number {
  let pairs = 0
  order.forEach((item, i) => { for (const later of order.slice(i + 1)) if (later < item) pairs++ })
  return pairs
}

export const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

/** The items of a rerank answer as its clients see them, spelled as no printer would. */
export const RERANK = `{"id":"12345678901234567890","results":[ {"index":4, "relevance_score":0.9900},
  {"index":0, "relevance_score":0.50},
  {"relevance_score":1e-1, "index":2} ], "usage":{"total":1.0}}`
