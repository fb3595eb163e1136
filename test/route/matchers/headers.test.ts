import { describe, expect, it } from 'vitest'
import { headers } from '../../../src/route/matchers/headers.ts'
import { requestOf } from '../../support/request.ts'

const matches = (fields: Readonly<Record<string, unknown>>, ...lines: readonly string[]): boolean =>
  headers.build(headers.fields.parse(fields)).matches(requestOf({ headers: lines }))

describe('the headers of a request', () => {
  it('match when each that is named does, in any case of its name', () => {
    const fields = { 'X-Tenant': 'acme-*', 'x-debug': { present: false } }
    expect(matches(fields, 'x-tenant: acme-1')).toBe(true)
    expect(matches(fields, 'X-TENANT: acme-1', 'x-other: 1')).toBe(true)
    expect(matches(fields, 'x-tenant: acme-1', 'x-debug: ')).toBe(false)
    expect(matches(fields)).toBe(false)
  })

  it('are not looked for in the query, where names are the same', () => {
    expect(headers.build({ model: 'a' }).matches(requestOf({ target: '/?model=a' }))).toBe(false)
  })

  it('are known without the body', () => {
    expect(headers.build({ 'x-a': '1' })).toMatchObject({ needsBody: false, text: 'header x-a is like "1"' })
  })
})
