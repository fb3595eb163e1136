import type { Codec } from '../codec.ts'
import { asDouble } from '../read/exact-number.ts'
import { isObject } from '../read/json-type.ts'
import { own } from './parts/own.ts'
import { isAt } from './parts/path.ts'

/**
 * Documents in order of their relevance to a query: `results` (Cohere, Jina, vLLM, Infinity) or `data` (Voyage) of `index` and
 * `relevance_score`, or a bare array of `index` and `score` (Text Embeddings Inference). The answer is taken apart into
 * `ranking`, the indices in the order given, and `results` by index, so that a score is compared with that of the same document.
 */
export const rerank: Codec = {
  summary: 'rerankings of Cohere, Jina, Voyage, vLLM and Text Embeddings Inference: the order as a ranking, the scores of each document as numbers',
  rules: {
    ignore: ['/id', '/object', '/created', '/model', '/meta', '/usage'],
    fields: [{ at: '/ranking', as: 'ranking' }],
    numbers: 'float32'
  },
  recognises(path, document, streamed) {
    const listed = listOf(document)
    if (streamed || listed === undefined || listed.results.length === 0) return false
    if (listed.member !== 'results' && !isAt(path, '/rerank')) return false
    return listed.results.every((result) => isIndex(own(result, 'index')) && asDouble(own(result, listed.score)) !== undefined)
  },
  canonical(document) {
    const listed = listOf(document)
    const results = new Map<string, unknown>()
    for (const result of listed?.results ?? []) {
      const index = own(result, 'index')
      if (!isObject(result) || !isIndex(index) || results.has(String(index))) return document
      results.set(String(index), Object.fromEntries(Object.entries(result).filter(([key]) => key !== 'index')))
    }
    if (listed === undefined) return document
    const rest = isObject(document) ? Object.entries(document).filter(([key]) => key !== listed.member) : []
    return { ...Object.fromEntries(rest), ranking: listed.results.map((result) => own(result, 'index')), results: Object.fromEntries(results) }
  }
}

interface Listed {
  /** Empty for a bare array. */
  readonly member: string
  readonly score: string
  readonly results: readonly unknown[]
}

function listOf(document: unknown): Listed | undefined {
  if (Array.isArray(document)) return { member: '', score: 'score', results: document }
  for (const member of ['results', 'data']) {
    const results = own(document, member)
    if (Array.isArray(results)) return { member, score: 'relevance_score', results }
  }
  return undefined
}

const isIndex = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0
