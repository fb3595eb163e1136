import { describe, expect, it } from 'vitest'
import { countBound } from '../../../support/chance.ts'
import { degraded, skipOf } from '../../support/fault.ts'
import { inOrder, kendallDistance, orderBy, RERANK, sumOf } from './rankings.ts'

const KIND = 'ranking-swaps'

describe('a ranking with swapped neighbours', () => {
  it.each([[10, 0.3, 1], [2, 0.5, 1], [40, 0.05, 1], [10, 0.8, 0.25]])('of %d items with probability %d at strength %d has the Kendall distance of the formula', (count, probability, strength) => {
    const requests = 2000
    const pairs = sumOf(inOrder(requests).map((i) => kendallDistance(orderBy(KIND, { probability }, count, { id: `r${i}`, strength }))))
    const hit = probability * strength
    expect(Math.abs(pairs - requests * (count - 1) * hit)).toBeLessThan(countBound(requests * (count - 1), hit))
  })

  it('carries the first item to the end where all are swapped', () => {
    expect(orderBy(KIND, { probability: 1 }, 5)).toEqual([1, 2, 3, 4, 0])
  })

  it('moves scores with the items', () => {
    expect(degraded(KIND, { probability: 1 }, RERANK, { path: '/v1/rerank' })).toBe(`{"id":"12345678901234567890","results":[ {"index":0, "relevance_score":0.50},
  {"relevance_score":1e-1, "index":2},
  {"index":4, "relevance_score":0.9900} ], "usage":{"total":1.0}}`)
  })

  it('leaves scores where they were when told so, so that they go down as ever', () => {
    expect(degraded(KIND, { probability: 1, scores: 'keep' }, RERANK, { path: '/v1/rerank' })).toBe(`{"id":"12345678901234567890","results":[ {"index":0, "relevance_score":0.9900},
  {"relevance_score":0.50, "index":2},
  {"index":4, "relevance_score":1e-1} ], "usage":{"total":1.0}}`)
  })

  it('takes the member it is told to for the score, and leaves items without one', () => {
    expect(degraded(KIND, { probability: 1, scores: 'keep', scoreKey: 'rank' }, '{"items":[{"id":"a","rank":1,"score":9},{"id":"b","rank":2,"score":8},{"id":"c"},7]}'))
      .toBe('{"items":[{"id":"b","rank":1,"score":8},{"id":"c"},7,{"id":"a","rank":1,"score":9}]}')
  })

  it.each([['{"ranking":[1]}', 'too_short'], ['{"ranking":[1,1,1]}', 'unchanged'], ['{"ranking":null}', 'wrong_type'], ['{}', 'target_absent'], ['{', 'not_json']])('of %s is skipped: %s', (body, reason) => {
    expect(skipOf(KIND, { probability: 1 }, body)).toBe(reason)
  })

  it.each([{}, { probability: 0 }, { probability: 1.01 }, { probability: 0.5, scores: 'keep', scoreKey: '' }])('is refused as %j', (fields) => {
    expect(() => degraded(KIND, fields, '{}')).toThrow()
  })
})
