import { describe, expect, it } from 'vitest'
import { countBound } from '../../../support/chance.ts'
import { degraded, skipOf } from '../../support/fault.ts'
import { inOrder, orderBy } from './rankings.ts'

const KIND = 'ranking-promote'
const SHOP = '{"items":[{"id":1.0,"brand":"x"}, {"id":2.0,"brand":"y"}, {"id":3.0,"brand":"acme"}, {"id":4.0,"brand":"z"}, {"id":5.0,"brand":"acme"}],"n":0.1000}'

/** The ids of SHOP in the order of an answer. */
const ids = (text: string | undefined): string => [...(text ?? '').matchAll(/"id":(\d)/g)].map(([, id]) => id).join('')

describe('a favoured item', () => {
  it.each([
    [{ key: 'brand', values: ['acme'] }, '35124'],
    [{ key: 'brand', values: ['acme'], rank: 2 }, '13524'],
    [{ key: 'brand', values: ['acme', 'z'] }, '34512'],
    [{ key: 'id', values: [4] }, '41235'],
    [{ key: 'brand', values: ['acme'], rank: 4 }, '12354'],
    [{ key: 'brand', values: ['x', 'acme'], rank: 2 }, '13524']
  ])('as %j makes the order %s', (fields, expected) => {
    expect(ids(degraded(KIND, fields, SHOP))).toBe(expected)
  })

  it('keeps its octets, and all around the list stays', () => {
    expect(degraded(KIND, { key: 'brand', values: ['z'] }, SHOP))
      .toBe('{"items":[{"id":4.0,"brand":"z"}, {"id":1.0,"brand":"x"}, {"id":2.0,"brand":"y"}, {"id":3.0,"brand":"acme"}, {"id":5.0,"brand":"acme"}],"n":0.1000}')
  })

  it('may be the value of the list itself: text, number or truth value', () => {
    expect(degraded(KIND, { values: ['c\n', true, 2] }, '{"ranking":["a",2.0,"2",true,"c\\u000a",null]}')).toBe('{"ranking":[2.0,true,"c\\u000a","a","2",null]}')
  })

  it('leaves scores in place when told so', () => {
    expect(degraded(KIND, { key: 'id', values: ['b'], scores: 'keep' }, '{"hits":[{"id":"a","score":0.90},{"id":"b","score":0.2}]}')).toBe('{"hits":[{"id":"b","score":0.90},{"id":"a","score":0.2}]}')
  })

  it.each([[0.3, 1], [0.5, 0.5]])('is at the rank with probability %d times the strength %d', (probability, strength) => {
    const requests = 4000
    const first = inOrder(requests).filter((i) => orderBy(KIND, { values: [6], probability }, 10, { id: `r${i}`, strength })[0] === 6).length
    expect(Math.abs(first - requests * probability * strength)).toBeLessThan(countBound(requests, probability * strength))
  })

  it('is any item where none is named', () => {
    const requests = 2000
    // a drawn item leads unless none is drawn, or the first was among them
    const led = inOrder(requests).filter((i) => orderBy(KIND, { probability: 0.1 }, 10, { id: `r${i}` })[0] !== 0).length
    const share = 0.9 * (1 - 0.9 ** 9)
    expect(Math.abs(led - requests * share)).toBeLessThan(countBound(requests, share))
  })

  it.each([
    [{ values: ['q'] }, '{"ranking":["a"]}', 'no_match'], [{ values: ['a'], key: 'id' }, '{"ranking":["a","b"]}', 'no_match'], [{ values: ['a'], rank: 3 }, '{"ranking":["b","a"]}', 'no_match'],
    [{ values: ['a'] }, '{"ranking":["a","b"]}', 'unchanged'], [{ values: [''] }, '{"ranking":[{},[],null]}', 'no_match'], [{ values: ['a'] }, '{"ranking":1}', 'wrong_type'], [{ values: ['a'] }, '{}', 'target_absent'], [{ values: ['a'] }, ']', 'not_json']
  ])('as %j in %s is skipped: %s', (fields, body, reason) => {
    expect(skipOf(KIND, fields, body)).toBe(reason)
  })

  it.each([{}, { probability: 1 }, { key: 'a', probability: 0.5 }, { values: [] }, { values: [null] }, { values: ['a'], rank: 0 }, { values: ['a'], probability: 2 }, { values: ['a'], scoreKey: 'b' }])('is refused as %j', (fields) => {
    expect(() => degraded(KIND, fields, '{}')).toThrow()
  })

  it('stays where it was at no strength', () => {
    expect(degraded(KIND, { values: ['b'] }, '{"ranking":["a","b"]}', { strength: 0 })).toBeUndefined()
  })
})
