import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/core/answer.ts'
import { createComparison } from '../../src/compare/compare-answers.ts'
import { answer, compare } from './support.ts'

const json = '{"a":[1,2],"b":"x"}'
const match = { kind: 'match' }
const differ = { kind: 'differ' }
const uncomparable = (reason: string): unknown => ({ kind: 'uncomparable', reason })
const coded = (contentEncoding: string, body: Buffer): Answer => answer(body, { contentEncoding })
const text = { contentType: 'text/plain' }

describe('the outcome of a pair', () => {
  it.each([
    ['equal documents', answer(json), answer(json), match, []],
    ['documents that are written differently', answer(json), answer('{ "b": "\\u0078", "a": [1.0, 2e0] }'), match, []],
    ['documents that differ', answer(json), answer('{"a":[1,3],"b":"x"}'), differ, ['/a/* value']],
    ['two statuses, whatever the bodies', answer(json), answer(json, { status: 500 }), differ, ['(status) value']],
    ['two empty bodies', answer('', { contentType: 'application/json' }), answer(''), match, []],
    ['two empty bodies of different types', answer(''), answer('', text), match, []],
    ['an empty body beside a document', answer(json), answer(''), differ, ['(body) missing']],
    ['a document beside an empty body', answer(''), answer(json), differ, ['(body) extra']],
    ['an empty body beside text', answer('', text), answer('oops', text), differ, ['(body) extra']],
    ['a document beside text', answer(json), answer('oops', text), differ, ['(content-type) type']],
    ['text beside a document', answer('oops', text), answer(json), differ, ['(content-type) type']],
    ['documents one of which is called text', answer(json), answer(json, text), match, []],
    ['documents called by a type of their own', answer(json, { contentType: 'application/vnd.x+json' }), answer(json), match, []],
    ['documents with parameters to their type', answer(json, { contentType: 'Application/JSON; charset=utf-8' }), answer(json), match, []],
    ['documents without a type', answer(json, { contentType: '' }), answer('{"a":[1,2],"b":"y"}', { contentType: '' }), differ, ['/b value']],
    ['equal texts', answer('hello', text), answer('hello', text), match, []],
    ['different texts', answer('hello', text), answer('world', text), differ, ['(body) value']],
    ['text that only begins like JSON', answer('{not json}', text), answer('{not json}', text), match, []],
    ['what calls itself JSON and is not', answer('{not json}'), answer(json), uncomparable('bad_json'), []],
    ['a document cut off', answer(json), answer(json.slice(0, -1)), uncomparable('bad_json'), []],
    ['octets that are no UTF-8', answer(Buffer.from('["\xff"]', 'latin1')), answer(Buffer.from('["\xff"]', 'latin1')), match, []],
    ['different octets that are no UTF-8', answer(Buffer.from('["\xff"]', 'latin1')), answer(Buffer.from('["\xfe"]', 'latin1')), differ, ['(body) value']],
    ['a document beside octets that are no UTF-8', answer(json), answer(Buffer.from('["\xff"]', 'latin1')), differ, ['(content-type) type']],
    ['a document behind a byte order mark', answer(`\ufeff${json}`), answer(json), match, []],
    ['event streams', answer('data: 1\n\n', { contentType: 'text/event-stream' }), answer('data: 2\n\n', { contentType: 'text/event-stream; charset=utf-8' }), uncomparable('stream'), ['(body) value']],
    ['equal event streams', answer('data: 1\n\n', { contentType: 'text/event-stream' }), answer('data: 1\n\n', { contentType: 'text/event-stream' }), uncomparable('stream'), []],
    ['lines of JSON', answer('{}\n{}\n', { contentType: 'application/x-ndjson' }), answer('{}\n', { contentType: 'application/x-ndjson' }), uncomparable('stream'), ['(body) value']],
    ['a document beside a stream', answer(json), answer('data: 1\n\n', { contentType: 'text/event-stream' }), differ, ['(content-type) type']],
    ['a scalar', answer('1'), answer('"1"'), differ, [' type']]
  ])('of %s is as expected', (_name, primary, other, result, differs) => {
    const found = compare(primary, other)
    expect(found.result).toEqual(result)
    expect(found.differs).toEqual(differs)
  })
})

describe('a content coding', () => {
  const gzipped = gzipSync(json)

  it.each([
    ['gzip', gzipped],
    ['x-gzip', gzipped],
    ['GZIP', gzipped],
    ['deflate', deflateSync(json)],
    ['deflate', deflateRawSync(json)],
    ['br', brotliCompressSync(json)],
    ['zstd', zstdCompressSync(json)],
    ['identity', Buffer.from(json)],
    ['gzip, br', brotliCompressSync(gzipped)],
    [' , gzip', gzipped]
  ])('%s is undone', (coding, body) => {
    expect(compare(coded(coding, body), answer(json)).result).toEqual(match)
    expect(compare(answer(json), coded(coding, body)).result).toEqual(match)
    expect(compare(coded(coding, body), answer('{"a":[1,2],"b":"y"}')).differs).toEqual(['/b value'])
  })

  it.each([
    ['gzip', gzipped.subarray(0, -1), 'bad_encoding'],
    ['gzip', gzipped.subarray(0, 3), 'bad_encoding'],
    ['gzip', Buffer.from(json), 'bad_encoding'],
    ['deflate', deflateSync(json).subarray(0, -1), 'bad_encoding'],
    ['br', brotliCompressSync(json).subarray(0, -1), 'bad_encoding'],
    ['br', Buffer.from('not brotli at all'), 'bad_encoding'],
    ['zstd', zstdCompressSync(json).subarray(0, -1), 'bad_encoding'],
    ['zstd', Buffer.from(json), 'bad_encoding'],
    ['compress', gzipped, 'unknown_encoding'],
    ['gzip, gzip, gzip, gzip', gzipped, 'unknown_encoding'],
    ['__proto__', gzipped, 'unknown_encoding'],
    ['gzip', gzipSync(Buffer.alloc(8 * 1024 * 1024 + 1)), 'decoded_too_large'],
    ['deflate', deflateSync(Buffer.alloc(64 * 1024 * 1024)), 'decoded_too_large'],
    ['br', brotliCompressSync(Buffer.alloc(64 * 1024 * 1024)), 'decoded_too_large'],
    ['zstd', zstdCompressSync(Buffer.alloc(64 * 1024 * 1024)), 'decoded_too_large']
  ])('%s that cannot be undone (%#) is uncomparable', (coding, body, reason) => {
    expect(compare(coded(coding, body), answer(json)).result).toEqual(uncomparable(reason))
    expect(compare(answer(json), coded(coding, body)).result).toEqual(uncomparable(reason))
    expect(compare(coded(coding, body), coded(coding, body)).result).toEqual(uncomparable(reason))
  })

  it.each([[23, 'match'], [24, 'uncomparable'], [31, 'uncomparable']])('zstd with a window of 2 to the %i octets is undone no further than 8 MiB: %s', (log, kind) => {
    // a frame of one block that is not compressed (RFC 8878 section 3.1.1)
    const octets = Buffer.from(json)
    const frame = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3, octets.length << 3 & 255 | 1, octets.length >> 5, 0]), octets])
    expect(compare(coded('zstd', frame), answer(json)).result.kind).toBe(kind)
  })

  it('of 8 MiB to the octet is still undone', () => {
    const full = Buffer.alloc(8 * 1024 * 1024, 0x20)
    full.write('[1]')
    expect(compare(coded('gzip', gzipSync(full)), answer('[1]')).result).toEqual(match)
  })

  it('of an empty body does not matter', () => {
    expect(compare(coded('gzip', Buffer.alloc(0)), coded('', Buffer.alloc(0))).result).toEqual(match)
    expect(compare(coded('gzip', gzipSync('')), coded('', Buffer.alloc(0))).result).toEqual(match)
  })
})

describe('the fields visited', () => {
  it('are the status, the type, every container and every leaf, whether octets are equal or not', () => {
    const fields = ['(status)', '(content-type)', '', '/a', '/a/*', '/a/*', '/b', '/b/c']
    expect(compare(answer('{"a":[1,2],"b":{"c":null}}'), answer('{"a":[1,2],"b":{"c":null}}')).same).toEqual(fields)
    expect(compare(answer('{"a":[1,2],"b":{"c":null}}'), answer('{"a": [1,2], "b":{"c":null}}')).same).toEqual(fields)
  })

  it('of a pair that turns out too complex are only those before the document', () => {
    const deep = `${'['.repeat(200)}${']'.repeat(200)}`
    const found = compare(answer(deep), answer(` ${deep}`))
    expect(found.result).toEqual(uncomparable('too_complex'))
    expect(found.same).toEqual(['(status)', '(content-type)'])
  })
})

describe('createComparison', () => {
  it.each([
    [{ ignore: ['id'], fields: [] }, 'ignore[0]: expected a JSON Pointer such as /choices/*/text; got "id"'],
    [{ ignore: [], fields: [{ at: '/a~2', as: 'exact' }] }, 'fields[0].at: expected a JSON Pointer such as /choices/*/text; got "/a~2"'],
    [{ ignore: [], fields: [{ at: '/a', as: 'toString' }] }, 'fields[0].as: unknown comparator; got "toString"']
  ])('refuses %j', (options, message) => {
    expect(() => createComparison(options)).toThrow(message)
  })
})
