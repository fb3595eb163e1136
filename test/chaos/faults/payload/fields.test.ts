import { describe, expect, it } from 'vitest'
import { faults } from '../../../../src/chaos/faults/index.ts'
import { answerOf, blowOf, degraded, degradedBy, type Fields, skipOf, strikerOf } from '../../support/fault.ts'

// numbers that parsing would not keep as they are spelled
const BODY = '{"id": 12345678901234567890, "score": 0.1000, "label": "cat", "ok": true, "none": null, "list": [1.0, 2.50], "more": {"a": 1e2, "b": "7"}}'

describe('a field', () => {
  it.each<[string, Fields, readonly [from: string, to: string]]>([
    ['non-finite', { at: '/score', as: 'nan' }, ['0.1000', 'NaN']],
    ['non-finite', { at: '/score', as: 'infinity' }, ['0.1000', 'Infinity']],
    ['non-finite', { at: '/score', as: 'overflow' }, ['0.1000', '1e999']],
    ['non-finite', { at: '/score', as: 'quoted' }, ['0.1000', '"NaN"']],
    ['non-finite', { at: '/score', as: 'none' }, ['0.1000', 'null']],
    ['non-finite', { at: '/list/*', as: 'nan' }, ['[1.0, 2.50]', '[NaN, NaN]']],
    ['null-field', { at: '/label' }, ['"cat"', 'null']],
    ['null-field', { at: '/more' }, ['{"a": 1e2, "b": "7"}', 'null']],
    ['null-field', { at: 'label' }, ['"cat"', 'null']],
    ['drop-field', { at: '/id' }, ['"id": 12345678901234567890, ', '']],
    ['drop-field', { at: '/label' }, [', "label": "cat"', '']],
    ['drop-field', { at: '/more' }, [', "more": {"a": 1e2, "b": "7"}', '']],
    ['drop-field', { at: '/more/*' }, ['{"a": 1e2, "b": "7"}', '{}']],
    ['drop-field', { at: 'label' }, [', "label": "cat"', '']],
    ['rename-field', { at: '/label', to: 'class' }, ['"label"', '"class"']],
    ['rename-field', { at: '/more/*', to: 'x"y' }, ['"a": 1e2, "b"', String.raw`"x\"y": 1e2, "x\"y"`]],
    ['retype-field', { at: '/score', to: 'string' }, ['0.1000', '"0.1000"']],
    ['retype-field', { at: '/score', to: 'array' }, ['0.1000', '[0.1000]']],
    ['retype-field', { at: '/score', to: 'object' }, ['0.1000', '{"value":0.1000}']],
    ['retype-field', { at: '/score', to: 'boolean' }, ['0.1000', 'true']],
    ['retype-field', { at: '/label', to: 'number' }, ['"cat"', '0']],
    ['retype-field', { at: '/label', to: 'array' }, ['"cat"', '["cat"]']],
    ['retype-field', { at: '/label', to: 'boolean' }, ['"cat"', 'true']],
    ['retype-field', { at: '/more/b', to: 'number' }, ['"7"', '7']],
    ['retype-field', { at: '/ok', to: 'number' }, ['true', '1']],
    ['retype-field', { at: '/ok', to: 'string' }, ['true', '"true"']],
    ['retype-field', { at: '/none', to: 'boolean' }, ['null', 'false']],
    ['retype-field', { at: '/list', to: 'number' }, ['[1.0, 2.50]', '2']],
    ['retype-field', { at: '/list', to: 'string' }, ['[1.0, 2.50]', '"[1.0, 2.50]"']],
    ['retype-field', { at: '/more', to: 'array' }, ['{"a": 1e2, "b": "7"}', '[{"a": 1e2, "b": "7"}]']],
    ['extra-field', {}, ['"7"}}', '"7"}, "extra": true}']],
    ['extra-field', { name: 'debug', value: null, at: '/more' }, ['"7"}}', '"7", "debug": null}}']],
    ['extra-field', { name: 'debug', value: 'a"b', at: '/more' }, ['"7"}}', String.raw`"7", "debug": "a\"b"}}`]]
  ])('is changed by %s with %j, and nothing else is', (kind, fields, [from, to]) => {
    expect(BODY).toContain(from)
    expect(degraded(kind, fields, BODY)).toBe(BODY.replace(from, to))
  })

  it.each<[string, Fields, unknown, string]>([
    ['non-finite', { at: '/label', as: 'nan' }, BODY, 'wrong_type'], ['non-finite', { at: '/gone', as: 'nan' }, BODY, 'target_absent'], ['non-finite', { at: '/a', as: 'nan' }, 'not json', 'not_json'],
    ['null-field', { at: '/none' }, BODY, 'unchanged'], ['drop-field', { at: '/list/0' }, BODY, 'wrong_type'], ['drop-field', { at: '/gone' }, BODY, 'target_absent'], ['drop-field', { at: '/a' }, '', 'not_json'],
    ['rename-field', { at: '/label', to: 'label' }, BODY, 'unchanged'], ['rename-field', { at: '/list/*', to: 'a' }, BODY, 'wrong_type'], ['retype-field', { at: '/label', to: 'string' }, BODY, 'unchanged'],
    ['extra-field', { name: 'label' }, BODY, 'already_there'], ['extra-field', {}, '[1]', 'wrong_type'], ['extra-field', {}, 'not json', 'not_json'], ['extra-field', { at: '/gone' }, BODY, 'target_absent']
  ])('is left by %s with %j: %s', (kind, fields, body, reason) => {
    expect(skipOf(kind, fields, body)).toBe(reason)
  })

  it('in an empty object is the first', () => {
    expect(degraded('extra-field', {}, '{}')).toBe('{"extra":true}')
  })

  it.each<[string, Fields]>([
    ['non-finite', { as: 'nan' }], ['non-finite', { at: '/a' }], ['non-finite', { at: '/a', as: null }], ['non-finite', { at: '/a', as: 'nan', share: 0 }], ['null-field', {}], ['null-field', { at: '/a', share: 1.1 }],
    ['drop-field', {}], ['drop-field', { at: '' }], ['rename-field', { at: '/a' }], ['rename-field', { at: '/a', to: '' }], ['retype-field', { at: '/a' }], ['retype-field', { at: '/a', to: 'null' }],
    ['extra-field', { name: '' }], ['extra-field', { value: {} }], ['extra-field', { at: 'x' }]
  ])('%s is refused with %j', (kind, fields) => {
    expect(faults.find(({ name }) => name === kind)!.fields.safeParse({ kind, ...fields }).success).toBe(false)
  })
})

describe.each<[string, Fields, RegExp]>([
  ['null-field', {}, /"v":null/g], ['non-finite', { as: 'nan' }, /NaN/g], ['drop-field', {}, /\{\}/g], ['rename-field', { to: 'w' }, /"w":/g], ['retype-field', { to: 'string' }, /"1\.0"/g]
])('%s', (kind, fields, hit) => {
  const ROWS = 10
  const REQUESTS = 2000
  const answer = answerOf(`{"rows":[${Array.from({ length: ROWS }, () => '{"v":1.0}').join(',')}]}`)
  const hits = (share: number, strength: number): string[] => {
    const striker = strikerOf(kind, { at: '/rows/*/v', share, ...fields })
    return Array.from({ length: REQUESTS }, (_, i) => degradedBy(striker(blowOf(`r${i}`, { strength })), answer) ?? answer.text)
  }

  it.each([[0.3, 1], [0.5, 0.2], [1, 1]])('with share %d at strength %d hits as many as it says', (share, strength) => {
    const p = share * strength
    const found = hits(share, strength).reduce((sum, text) => sum + (text.match(hit)?.length ?? 0), 0)
    expect(Math.abs(found / (ROWS * REQUESTS) - p)).toBeLessThanOrEqual(3.29 * Math.sqrt(p * (1 - p) / (ROWS * REQUESTS)))
  })

  it('at strength 0 hits none', () => {
    expect(hits(1, 0).every((text) => text === answer.text)).toBe(true)
  })
})
