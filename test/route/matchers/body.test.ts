import { describe, expect, it } from 'vitest'
import { body } from '../../../src/route/matchers/body.ts'
import { requestOf } from '../../support/request.ts'

const matches = (fields: Readonly<Record<string, unknown>>, sent: string | undefined): boolean =>
  body.build(body.fields.parse(fields)).matches(requestOf({ method: 'POST', ...sent !== undefined && { body: sent } }))

describe('the body of a request', () => {
  it.each<[string | undefined, boolean]>([
    ['{"model":"house-7b","inputs":[{"rooms":3}]}', true],
    ['{"inputs":[{"rooms":3.0}],"model":"house-"}', true],
    ['{"model":"house-7b","inputs":[{"rooms":30}]}', false],
    ['{"model":"house-7b","inputs":{"0":{"rooms":"3"}}}', true],
    ['{"model":"house-7b"}', false],
    ['{"model":"house-7b","inputs":[{"rooms":3}]', false],
    ['model=house-7b', false],
    ['', false],
    [undefined, false]
  ])('%s matches: %s', (sent, expected) => {
    expect(matches({ '/model': 'house-*', '/inputs/0/rooms': '3' }, sent)).toBe(expected)
  })

  it('is the only part of a request that must be read for its matcher', () => {
    expect(body.build({ '/model': 'a' })).toMatchObject({ needsBody: true, text: 'body /model is like "a"' })
  })

  it('is pointed into with JSON Pointers, and nothing else is taken for one', () => {
    for (const pointer of ['model', '$.model', '/~2']) expect(body.fields.safeParse({ [pointer]: 'a' }).success).toBe(false)
  })
})
