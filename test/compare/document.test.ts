import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { codecs } from '../../src/compare/codecs/index.ts'
import { createDocumentReader, type Document, exactly, type ModelDocument } from '../../src/compare/document.ts'
import { ExactNumber } from '../../src/compare/read/exact-number.ts'
import type { Answer } from '../../src/core/answer.ts'
import { answer } from './support.ts'

const read = (one: Answer, path = '/', codec?: string): Document => createDocumentReader(codec).read(one, path) as Document
const model = (one: Answer, path = '/', codec?: string): ModelDocument => read(one, path, codec) as ModelDocument
const nameOf = ({ codec }: ModelDocument): string | undefined => codecs.find((one) => one.codec === codec)?.name

const chat = { object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }] }
const lines = { contentType: 'application/x-ndjson' }
const events = { contentType: 'text/event-stream' }

describe('an answer', () => {
  it.each<[string, Answer, string, string, string | undefined]>([
    ['JSON', answer({ a: 1 }), '/', 'whole', 'json'],
    ['a chat completion', answer(chat), '/v1/chat/completions', 'whole', 'openai-chat'],
    ['text', answer('hello', { contentType: 'text/plain' }), '/', 'whole', 'text'],
    ['events of JSON', answer('data: {"a":1}\n\n', events), '/', 'stream', 'json'],
    ['events of no JSON', answer('data: hello\n\n', events), '/', 'stream', 'text'],
    ['events of which only a late one is JSON', answer('data: [DONE\n\n'.repeat(7) + 'data: {"a":1}\n\n', events), '/', 'stream', 'json'],
    ['lines', answer('{}\n{}\n', lines), '/', 'stream', 'json'],
    ['a picture', answer(Buffer.from('89504e47', 'hex'), { contentType: 'image/png' }), '/', 'octets', undefined],
    ['nothing', answer(''), '/', 'empty', undefined]
  ])('that is %s is read as that', (_what, one, path, kind, codec) => {
    const document = read(one, path)
    expect(document.kind).toBe(kind)
    expect('codec' in document ? nameOf(document) : undefined).toBe(codec)
  })

  it('is of the kind that a config says, or the primary\'s is', () => {
    expect(nameOf(model(answer({ a: 1 }), '/', 'kserve-v1'))).toBe('kserve-v1')
    expect(read(answer({ a: 1 }), '/', 'bytes').kind).toBe('octets')
    expect(read(answer(''), '/', 'bytes').kind).toBe('empty')
    const reader = createDocumentReader(undefined)
    const primary = reader.read(answer(chat), '/v1/chat/completions')
    expect(nameOf(reader.read(answer({ error: 'no' }), '/v1/chat/completions', primary) as ModelDocument)).toBe('openai-chat')
    expect(nameOf(reader.read(answer({ error: 'no' }), '/v1/chat/completions', 'bad_json') as ModelDocument)).toBe('json')
    expect(() => createDocumentReader('none')).toThrow('codec: unknown codec; got "none"')
  })

  it.each<[string, Answer]>([
    ['bad_json', answer('{')],
    ['bad_encoding', answer('{}', { contentEncoding: 'gzip' })],
    ['unknown_encoding', answer('{}', { contentEncoding: 'x' })],
    ['decoded_too_large', answer(gzipSync(Buffer.alloc(9_000_000)), { contentEncoding: 'gzip' })],
    ['too_complex', answer(`[${'1,'.repeat(300_000)}1]`)],
    ['too_complex', answer('data: 1\n\n'.repeat(100_001), events)],
    ['too_complex', answer('1\n'.repeat(100_001), lines)]
  ])('that cannot be read is %s', (reason, one) => {
    expect(read(one)).toBe(reason)
  })
})

describe('a stream', () => {
  const chunk = (content: string): string => `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`

  it('is whole where it says so and nothing trails', () => {
    const complete = (body: string, rest: object = events): boolean => model(answer(body, rest), '/v1/chat/completions').stream!.complete
    expect([complete(`${chunk('a')}data: [DONE]\n\n`), complete(chunk('a')), complete(`${chunk('a')}data: [DONE]`)]).toEqual([true, false, false])
    expect([complete('{"a":1}\n{"a":2}\n', lines), complete('{"a":1}\n{"a":', lines)]).toEqual([true, false])
  })

  it('says what had gone wrong', () => {
    expect(model(answer(`${chunk('a')}data: {"error":{"message":"no"}}\n\n`, events), '/v1/chat/completions').stream!.error).toEqual({ message: 'no' })
  })

  it('has times by the octets that came, also where reads and events do not meet', () => {
    const body = chunk('') + chunk('a') + chunk('b')
    const [first, second, third] = [chunk('').length, chunk('').length + chunk('a').length, body.length]
    const times = (...marks: number[]): readonly number[] => {
      const { firstContentMs, gapMs } = model(answer(body, { ...events, marks }), '/v1/chat/completions').stream!
      return [firstContentMs, gapMs]
    }
    expect(times(first, 10, second, 20, third, 50)).toEqual([20, 30])
    expect(times(first + 1, 10, second - 1, 20, third - 1, 50, third, 60)).toEqual([50, 10])
    expect(times(third, 10)).toEqual([10, 0])
    // of what is known to the middle only, the end is not
    expect(times(second, 10)).toEqual([10, Number.NaN])
    expect(times()).toEqual([Number.NaN, Number.NaN])
  })
})

describe('a document read with exact numbers', () => {
  it('is the same, but for what a double cannot hold', () => {
    const rounded = model(answer('{"a":1e400,"b":1.5}'))
    expect([rounded.exact, rounded.value]).toEqual([false, { a: Infinity, b: 1.5 }])
    const exact = exactly(rounded) as ModelDocument
    expect([exact.exact, exact.value]).toEqual([true, { a: new ExactNumber(Infinity, '1e400'), b: 1.5 }])
    expect(exactly(exact)).toBe(exact)
  })

  it('is the same where there is nothing to read again', () => {
    const stream = model(answer('{"a":1}\n', lines))
    expect(exactly(stream)).toBe(stream)
    const text = model(answer('hello', { contentType: 'text/plain' }))
    expect(exactly(text)).toBe(text)
  })
})
