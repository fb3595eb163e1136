import { describe, expect, it } from 'vitest'
import { chiSquare, chiSquareBound, countBound } from '../../../support/chance.ts'
import { degraded, skipOf } from '../../support/fault.ts'
import { inOrder, orderBy, RERANK, sumOf } from './rankings.ts'

describe('a ranking that is cut short', () => {
  it.each([[3, 1, 3], [0, 1, 0], [4, 0.5, 7], [10, 1, 10], [99, 1, 10]])('to %d items at strength %d has the first %d', (keep, strength, left) => {
    expect(orderBy('ranking-truncate', { keep }, 10, { strength })).toEqual(inOrder(left))
  })

  it.each([
    [2, '[ {"index":4, "relevance_score":0.9900},\n  {"index":0, "relevance_score":0.50} ]'], [1, '[ {"index":4, "relevance_score":0.9900} ]']
  ])('to %d keeps the octets of what is left', (keep, list) => {
    expect(degraded('ranking-truncate', { keep }, RERANK, { path: '/v1/rerank' })).toBe(`{"id":"12345678901234567890","results":${list}, "usage":{"total":1.0}}`)
  })

  it('may be left empty', () => {
    expect(degraded('ranking-truncate', { keep: 0 }, '{"ranking":["a", "b"],"n":1.0}')).toBe('{"ranking":[],"n":1.0}')
  })
})

describe('a ranking without its best', () => {
  it.each([[1, 1, 1], [4, 0.5, 2], [10, 1, 10], [99, 1, 10]])('%d at strength %d begins %d later', (count, strength, gone) => {
    expect(orderBy('ranking-drop-top', { count }, 10, { strength })).toEqual(inOrder(10).slice(gone))
  })

  it('takes scores along, or leaves them to those that come after', () => {
    expect(degraded('ranking-drop-top', { count: 1 }, '{"hits":[{"a":1,"score":0.90}, {"a":2,"score":0.50}]}')).toBe('{"hits":[{"a":2,"score":0.50}]}')
    expect(degraded('ranking-drop-top', { count: 1, scores: 'keep' }, '{"hits":[{"a":1,"score":0.90}, {"a":2,"score":0.50}]}')).toBe('{"hits":[{"a":2,"score":0.90}]}')
  })
})

describe('a ranking with items twice', () => {
  it('has each copy right behind its item, with the same octets', () => {
    expect(degraded('ranking-duplicates', { percent: 100 }, '{"ranking":[ {"a":1.0}, 2.00 ],"n":1.0}')).toBe('{"ranking":[ {"a":1.0}, {"a":1.0}, 2.00, 2.00 ],"n":1.0}')
  })

  it.each([[3, 1, 13], [8, 0.25, 12], [99, 1, 20]])('as many as %d at strength %d is %d long', (count, strength, length) => {
    const order = orderBy('ranking-duplicates', { count }, 10, { strength })
    expect(order).toHaveLength(length)
    expect([...new Set(order)]).toEqual(inOrder(10))
    expect(order).toEqual(order.toSorted((one, other) => one - other))
  })

  it('has none of its items twice more often than another', () => {
    const twice = inOrder(6).map(() => 0)
    for (let i = 0; i < 3000; i++) {
      const order = orderBy('ranking-duplicates', { count: 1 }, 6, { id: `r${i}` })
      twice[order.find((item, j) => order[j + 1] === item) ?? 0]!++
    }
    expect(sumOf(twice)).toBe(3000)
    expect(chiSquare(twice)).toBeLessThan(chiSquareBound(5))
  })

  it.each([[20, 1], [80, 0.5]])('in percent is longer by %d percent, times the strength %d', (percent, strength) => {
    const requests = 1000
    const added = sumOf(inOrder(requests).map((i) => orderBy('ranking-duplicates', { percent }, 20, { id: `r${i}`, strength }).length - 20))
    const share = percent / 100 * strength
    expect(Math.abs(added - requests * 20 * share)).toBeLessThan(countBound(requests * 20, share))
  })

  it('ends where it used to when told so', () => {
    expect(orderBy('ranking-duplicates', { percent: 100, sameLength: true }, 5)).toEqual([0, 0, 1, 1, 2])
  })
})

const CASES: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [['ranking-truncate', { keep: 1 }], ['ranking-drop-top', { count: 1 }], ['ranking-duplicates', { count: 1 }]]

it.each(CASES)('the fault %s says why it skips', (kind, fields) => {
  expect(skipOf(kind, fields, '{"ranking":[]}')).toBe('unchanged')
  expect(skipOf(kind, fields, '{"ranking":{}}')).toBe('wrong_type')
  expect(skipOf(kind, fields, '{"rank":[1]}')).toBe('target_absent')
  expect(skipOf(kind, fields, '[1')).toBe('not_json')
})

it.each(CASES)('the fault %s changes nothing at no strength', (kind, fields) => {
  expect(degraded(kind, fields, '{"ranking":[1.0, 2,3]}', { strength: 0 })).toBeUndefined()
})

it.each([
  ['ranking-truncate', {}], ['ranking-truncate', { keep: -1 }], ['ranking-truncate', { keep: 1.5 }], ['ranking-truncate', { keep: 1, scores: 'keep' }], ['ranking-drop-top', {}], ['ranking-drop-top', { count: 0 }],
  ['ranking-duplicates', {}], ['ranking-duplicates', { count: 0 }], ['ranking-duplicates', { percent: 0 }], ['ranking-duplicates', { percent: 101 }], ['ranking-duplicates', { count: 1, percent: 1 }]
])('the fault %s is refused as %j', (kind, fields) => {
  expect(() => degraded(kind, fields, '{}')).toThrow()
})
