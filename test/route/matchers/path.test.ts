import { describe, expect, it } from 'vitest'
import { path, type PathFields } from '../../../src/route/matchers/path.ts'
import { requestOf } from '../../support/request.ts'

describe('the path matcher', () => {
  it.each<[PathFields, string, boolean]>([
    [{ exact: '/v1' }, '/v1', true],
    [{ exact: '/v1' }, '/v1/', false],
    [{ exact: '/v1' }, '/V1', false],
    [{ exact: '/v1' }, '/v1?a=/b', true],
    [{ exact: '/v1' }, '/%761', true],
    [{ exact: '/v1' }, '/x/../v1', true],
    [{ exact: '/v1' }, '/./v1', true],
    [{ exact: '/v1' }, 'http://127.0.0.1/v1', true],
    [{ exact: '/' }, '/', true],
    [{ exact: '/' }, 'http://127.0.0.1', true],
    [{ prefix: '/v1/' }, '/v1/models', true],
    [{ prefix: '/v1/' }, '/v1', false],
    [{ prefix: '/v1' }, '/v10', true],
    [{ prefix: '/v1/' }, '/v1/../admin', false],
    [{ prefix: '/v1/' }, '/v1/%2e%2e/admin', false],
    [{ prefix: '/v1/' }, '/v1/%2e%2e', false],
    [{ prefix: '/v1/' }, '/v1/%2E./admin', false],
    [{ prefix: '/admin' }, '/v1/%2e%2e/admin', true],
    [{ prefix: '/v1/' }, '/v1%2fmodels', false],
    [{ regex: '^/v[12]/' }, '/v2/x', true],
    [{ regex: '^/v[12]/' }, '/v3/x', false],
    [{ regex: 'models' }, '/v1/models/x', true],
    [{ regex: 'a=b' }, '/?a=b', false]
  ])('%j takes %s: %s', (fields, target, expected) => {
    expect(path.build(path.fields.parse(fields) as PathFields).matches(requestOf({ target }))).toBe(expected)
  })

  it('takes OPTIONS * by name alone', () => {
    const request = requestOf({ method: 'OPTIONS', target: '*' })
    expect(path.build({ exact: '*' }).matches(request)).toBe(true)
    expect(path.build({ prefix: '/' }).matches(request)).toBe(false)
  })

  it.each([{ exact: 'v1' }, { exact: '**' }, { prefix: '*' }, { prefix: '' }, { regex: '(' }, { regex: '' }, {}, { glob: '/x' }, { exact: '/a', prefix: '/a' }])('refuses %j', (fields) => {
    expect(path.fields.safeParse(fields).success).toBe(false)
  })

  it('reads well', () => {
    expect([{ exact: '/a' }, { prefix: '/b' }, { regex: '^/c' }].map((fields) => path.build(fields).text)).toEqual(['path is /a', 'path starts with /b', 'path matches /^/c/'])
  })
})
