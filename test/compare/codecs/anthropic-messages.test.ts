import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../../src/compare/codecs/anthropic-messages.ts'
import { MAX_SLOTS } from '../../../src/compare/codecs/parts/slots.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'
import { seeded } from '../support.ts'
import { assembled, pieces, type Sent, someText } from './support.ts'

const PATH = '/v1/messages'
const HEAD = { id: 'msg_013Zva2CMHLNnXjNJJKqJ2EF', type: 'message', role: 'assistant', model: 'claude-opus-4-7', stop_reason: null, stop_sequence: null }
const STARTED = { input_tokens: 2095, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1, service_tier: 'standard' }
const usage = { ...STARTED, output_tokens: 503 }
const WHOLE = { ...HEAD, content: [{ type: 'text', text: 'Hi! My name is Claude.', citations: null }], stop_reason: 'end_turn', usage }
const event = (type: string, rest: object = {}): Sent => [type, { type, ...rest }]
const start = event('message_start', { message: { ...HEAD, content: [], usage: STARTED } })
const begin = (index: unknown, block: unknown): Sent => event('content_block_start', { index, content_block: block })
const delta = (index: unknown, rest: unknown): Sent => event('content_block_delta', { index, delta: rest })
const text = (index: unknown, more: unknown): Sent => delta(index, { type: 'text_delta', text: more })
const end = [event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 503 } }), event('message_stop')]
const contentOf = (content: unknown): unknown => (anthropicMessages.canonical!({ ...WHOLE, content }) as { content: unknown }).content

describe('the codec of messages', () => {
  it.each<[string, string, unknown, boolean]>([
    ['an answer', PATH, WHOLE, false],
    ['an answer at another path, that says nothing', '/', { ...WHOLE, content: [] }, false],
    ['the start of a stream', '/', { type: 'message_start', message: { ...HEAD, content: [] } }, true],
    ['a stream that begins with a ping', PATH, { type: 'ping' }, true],
    ['a stream that fails at once', PATH, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, true]
  ])('recognises %s', (_what, path, document, streamed) => {
    expect(anthropicMessages.recognises(path, document, streamed)).toBe(true)
  })

  it.each<[string, string, unknown, boolean]>([
    ['another message', PATH, { type: 'message', role: 'user', content: [{ type: 'text', text: 'a' }] }, false],
    ['a message of another kind', '/chat', { type: 'message', role: 'assistant', content: 'hello' }, false],
    ['a message of blocks that are none', '/chat', { type: 'message', role: 'assistant', content: ['hello'] }, false],
    ['a message of a thread', '/v1/threads/x/messages', { object: 'thread.message', role: 'assistant', content: [{ type: 'text', text: {} }] }, false],
    ['an error', PATH, { type: 'error', error: { type: 'not_found_error' } }, false],
    ['a start that is no stream', PATH, { type: 'message_start', message: { ...HEAD, content: [] } }, false],
    ['a ping elsewhere', '/events', { type: 'ping' }, true],
    ['an answer in a stream', PATH, WHOLE, true]
  ])('does not take %s for it', (_what, path, document, streamed) => {
    expect(anthropicMessages.recognises(path, document, streamed)).toBe(false)
  })

  it('sorts the content by what it is', () => {
    const result = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }
    expect(contentOf([
      { type: 'thinking', thinking: 'Let me', signature: 'EqQB' }, { type: 'redacted_thinking', data: 'x' }, { type: 'text', text: 'One', citations: [{ cited_text: 'a' }] }, result,
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Köln' } }, { type: 'thinking', thinking: ' see' }, { type: 'text', text: ' two', citations: null }
    ])).toEqual({
      text: 'One two', thinking: 'Let me see', citations: [{ cited_text: 'a' }],
      tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: { city: 'Köln' } } }],
      other: { redacted_thinking: [{ type: 'redacted_thinking', data: 'x' }], web_search_tool_result: [result] }
    })
    expect(contentOf([])).toEqual({ text: '' })
    expect(contentOf([1, { type: 'text' }, { type: 'tool_use' }, { type: 'constructor' }])).toEqual({
      text: '', tool_calls: [{ id: null, type: 'function', function: { name: null, arguments: null } }], other: { '': [1], constructor: [{ type: 'constructor' }] }
    })
    expect(contentOf('x')).toBe('x')
  })

  it('puts a stream together', () => {
    const result = assembled(anthropicMessages, [start, begin(0, { type: 'text', text: '', citations: null }), event('ping'), text(0, 'Hi! My name'), text(0, ''), text(0, ' is Claude.'), event('content_block_stop', { index: 0 }), ...end])
    expect(result).toEqual({ document: WHOLE, content: [3, 5], complete: true, error: undefined })
  })

  it('parses the input of a tool when it is whole', () => {
    const json = (index: number, more: string): Sent => delta(index, { type: 'input_json_delta', partial_json: more })
    const tool = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }
    const { document, content } = assembled(anthropicMessages, [
      start, begin(0, tool), json(0, ''), json(0, '{"city": "K'), json(0, 'öln", "id": 12345678901234567890}'), begin(1, { ...tool, name: 'time' }), json(1, ''), begin(2, tool), json(2, '{"cut'), ...end
    ])
    expect(document).toMatchObject({ content: [
      { ...tool, input: { city: 'Köln', id: new ExactNumber(1.2345678901234567e19, '12345678901234567890') } }, { ...tool, name: 'time', input: {} }, { ...tool, input: '{"cut' }
    ] })
    expect(content).toEqual([1, 3, 4, 5, 7, 8])
  })

  it('keeps thinking, its signature, citations and what is compacted', () => {
    const { document, content } = assembled(anthropicMessages, [
      start, begin(0, { type: 'thinking', thinking: '', signature: '' }), delta(0, { type: 'thinking_delta', thinking: 'Let' }), delta(0, { type: 'thinking_delta', thinking: ' me' }), delta(0, { type: 'signature_delta', signature: 'EqQB' }),
      begin(1, { type: 'text', text: '', citations: [] }), delta(1, { type: 'citations_delta', citation: { cited_text: 'a' } }), text(1, 'b'), delta(1, { type: 'citations_delta', citation: { cited_text: 'c' } }),
      begin(2, { type: 'compaction', content: null }), delta(2, { type: 'compaction_delta', content: 'd' })
    ])
    expect(document).toMatchObject({ content: [
      { type: 'thinking', thinking: 'Let me', signature: 'EqQB' }, { type: 'text', text: 'b', citations: [{ cited_text: 'a' }, { cited_text: 'c' }] }, { type: 'compaction', content: 'd' }
    ] })
    expect(content).toEqual([2, 3, 7, 10])
  })

  it('takes the last count of what was used', () => {
    const { document } = assembled(anthropicMessages, [start, event('message_delta', { delta: { stop_reason: 'tool_use', container: { id: 'c' } }, usage: { output_tokens: 9, input_tokens: null, iterations: [1] }, context_management: { applied_edits: [] } }), event('message_stop')])
    expect(document).toEqual({ ...HEAD, content: [], stop_reason: 'tool_use', container: { id: 'c' }, context_management: { applied_edits: [] }, usage: { ...STARTED, output_tokens: 9, iterations: [1] } })
  })

  it('tells the error in the midst, and that the end did not come', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' }
    expect(assembled(anthropicMessages, [start, begin(0, { type: 'text', text: '' }), text(0, 'Hi'), event('error', { error }), event('error', { error: 'second' })])).toMatchObject({ document: { content: [{ text: 'Hi' }], stop_reason: null }, complete: false, error })
    expect(assembled(anthropicMessages, [start, ['error', 'gone']]).error).toBe('gone')
  })

  it('goes by the type of the event where the data has none, and skips what it cannot place', () => {
    const odd: Sent[] = ['', '1', 'null', '[]', 'x', event('ping'), event('new_kind'), ['message_start', '5'], begin('x', {}), begin(-1, {}), begin(MAX_SLOTS, {}), begin(0, 'x'), delta(0, 'x'), delta(0, { type: 'text_delta', text: 5 }), delta('__proto__', { type: 'text_delta', text: 'x' }), delta(0, { type: 'citations_delta', citation: 5 }), delta(0, { type: 'new_delta', text: 'x' })]
    const { document, content } = assembled(anthropicMessages, [...odd, ['message_start', { message: { ...HEAD } }], ['content_block_delta', { index: 7, delta: { type: 'text_delta', text: 'a' } }], ['message_stop', {}]])
    expect(document).toEqual({ ...HEAD, content: [{ type: 'text', text: '' }, { type: 'text', text: 'a' }] })
    expect(content).toEqual([odd.length + 1])
  })
})

const SEED = 53

describe('a streamed message', () => {
  it(`is what it would have been in one piece, however it was cut (seed ${SEED})`, () => {
    const random = seeded(SEED)
    for (let round = 0; round < 300; round++) {
      let said = 0
      const parts = (value: string, make: (piece: string) => Sent): Sent[] => pieces(random, value).map((piece) => {
        if (piece !== '') said++
        return make(piece)
      })
      const events: Sent[] = [start]
      const content = Array.from({ length: Math.floor(random() * 5) }, (_, index) => {
        const kind = random()
        if (kind < 0.5) {
          const block = { type: 'text', text: someText(random) }
          events.push(begin(index, { ...block, text: '' }), ...parts(block.text, (piece) => text(index, piece)), event('content_block_stop', { index }))
          return block
        }
        if (kind < 0.7) {
          const block = { type: 'thinking', thinking: someText(random), signature: 'EqQB' }
          events.push(begin(index, { ...block, thinking: '', signature: '' }), ...parts(block.thinking, (piece) => delta(index, { type: 'thinking_delta', thinking: piece })), delta(index, { type: 'signature_delta', signature: 'EqQB' }))
          return block
        }
        const block = { type: 'tool_use', id: `toolu_${index}`, name: 'f', input: { [someText(random)]: [someText(random), 1.5, null] } }
        said++
        events.push(begin(index, { ...block, input: {} }), ...parts(JSON.stringify(block.input), (piece) => delta(index, { type: 'input_json_delta', partial_json: piece })), event('content_block_stop', { index }))
        return block
      })
      if (random() < 0.5) events.splice(1 + Math.floor(random() * events.length), 0, event('ping'))
      const result = assembled(anthropicMessages, [...events, ...end])
      expect(result.document).toStrictEqual({ ...HEAD, content, stop_reason: 'end_turn', usage })
      expect([result.content.length, result.complete, result.error]).toEqual([said, true, undefined])
    }
  })
})
