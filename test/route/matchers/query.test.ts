import { describe, expect, it } from 'vitest'
import { query } from '../../../src/route/matchers/query.ts'
import { requestOf } from '../../support/request.ts'

const matches = (fields: Readonly<Record<string, unknown>>, target: string): boolean =>
  query.build(query.fields.parse(fields)).matches(requestOf({ target, headers: ['model: v2'] }))

describe('the query of a request', () => {
  it.each([
    ['/?model=v2&debug', true],
    ['/?debug&model=v3', true],
    ['/?model=v2', false],
    ['/?Model=v2&debug', false],
    ['/model=v2?debug', false],
    ['/', false]
  ])('of %s matches: %s', (target, expected) => {
    expect(matches({ model: 'v*', debug: { present: true } }, target)).toBe(expected)
  })

  it('is what comes after the first question mark', () => {
    expect(matches({ a: { exact: '1?b=2' } }, '/?a=1?b=2')).toBe(true)
  })

  it('is known without the body', () => {
    expect(query.build({ a: '1' })).toMatchObject({ needsBody: false, text: 'query a is like "1"' })
  })
})
