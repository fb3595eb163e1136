import { describe, expect, it } from 'vitest'
import { rerank } from '../../../src/compare/codecs/rerank.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'

const PATH = '/v1/rerank'
const RESULTS = [{ index: 3, relevance_score: 0.999071, document: { text: 'Washington' } }, { index: 0, relevance_score: 0.7867867 }, { index: 12, relevance_score: 0.32713068 }]
const COHERE = { results: RESULTS, id: '07734bd2-2473-4f07-94e1-0d9f0e6843cf', meta: { api_version: { version: '2' } } }

describe('the codec of rerankings', () => {
  it.each<[string, string, unknown]>([
    ['an answer', '/v2/rerank', COHERE],
    ['an answer at another path', '/', COHERE],
    ['an answer of Voyage', PATH, { object: 'list', data: RESULTS, model: 'rerank-2', usage: { total_tokens: 26 } }],
    ['an answer of Text Embeddings Inference', '/rerank', [{ index: 1, score: 0.9976 }, { index: 0, score: 0.0126, text: 'a' }]],
    ['a score of many digits', PATH, { results: [{ index: 0, relevance_score: new ExactNumber(0.5, '0.5000000000000000001') }] }]
  ])('recognises %s', (_what, path, document) => {
    expect(rerank.recognises(path, document, false)).toBe(true)
  })

  it.each<[string, string, unknown, boolean]>([
    ['results of something else', PATH, { results: [{ title: 'a' }] }, false],
    ['results of which one is something else', PATH, { results: [...RESULTS, { index: 1 }] }, false],
    ['no results', PATH, { results: [] }, false],
    ['a list elsewhere', '/top', [{ index: 1, score: 0.9 }], false],
    ['data elsewhere', '/', { data: RESULTS }, false],
    ['an index that is none', PATH, { results: [{ index: -1, relevance_score: 1 }] }, false],
    ['scores that are words', PATH, { results: [{ index: 1, relevance_score: 'high' }] }, false],
    ['a stream', PATH, COHERE, true]
  ])('does not take %s for it', (_what, path, document, streamed) => {
    expect(rerank.recognises(path, document, streamed)).toBe(false)
  })

  it('takes the order apart from the scores', () => {
    expect(rerank.canonical?.(COHERE)).toEqual({
      id: COHERE.id, meta: COHERE.meta, ranking: [3, 0, 12],
      results: { 3: { relevance_score: 0.999071, document: { text: 'Washington' } }, 0: { relevance_score: 0.7867867 }, 12: { relevance_score: 0.32713068 } }
    })
    expect(rerank.canonical?.({ data: RESULTS })).toMatchObject({ ranking: [3, 0, 12] })
    expect(rerank.canonical?.([{ index: 1, score: 0.9 }, { index: 0, score: 0.1 }])).toEqual({ ranking: [1, 0], results: { 0: { score: 0.1 }, 1: { score: 0.9 } } })
  })

  it.each([[{ results: [RESULTS[0], RESULTS[0]] }], [{ results: [{ index: 'a' }] }], [{ results: [null] }], [{ results: 5 }], ['x'], [null], [undefined]])('leaves %j as it is', (document) => {
    expect(rerank.canonical?.(document)).toEqual(document)
  })
})
