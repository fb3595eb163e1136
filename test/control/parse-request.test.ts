import { describe, expect, it } from 'vitest'
import { type DescribedRequest, parseRequest } from '../../src/control/parse-request.ts'

const GET: DescribedRequest = { method: 'GET', target: '/x?a=b', headers: [], body: undefined }
const parsed = (request: Partial<DescribedRequest>): Extract<ReturnType<typeof parseRequest>, { ok: true }> => {
  const result = parseRequest({ ...GET, ...request })
  if (!result.ok) throw new Error(result.message)
  return result
}

describe('a described request', () => {
  it('is seen as the data plane would see it', () => {
    const { view, requestId, isMirrored, bodyIsJson } = parsed({ method: 'POST', headers: ['X-User:  u1', 'cookie: a=b', 'x-request-id: r1', 'Host: Example.com:81'], body: '{"a":[1]}' })
    expect([view.method, view.path, view.host, view.header('x-user'), view.cookie('a'), view.query('a'), view.json()]).toEqual(['POST', '/x', 'example.com:81', 'u1', 'b', 'b', { a: [1] }])
    expect([requestId, isMirrored, bodyIsJson]).toEqual(['r1', false, true])
  })

  it.each([
    ['/x', '127.0.0.1'], ['http://example.com/x', 'example.com'], ['http://example.com:81/x', 'example.com:81'], ['HTTPS://example.com/', 'example.com']
  ])('of %s has the host %s unless it says otherwise', (target, host) => {
    expect(parsed({ target }).view.host).toBe(host)
  })

  it('holds text as UTF-8', () => {
    const { view } = parsed({ headers: ['x-user: Zoë', 'x-more: Ċ'], body: '"é"' })
    expect([view.header('x-user'), view.header('x-more'), view.json()]).toEqual(['Zo\xc3\xab', '\xc4\x8a', 'é'])
  })

  it.each<[string, Partial<DescribedRequest>, string, number]>([
    ['a method that is none', { method: 'GET ME' }, 'bad_start_line', 400],
    ['a method nobody knows', { method: 'BREW' }, 'unknown_method', 501],
    ['an empty method', { method: '' }, 'bad_start_line', 400],
    ['a target with a space', { target: '/a b' }, 'bad_start_line', 400],
    ['a target that is none', { target: 'x' }, 'bad_target', 400],
    ['an empty target', { target: '' }, 'bad_start_line', 400],
    ['a target without a host', { target: 'http://' }, 'bad_target', 400],
    ['a target that is no URL', { target: 'http://[::1' }, 'bad_target', 400],
    ['a target with a control character', { target: '/a\0' }, 'bad_start_line', 400],
    ['a target with a line end', { target: '/ HTTP/1.1\r\nhost: x\r\n\r\nGET /' }, 'bad_start_line', 400],
    ['a header without a colon', { headers: ['x-user'] }, 'bad_field_name', 400],
    ['a header without a name', { headers: [': x'] }, 'bad_field_name', 400],
    ['a header with a space in its name', { headers: ['x user: y'] }, 'bad_field_name', 400],
    ['a header with a control character', { headers: ['x: a\0b'] }, 'bad_field_value', 400],
    ['a header that is folded', { headers: ['x: a\r\n b'] }, 'bad_field_value', 400],
    ['a header that holds another', { headers: ['x: a\r\nb: c'] }, 'bad_field_value', 400],
    ['a header with a line feed', { headers: ['x: a\nb: c'] }, 'bad_field_value', 400],
    ['two hosts', { headers: ['host: a', 'host: b'] }, 'bad_host', 400],
    ['a host that is none', { headers: ['host: a/b'] }, 'bad_host', 400],
    ['a length that is none', { headers: ['content-length: x'] }, 'bad_content_length', 400],
    ['a length and a coding', { headers: ['transfer-encoding: chunked'], body: 'x' }, 'ambiguous_length', 400]
  ])('with %s is refused as serving refuses it', (_, request, code, status) => {
    expect(parseRequest({ ...GET, ...request })).toMatchObject({ ok: false, code, status, message: expect.stringMatching(/^\S.+/) })
  })
})
