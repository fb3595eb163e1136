import { describe, expect, it } from 'vitest'
import { ollama } from '../../../src/compare/codecs/ollama.ts'
import { seeded } from '../support.ts'
import { assembledLines, pieces, someText } from './support.ts'

const HEAD = { model: 'llama3.2', created_at: '2023-08-04T19:22:45.499127Z' }
const END = { done_reason: 'stop', total_duration: 4883583458, load_duration: 1334875, prompt_eval_count: 26, prompt_eval_duration: 342546000, eval_count: 282, eval_duration: 4535599000 }
const message = (content: unknown, rest: object = {}): object => ({ ...HEAD, message: { role: 'assistant', content, ...rest }, done: false })
const response = (text: unknown, rest: object = {}): object => ({ ...HEAD, response: text, done: false, ...rest })

describe('the codec of Ollama', () => {
  it.each<[string, string, unknown, boolean]>([
    ['an answer of chat', '/api/chat', { ...message('Hello'), done: true, ...END }, false],
    ['an answer of generate at another path', '/', { ...response('Hello'), done: true, ...END }, false],
    ['a line of chat', '/api/chat', message('The'), true],
    ['a line of generate', '/ollama/api/generate', response('The'), true],
    ['embeddings', '/api/embed', { model: 'all-minilm', embeddings: [[0.010071029, -0.0017594862]], total_duration: 14143917 }, false],
    ['an embedding', '/api/embeddings', { embedding: [0.5670403838157654, 0.009260174818336964] }, false],
    ['a stream that fails at once', '/api/chat', { error: 'model not found' }, true]
  ])('recognises %s', (_what, path, document, streamed) => {
    expect(ollama.recognises(path, document, streamed)).toBe(true)
  })

  it.each<[string, string, unknown, boolean]>([
    ['an error', '/api/chat', { error: 'model not found' }, false],
    ['embeddings elsewhere', '/embed', { embeddings: [[1]] }, false],
    ['an answer without its time', '/api/chat', { model: 'x', message: { content: 'a' }, done: true }, false],
    ['the progress of a pull', '/api/pull', { status: 'downloading', digest: 'sha256:x', total: 5, completed: 2 }, true],
    ['a task', '/tasks/1', { ...HEAD, done: true }, false]
  ])('does not take %s for it', (_what, path, document, streamed) => {
    expect(ollama.recognises(path, document, streamed)).toBe(false)
  })

  it('takes an absent text for an empty one, and null for nothing', () => {
    expect(ollama.canonical?.({ ...HEAD, message: { role: 'assistant', images: null, tool_calls: [{}] }, done: true })).toEqual({ ...HEAD, message: { role: 'assistant', content: '', tool_calls: [{}] }, done: true })
    expect(ollama.canonical?.(response('a'))).toEqual(response('a'))
  })

  it('puts a chat together, tool calls with their arguments whole', () => {
    const call = (name: string): object => ({ function: { name, arguments: { city: 'Köln' } } })
    const { document, content, complete } = assembledLines(ollama, [
      message('', { thinking: 'Let' }), message('', { thinking: ' me' }), message('It'), message('', { tool_calls: [call('f')] }), message('', { tool_calls: [call('g')] }), { ...message(''), ...END, done: true }, message('more')
    ])
    expect(document).toEqual({ ...HEAD, message: { role: 'assistant', content: 'It', thinking: 'Let me', tool_calls: [call('f'), call('g')] }, done: true, ...END })
    expect([content, complete]).toEqual([[0, 1, 2, 3, 4], true])
  })

  it('puts a chat together whose last line has no message', () => {
    expect(assembledLines(ollama, [message('Hi'), { ...HEAD, done: true, ...END }]).document).toEqual({ ...message('Hi'), done: true, ...END })
  })

  it('tells the error in the midst, and that the end did not come', () => {
    expect(assembledLines(ollama, [response('a'), { error: 'out of memory' }, { error: 'second' }])).toEqual({ document: response('a'), content: [0], complete: false, error: 'out of memory' })
    expect(assembledLines(ollama, [response('a'), '{"model":"llama3.2","respon'])).toMatchObject({ document: response('a'), complete: false, error: undefined })
  })

  it('skips what is no line of its kind', () => {
    expect(assembledLines(ollama, ['1', 'null', '[]', '"x"', response(5), response(['x']), response('a'), { message: 5 }, { message: { content: {} } }])).toMatchObject({ complete: false })
    expect(assembledLines(ollama, ['{"__proto__":{"a":1},"message":{"__proto__":{"b":2},"content":"x"}}', '{"done":true}']).content).toEqual([0])
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })
})

const SEED = 59

describe('a stream of Ollama', () => {
  it(`is what it would have been in one piece, however it was cut (seed ${SEED})`, () => {
    const random = seeded(SEED)
    for (let round = 0; round < 200; round++) {
      const said = someText(random)
      const thought = someText(random)
      const context = [1, 2, 3]
      const generated = assembledLines(ollama, [...pieces(random, thought).map((piece) => response('', { thinking: piece })), ...pieces(random, said).map((piece) => response(piece)), { ...response(''), done: true, ...END, context }])
      expect(generated.document).toStrictEqual({ ...response(said), thinking: thought, done: true, ...END, context })
      const chatted = assembledLines(ollama, [...pieces(random, thought).map((piece) => message('', { thinking: piece })), ...pieces(random, said).map((piece) => message(piece)), { ...message(''), done: true, ...END }])
      expect(chatted.document).toStrictEqual({ ...message(said, { thinking: thought }), done: true, ...END })
      expect([generated.complete, chatted.complete]).toEqual([true, true])
    }
  })
})
