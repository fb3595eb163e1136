import { describe, expect, it } from 'vitest'
import { chiSquare, chiSquareBound } from '../../../support/chance.ts'
import { degraded, skipOf } from '../../support/fault.ts'
import { inOrder, kendallDistance, orderBy, RERANK, sumOf } from './rankings.ts'

const KIND = 'ranking-mallows'

describe('a ranking disordered by Mallows', () => {
  it.each([[10, 0.5, 1], [10, 0.9, 1], [3, 0.2, 1], [25, 0.95, 1], [10, 0.9, 0.5], [50, 0.3, 1]])('of %d items at phi %d and strength %d has the Kendall distance of the formula', (count, phi, strength) => {
    const requests = 2000
    const p = phi * strength
    const distance = sumOf(inOrder(requests).map((i) => kendallDistance(orderBy(KIND, { phi }, count, { id: `r${i}`, strength })))) / requests
    const ranks = inOrder(count).map((i) => i + 1)
    const expected = count * p / (1 - p) - sumOf(ranks.map((j) => j * p ** j / (1 - p ** j)))
    // each insertion is drawn by itself, from a geometric distribution cut off at its rank
    const variance = count * p / (1 - p) ** 2 - sumOf(ranks.map((j) => j ** 2 * p ** j / (1 - p ** j) ** 2))
    expect(Math.abs(distance - expected)).toBeLessThan(3.29 * Math.sqrt(variance / requests))
  })

  it('of three items has each order with a chance in proportion to phi to its distance', () => {
    const [phi, requests] = [0.6, 6000]
    const counts = new Map<string, number>()
    for (let i = 0; i < requests; i++) {
      const order = orderBy(KIND, { phi }, 3, { id: `r${i}` })
      counts.set(order.join(''), (counts.get(order.join('')) ?? 0) + 1)
    }
    const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    const whole = sumOf(orders.map((order) => phi ** kendallDistance(order)))
    expect(counts.size).toBe(orders.length)
    // stretched so that equal chances are expected
    const square = sumOf(orders.map((order) => {
      const expected = requests * phi ** kendallDistance(order) / whole
      return ((counts.get(order.join('')) ?? 0) - expected) ** 2 / expected
    }))
    expect(square).toBeLessThan(chiSquareBound(orders.length - 1))
  })

  it('is as good as shuffled near 1', () => {
    const places = inOrder(8).map(() => 0)
    for (let i = 0; i < 2000; i++) places[orderBy(KIND, { phi: 0.9999999 }, 8, { id: `r${i}` }).indexOf(0)]!++
    expect(chiSquare(places)).toBeLessThan(chiSquareBound(7))
  })

  it('keeps all items and their octets, and all around them', () => {
    const items = RERANK.slice(RERANK.indexOf('[ {') + 2, RERANK.indexOf(' ],')).split(/,\s+(?=\{)/)
    const seen = new Set<string>()
    for (let i = 0; i < 50; i++) {
      const text = degraded(KIND, { phi: 0.9 }, RERANK, { path: '/v1/rerank', id: `r${i}` })
      if (text === undefined) continue
      seen.add(text)
      expect(text.length).toBe(RERANK.length)
      for (const item of items) expect(text).toContain(item)
      expect(text.replaceAll(/\{"(?:index|relevance)[^}]*\}/g, '?')).toBe(RERANK.replaceAll(/\{"(?:index|relevance)[^}]*\}/g, '?'))
    }
    expect(seen.size).toBe(5)
  })

  it('is the same when the request comes again', () => {
    expect(orderBy(KIND, { phi: 0.9 }, 40)).toEqual(orderBy(KIND, { phi: 0.9 }, 40))
    expect(orderBy(KIND, { phi: 0.9 }, 40)).not.toEqual(orderBy(KIND, { phi: 0.9 }, 40, { id: 'other' }))
  })

  it.each([['{"ranking":[1]}', 'too_short'], ['{"ranking":[]}', 'too_short'], ['{"ranking":{"a":1}}', 'wrong_type'], ['{"ranking":"a"}', 'wrong_type'], ['{}', 'target_absent'], ['', 'not_json']])('of %s is skipped: %s', (body, reason) => {
    expect(skipOf(KIND, { phi: 0.9 }, body)).toBe(reason)
  })

  it.each([{}, { phi: 0 }, { phi: 1 }, { phi: '0.5' }, { phi: 0.5, scores: 'drop' }, { phi: 0.5, scoreKey: 'score' }, { phi: 0.5, scores: 'move', scoreKey: 'score' }])('is refused as %j', (fields) => {
    expect(() => degraded(KIND, fields, '{}')).toThrow()
  })
})
