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
    ['a document beside text', answer(json), answer('oops', text), differ, [' type']],
    ['text beside a document', answer('oops', text), answer(json), differ, [' type']],
    ['documents one of which is called text', answer(json), answer(json, text), match, []],
    ['documents called by a type of their own', answer(json, { contentType: 'application/vnd.x+json' }), answer(json), match, []],
    ['documents with parameters to their type', answer(json, { contentType: 'Application/JSON; charset=utf-8' }), answer(json), match, []],
    ['documents without a type', answer(json, { contentType: '' }), answer('{"a":[1,2],"b":"y"}', { contentType: '' }), differ, ['/b value']],
    ['equal texts', answer('hello', text), answer('hello', text), match, []],
    ['different texts', answer('hello', text), answer('world', text), differ, [' value']],
    ['text that only begins like JSON', answer('{not json}', text), answer('{not json}', text), match, []],
    // or a shadow that breaks would look the better for it
    ['what calls itself JSON and is not', answer('{not json}'), answer(json), uncomparable('bad_json'), ['(content-type) type']],
    ['a document cut off', answer(json), answer(json.slice(0, -1)), uncomparable('bad_json'), ['(content-type) type']],
    ['two documents cut off', answer(json.slice(0, -2)), answer(json.slice(0, -1)), uncomparable('bad_json'), []],
    ['a document cut off beside nothing', answer(json.slice(0, -2)), answer(''), uncomparable('bad_json'), ['(content-type) type']],
    ['octets that are no UTF-8', answer(Buffer.from('["\xff"]', 'latin1')), answer(Buffer.from('["\xff"]', 'latin1')), match, []],
    ['different octets that are no UTF-8', answer(Buffer.from('["\xff"]', 'latin1')), answer(Buffer.from('["\xfe"]', 'latin1')), differ, ['(body) value']],
    ['a document beside octets that are no UTF-8', answer(json), answer(Buffer.from('["\xff"]', 'latin1')), differ, ['(content-type) type']],
    ['a document behind a byte order mark', answer(`\ufeff${json}`), answer(json), match, []],
    ['event streams', answer('data: 1\n\n', { contentType: 'text/event-stream' }), answer('data: 2\n\n', { contentType: 'text/event-stream; charset=utf-8' }), differ, ['/* value']],
    ['equal event streams', answer('data: 1\n\n', { contentType: 'text/event-stream' }), answer('data: 1\n\n', { contentType: 'text/event-stream' }), match, []],
    ['lines of JSON', answer('{}\n{}\n', { contentType: 'application/x-ndjson' }), answer('{}\n', { contentType: 'application/x-ndjson' }), differ, [' length']],
    ['a document beside a stream', answer(json), answer('data: 1\n\n', { contentType: 'text/event-stream' }), differ, ['(content-type) type', ' type']],
    ['a scalar', answer('1'), answer('"1"'), differ, [' type']]
  ])('of %s is as expected', (_name, primary, other, result, differs) => {
    const found = compare(primary, other)
    expect(found.result).toEqual(result)
    expect(found.differs).toEqual(differs)
  })
})

describe('two answers neither of which can be read', () => {
  it('are uncomparable for the same reason from both sides', () => {
    const pair = [answer('{'), coded('gzip', Buffer.from(json))] as const
    expect(compare(...pair).result).toEqual(uncomparable('bad_encoding'))
    expect(compare(pair[1], pair[0]).result).toEqual(uncomparable('bad_encoding'))
    expect(compare(...pair).differs).toEqual([])
  })
})

const chunk = (delta: unknown, finish: string | null = null): string => `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const streamed = (...parts: string[]): Answer => answer(parts.join(''), { contentType: 'text/event-stream' })
const done = 'data: [DONE]\n\n'
const failed = 'data: {"error":{"message":"out of memory"}}\n\n'
const said = (content: string): Answer => answer({ object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] })
const hello = [chunk({ role: 'assistant', content: 'he' }), chunk({ content: 'llo' }), chunk({}, 'stop'), done]

describe('the outcome of a stream', () => {
  it.each([
    ['beside the same in other pieces', streamed(...hello), streamed(chunk({ role: 'assistant', content: 'hello' }, 'stop'), done), match, []],
    ['beside one that was cut', streamed(...hello), streamed(...hello.slice(0, 3)), differ, ['(stream end) value']],
    ['beside one that broke', streamed(...hello), streamed(...hello.slice(0, 3), failed, done), differ, ['(stream error) extra']],
    ['that broke beside one that did not', streamed(...hello.slice(0, 3), failed, done), streamed(...hello), differ, ['(stream error) missing']],
    ['that broke beside one that did so too', streamed(...hello, failed), streamed(...hello, failed), match, []],
    ['beside one that says something else', streamed(...hello), streamed(hello[0]!, chunk({ content: 'y' }), ...hello.slice(2)), differ, ['/choices/*/message/content value']],
    ['beside an answer in one piece that says the same', streamed(...hello), said('hello'), differ, ['(content-type) type']],
    ['beside an answer in one piece that does not', said('hi'), streamed(...hello), differ, ['(content-type) type', '/choices/*/message/content value']],
    ['cut within a character', streamed(...hello), streamed(...hello.slice(0, 2), chunk({ content: '猫' }).slice(0, -8)), differ, expect.arrayContaining(['(stream end) value'])]
  ])('%s is as expected', (_name, primary, other, result, differs) => {
    const found = compare(primary, other, {}, '/v1/chat/completions')
    expect([found.result, found.differs]).toEqual([result, differs])
  })

  it('keeps that the two are of different kinds where numbers have to be read again', () => {
    const lines = answer('{"a":1}\n{"a":1}\n', { contentType: 'application/x-ndjson' })
    const found = compare(answer('[{"a":Infinity},{"a":1}]'), lines)
    expect([found.result, found.differs]).toEqual([differ, ['(content-type) type', '/*/a value']])
    const infinite = compare(answer('[{"a":Infinity},{"a":1}]'), answer('{"a":Infinity}\n{"a":1}\n', { contentType: 'application/x-ndjson' }))
    expect(infinite.differs).toEqual(['(content-type) type'])
  })
})

describe('headers that are compared', () => {
  const headed = (...fields: (readonly [string, string])[]): Answer => answer(json, { fields })
  const headers = ['x-model', 'vary', 'content-type']

  it.each([
    ['the same', headed(['x-model', 'a']), headed(['x-model', 'a']), match, []],
    ['another value', headed(['x-model', 'a']), headed(['x-model', 'A']), differ, ['(header x-model) value']],
    ['gone', headed(['x-model', 'a']), headed(), differ, ['(header x-model) missing']],
    ['new', headed(), headed(['x-model', 'a']), differ, ['(header x-model) extra']],
    ['a set in another order', headed(['vary', 'Accept, Origin']), headed(['vary', 'origin,accept']), match, []],
    ['another set', headed(['vary', 'Accept, Origin']), headed(['vary', 'Accept']), differ, ['(header vary) value']],
    ['one that nobody asked about', headed(['date', 'now']), headed(['date', 'then']), match, []],
    ['another type', answer(json), answer(json, { contentType: 'application/vnd.x+json' }), differ, ['(header content-type) value']],
    ['the same type with parameters', answer(json), answer(json, { contentType: 'application/json; charset=utf-8' }), match, []],
    ['gone, of answers that cannot be compared', answer('{', { fields: [['x-model', 'a']] }), answer('{'), uncomparable('bad_json'), ['(header x-model) missing']]
  ])('and are %s are as expected', (_name, primary, other, result, differs) => {
    const found = compare(primary, other, { headers })
    expect([found.result, found.differs]).toEqual([result, differs])
  })
})

describe('octets behind a document', () => {
  const body = '{"outputs":[]}'
  const binary = (tail: string, length: number = body.length): Answer => answer(body + tail, { fields: [['inference-header-content-length', String(length)]] })

  it.each([
    ['the same', binary('\u0001\u0002'), binary('\u0001\u0002'), match, []],
    ['others', binary('\u0001\u0002'), binary('\u0001\u0003'), differ, ['(binary) value']],
    ['none', binary('\u0001\u0002'), answer(body), differ, ['(binary) missing']],
    ['some where there were none', answer(body), binary('\u0001'), differ, ['(binary) extra']],
    ['none, and said to be none', binary(''), answer(body), match, []],
    ['said to begin past the end', binary('\u0001', 1000), answer(body), uncomparable('bad_json'), ['(content-type) type']]
  ])('that are %s are as expected', (_name, primary, other, result, differs) => {
    const found = compare(primary, other, {}, '/v2/models/house/infer')
    expect([found.result, found.differs]).toEqual([result, differs])
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

describe('the kind of an answer', () => {
  it('is that of the primary for both', () => {
    // alone, an error would be JSON like any other and its message compared to the letter
    const found = compare(said('hello'), answer({ error: { message: 'no' }, id: 'b' }), {}, '/v1/chat/completions')
    expect(found.differs).toEqual(['/choices missing', '/error extra'])
    const bytes = compare(answer('[1, 2]'), answer('[1,2]'), { codec: 'bytes' })
    expect([bytes.result, bytes.differs]).toEqual([differ, ['(body) value']])
    expect(compare(answer('[1]'), answer('[1.0000001]'), { numbers: 'float32' }).result).toEqual(match)
    expect(compare(answer('[1]'), answer('[1.0000001]')).result).toEqual(differ)
  })

  it('has rules of its own, behind those of the config', () => {
    const path = '/v1/chat/completions'
    const other = answer({ ...JSON.parse(said('hello').body.toString()), id: 'x', created: 5 })
    expect(compare(said('hello'), other, {}, path).result).toEqual(match)
    expect(compare(said('hello'), other, { fields: [{ at: '/id', as: 'exact' }] }, path).differs).toEqual(['/id extra'])
    expect(compare(said('hello'), said('HELLO'), {}, path).measures[0]?.[0]).toBe('/choices/*/message/content')
  })
})

describe('createComparison', () => {
  it.each([
    [{ ignore: ['id'], fields: [] }, 'ignore[0]: expected a JSON Pointer such as /choices/*/text; got "id"'],
    [{ ignore: [], fields: [{ at: '/a~2', as: 'exact' }] }, 'fields[0].at: expected a JSON Pointer such as /choices/*/text; got "/a~2"'],
    [{ ignore: [], fields: [{ at: '/a', as: 'toString' }] }, 'fields[0].as: unknown comparator; got "toString"'],
    [{ ignore: [], fields: [], codec: 'xml' }, 'codec: unknown codec; got "xml"']
  ])('refuses %j', (options, message) => {
    expect(() => createComparison(options)).toThrow(message)
  })
})
