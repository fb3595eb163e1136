import { describe, expect, it } from 'vitest'
import { host, type HostFields } from '../../../src/route/matchers/host.ts'
import { requestOf } from '../../support/request.ts'

describe('the host matcher', () => {
  it.each<[HostFields, string, boolean]>([
    ['example.com', 'example.com', true],
    ['example.com', 'EXAMPLE.com', true],
    ['Example.COM', 'example.com', true],
    ['example.com', 'example.com:8080', true],
    ['example.com', 'example.com:', true],
    ['example.com', 'a.example.com', false],
    ['example.com', 'example.com.evil', false],
    ['example.com', 'badexample.com', false],
    ['example.com:8080', 'example.com:8080', true],
    ['example.com:8080', 'example.com', false],
    ['example.com:8080', 'example.com:80', false],
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'a.example.com:1', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'badexample.com', false],
    ['*.example.com:8080', 'a.example.com:8080', true],
    ['*.example.com:8080', 'a.example.com', false],
    [['a', 'b'], 'b', true],
    [['a', 'b'], 'c', false],
    ['127.0.0.1', '127.0.0.1:9', true],
    ['[::1]', '[::1]:9', true],
    ['[::1]', '[::1]', true],
    ['[::1]:9', '[::1]:9', true],
    ['[::1]:9', '[::1]', false]
  ])('%j takes %s: %s', (fields, name, expected) => {
    expect(host.build(host.fields.parse(fields) as HostFields).matches(requestOf({ headers: [`host: ${name}`] }))).toBe(expected)
  })

  it('reads the host of an absolute target before the header', () => {
    const request = requestOf({ target: 'http://example.com/x', headers: ['host: example.com'] })
    expect(host.build('example.com').matches(request)).toBe(true)
  })

  it.each([['a.*.com'], ['*'], ['a/b'], ['a b'], [''], [[]], ['*.'], [['a', '']]])('refuses %j', (fields) => {
    expect(host.fields.safeParse(fields).success).toBe(false)
  })
})
