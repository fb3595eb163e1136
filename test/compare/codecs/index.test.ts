import { describe, expect, it } from 'vitest'
import type { StreamEvent } from '../../../src/compare/codec.ts'
import { choose, codecNamed, codecNames, codecs } from '../../../src/compare/codecs/index.ts'
import { readSse } from '../../../src/compare/streams/sse.ts'
import { parsePointer } from '../../../src/core/json-pointer.ts'
import { document as anyDocument } from '../generate.ts'
import { pick, seeded } from '../support.ts'
import { assembled, assembledList, mutated, ODD, sse } from './support.ts'

const nameOf = (path: string, document: unknown, streamed: boolean): string | undefined => codecs.find(({ codec }) => codec === choose(path, document, streamed))?.name

/** Answers of each kind, and the events of streams. */
const ANSWERS: readonly (readonly [name: string, path: string, document: object])[] = [
  ['openai-chat', '/v1/chat/completions', { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'Hi', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] }, finish_reason: 'stop', logprobs: null }], usage: { total_tokens: 3 } }],
  ['openai-completions', '/v1/completions', { id: 'c', object: 'text_completion', created: 1, model: 'm', choices: [{ index: 0, text: 'Hi', finish_reason: 'stop', logprobs: null }], usage: { total_tokens: 3 } }],
  ['openai-responses', '/v1/responses', { id: 'r', object: 'response', status: 'completed', output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi', annotations: [] }] }, { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' }, { type: 'reasoning', summary: [{ type: 'summary_text', text: 'x' }] }] }],
  ['openai-embeddings', '/v1/embeddings', { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }, { object: 'embedding', index: 1, embedding: 'AACAPwAAAEA=' }], model: 'm', usage: { prompt_tokens: 8 } }],
  ['anthropic-messages', '/v1/messages', { id: 'm', type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Hi' }, { type: 'tool_use', id: 't', name: 'f', input: {} }, { type: 'thinking', thinking: 'x', signature: 'y' }], model: 'm', stop_reason: 'end_turn', usage: { output_tokens: 5 } }],
  ['ollama', '/api/chat', { model: 'm', created_at: '2023-08-04T19:22:45Z', message: { role: 'assistant', content: 'Hi' }, done: true, done_reason: 'stop' }],
  ['ollama', '/api/embed', { model: 'm', embeddings: [[0.1, 0.2]] }],
  ['open-inference', '/v2/models/m/infer', { model_name: 'm', outputs: [{ name: 'o', datatype: 'FP16', shape: [1, 2], data: [[0.5, 0.25]] }] }],
  ['kserve-v1', '/v1/models/m:predict', { predictions: [[0.5, 0.25]] }],
  ['rerank', '/v1/rerank', { results: [{ index: 1, relevance_score: 0.9 }, { index: 0, relevance_score: 0.1 }] }],
  ['json', '/predict', { label: 'cat', scores: [0.9] }],
  ['json', '/predict', [1, 2, 3]],
  ['json', '/v1/models', { object: 'list', data: [{ id: 'm', object: 'model' }] }],
  ['json', '/v1/chat/completions', { error: { message: 'no' } }]
]

const STREAMS: readonly (readonly [name: string, path: string, events: readonly object[]])[] = [
  ['openai-chat', '/v1/chat/completions', [
    { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }, { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Hi', reasoning: 'x' }, logprobs: { content: [{ token: 'Hi' }] } }] },
    { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }], audio: { data: 'A' }, function_call: { name: 'f', arguments: '{}' } }, finish_reason: 'stop' }] }
  ]],
  ['openai-completions', '/v1/completions', [{ object: 'text_completion', choices: [{ index: 0, text: 'Hi', logprobs: { tokens: ['Hi'] } }] }]],
  ['openai-responses', '/v1/responses', [
    { type: 'response.created', response: { object: 'response', output: [] } }, { type: 'response.output_item.added', output_index: 0, item: { type: 'message', content: [] } },
    { type: 'response.content_part.added', output_index: 0, content_index: 0, part: { type: 'output_text', text: '' } }, { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hi' },
    { type: 'response.output_text.annotation.added', output_index: 0, content_index: 0, annotation: {} }, { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hi' },
    { type: 'response.output_item.done', output_index: 0, item: { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] } }
  ]],
  ['anthropic-messages', '/v1/messages', [
    { type: 'message_start', message: { type: 'message', role: 'assistant', content: [], usage: { output_tokens: 1 } } }, { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }, { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } }, { type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation: {} } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }
  ]],
  ['ollama', '/api/chat', [{ model: 'm', created_at: '2023-08-04T19:22:45Z', message: { role: 'assistant', content: 'Hi', tool_calls: [{ function: {} }] }, done: false }, { model: 'm', created_at: '2023-08-04T19:22:46Z', message: { role: 'assistant', content: '' }, done: true }]],
  ['json', '/generate_stream', [{ token: { id: 1, text: 'Hi' } }]],
  ['json', '/events', [['a']]]
]

describe('choose', () => {
  it.each(ANSWERS)('takes an answer of %s at %s for one', (name, path, document) => {
    expect(nameOf(path, document, false)).toBe(name)
    // and no other kind would
    const others = codecs.filter(({ name: other }) => other !== name && !['text', 'json', 'bytes'].includes(other))
    for (const { name: other, codec } of others) expect([other, codec.recognises(path, document, false)]).toEqual([other, false])
  })

  it.each(STREAMS)('takes a stream of %s at %s for one', (name, path, [first]) => {
    expect(nameOf(path, first, true)).toBe(name)
    const others = codecs.filter(({ name: other }) => other !== name && !['text', 'json', 'bytes'].includes(other))
    for (const { name: other, codec } of others) expect([other, codec.recognises(path, first, true)]).toEqual([other, false])
  })

  it.each<[string, unknown, boolean]>([
    ['text', 'Hello', false],
    ['json', 'Hello', true], // a stream of JSON strings
    ['text', undefined, true],
    ['bytes', undefined, false],
    ['json', null, false],
    ['json', 0, false],
    ['json', false, true]
  ])('takes for %s the document %j (streamed: %s)', (name, document, streamed) => {
    expect(nameOf('/', document, streamed)).toBe(name)
  })

  it('does not take a member of some name for a kind, at any path', () => {
    const members = ['choices', 'output', 'outputs', 'content', 'data', 'results', 'predictions', 'message', 'embedding', 'response', 'object', 'type']
    for (const path of ['/', '/v1/items', ...ANSWERS.map(([, at]) => at)]) {
      for (const member of members) {
        for (const value of ODD) {
          // there, these are answers: a bare value is a tensor, and no choices are an answer that has none
          if (path.endsWith(':predict') && (member === 'predictions' || member === 'outputs')) continue
          if (path.endsWith('/completions') && member === 'choices' && Array.isArray(value) && value.length === 0) continue
          expect([path, member, value, nameOf(path, { [member]: value }, false)]).toEqual([path, member, value, 'json'])
        }
      }
    }
  })
})

describe('the registry', () => {
  it('finds each codec by its name, once', () => {
    expect(new Set(codecNames).size).toBe(codecs.length)
    for (const { name, codec } of codecs) expect(codecNamed(name)).toBe(codec)
    for (const name of ['auto', '', 'constructor', '__proto__']) expect(codecNamed(name)).toBeUndefined()
  })

  it.each(codecs)('has a sentence for $name, and rules by comparators there are', ({ codec: { rules, summary } }) => {
    expect(summary).toMatch(/^[^.\n]{20,160}$/)
    for (const { as } of rules.fields) expect(COMPARATORS).toContain(as)
  })

  // a pointer that a typo leads astray would never be missed otherwise
  it.each(codecs.filter(({ codec: { rules } }) => rules.ignore.length > 0))('has rules for $name that each find something', ({ name, codec }) => {
    const answers = FULL.filter(([of]) => of === name).map(([, answer]) => codec.canonical?.(answer) ?? answer)
    const pointers = [...codec.rules.ignore, ...codec.rules.fields.map(({ at }) => at)]
    expect(pointers.filter((at) => !answers.some((answer) => find(answer, parsePointer(at)!)))).toEqual([])
  })
})

const COMPARATORS = ['exact', 'number', 'label', 'probabilities', 'vector', 'embedding', 'ranking', 'set', 'multiset', 'keyed', 'regression', 'boxes', 'text', 'json', 'schema', 'tools']

const CHUNK_HEAD = { id: 'i', created: 1, model: 'm', system_fingerprint: 'f', service_tier: 's', usage: { prompt_tokens: 1, prompt_tokens_details: {}, completion_tokens_details: {} } }
const BLOCK = { id: 'i', call_id: 'c', tool_use_id: 't', encrypted_content: 'e' }

/** Answers that leave nothing out. */
const FULL: readonly (readonly [name: string, answer: unknown])[] = [
  ['openai-chat', { ...CHUNK_HEAD, object: 'chat.completion', choices: [{ finish_reason: 'stop', logprobs: {}, message: {
    content: 'a', refusal: 'b', reasoning: 'c', reasoning_content: 'd', tool_calls: [{}], function_call: { arguments: '{}' }, audio: { id: 'a', expires_at: 1 }
  } }] }],
  ['openai-completions', { ...CHUNK_HEAD, object: 'text_completion', choices: [{ text: 'a', finish_reason: 'stop', logprobs: {} }] }],
  ['openai-responses', {
    id: 'i', object: 'response', created_at: 1, completed_at: 2, model: 'm', service_tier: 's', previous_response_id: 'p', safety_identifier: 's', prompt_cache_key: 'k', user: 'u', status: 'completed', incomplete_details: { reason: 'r' },
    usage: { input_tokens: 1, input_tokens_details: {}, output_tokens_details: {} },
    output: [
      { type: 'message', content: [{ type: 'output_text', text: 'a', annotations: [{}] }, { type: 'refusal', refusal: 'b' }] }, { type: 'reasoning', summary: [{ text: 'c' }] }, { type: 'function_call' }, { type: 'x', ...BLOCK }
    ]
  }],
  ['openai-embeddings', { ...CHUNK_HEAD, object: 'list', data: [{ embedding: [1] }] }],
  ['anthropic-messages', {
    id: 'i', type: 'message', model: 'm', container: {}, stop_reason: 's',
    usage: { input_tokens: 1, cache_creation: {}, cache_creation_input_tokens: 1, cache_read_input_tokens: 1, service_tier: 's', inference_geo: 'g', iterations: [] },
    content: [{ type: 'text', text: 'a', citations: [{}] }, { type: 'thinking', thinking: 'b' }, { type: 'tool_use' }, { type: 'redacted_thinking' }, { type: 'x', ...BLOCK }]
  }],
  ['ollama', {
    model: 'm', remote_model: 'r', remote_host: 'h', created_at: 'c', context: [], total_duration: 1, load_duration: 1, prompt_eval_duration: 1, eval_duration: 1, logprobs: [], done_reason: 's', prompt_eval_count: 1, eval_count: 1,
    message: { content: 'a', thinking: 'b', tool_calls: [{}] }, response: 'c', thinking: 'd', embedding: [1], embeddings: [[1]]
  }],
  ['open-inference', { id: 'i', model_name: 'm', model_version: '1', outputs: [{ name: 'a', datatype: 'FP32', data: [1] }, { name: 'b', datatype: 'FP16', data: [1] }, { name: 'c', datatype: 'BF16', data: [1] }] }],
  ['kserve-v1', { predictions: [1], model: 'm', modelDisplayName: 'd', modelVersionId: 'v', deployedModelId: 'i' }],
  ['rerank', { id: 'i', object: 'list', created: 1, model: 'm', meta: {}, usage: {}, results: [{ index: 0, relevance_score: 1 }] }]
]

function find(value: unknown, [token, ...rest]: readonly string[]): boolean {
  if (token === undefined) return value !== undefined
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, member]) => (token === '*' || token === key) && find(member, rest))
}

describe('a stream of no known kind', () => {
  it('is the list of its events where they are JSON', () => {
    expect(assembled(codecNamed('json')!, [{ a: 1 }, '[2]', 'x', '', '[DONE]', '12345678901234567890'])).toMatchObject({ document: [{ a: 1 }, [2], 'x', '', '[DONE]', { text: '12345678901234567890' }], content: [0, 1, 2, 3, 4, 5], complete: true, error: undefined })
  })

  it('is its data in a row where it is text', () => {
    expect(assembled(codecNamed('text')!, ['Hel', '', 'lo', ' world'])).toEqual({ document: 'Hello world', content: [0, 2, 3], complete: true, error: undefined })
  })

  it('is a list too for a codec that knows no streams', () => {
    expect(assembled(codecNamed('open-inference')!, [{ a: 1 }])).toMatchObject({ document: [{ a: 1 }], complete: true })
  })
})

const SEED = 61

describe('whatever is sent', () => {
  it(`has a codec that does not throw, and gives JSON (seed ${SEED})`, () => {
    const random = seeded(SEED)
    const paths = ['/', '', ...ANSWERS.map(([, path]) => path), ...STREAMS.map(([, path]) => path)]
    for (let round = 0; round < 4000; round++) {
      const kind = random()
      const document = kind < 0.6 ? mutated(random, pick(random, ANSWERS)[2]) : kind < 0.8 ? mutated(random, pick(random, STREAMS)[2][0]) : kind < 0.9 ? anyDocument(random) : pick(random, ODD)
      const path = pick(random, paths)
      const codec = choose(path, document, random() < 0.5)
      const before = JSON.stringify(document)
      JSON.stringify(codec.canonical?.(document))
      // one that a config names sees answers of all kinds
      for (const one of codecs) JSON.stringify(one.codec.canonical?.(document))
      expect(JSON.stringify(document)).toBe(before)
    }
  })

  it(`is put together without throwing, in time, and within it events (seed ${SEED + 1})`, () => {
    const random = seeded(SEED + 1)
    const odd = ['', 'x', '[DONE]', '{', '1', 'null', '[]', ...ODD.map((one) => JSON.stringify(one) ?? 'x')]
    let said = 0
    for (let round = 0; round < 1500; round++) {
      const [, , from] = pick(random, STREAMS)
      const events: string[] = []
      for (const event of [...from, ...from]) {
        if (random() < 0.2) events.push(pick(random, odd))
        events.push(JSON.stringify(random() < 0.5 ? event : mutated(random, event)) ?? '')
      }
      const list = readSse(sse(events))
      for (const { codec } of codecs) {
        const { document, content } = assembledList(codec, list)
        JSON.stringify(codec.canonical?.(document) ?? document)
        said += content.length
        expect([...content].toSorted((a, b) => a - b)).toEqual([...new Set(content)])
        expect(content.every((i) => i >= 0 && i < list.events.length)).toBe(true)
      }
    }
    expect(said).toBeGreaterThan(10_000)
  })

  const event = (data: object): StreamEvent => ({ type: '', data: JSON.stringify(data), end: 0 })
  const many = (make: (i: number) => object): StreamEvent[] => Array.from({ length: 30_000 }, (_, i) => event(make(i)))

  it.each<[string, string, StreamEvent[]]>([
    ['choices', 'openai-chat', many((i) => ({ choices: [{ index: i, delta: { content: 'x' } }] }))],
    ['tool calls', 'openai-chat', many((i) => ({ choices: [{ index: 0, delta: { tool_calls: [{ index: i, function: { name: 'f' } }] } }] }))],
    ['tool calls without an index', 'openai-chat', many((i) => ({ choices: [{ index: 0, delta: { tool_calls: [{ id: `c${i}`, function: { name: 'f' } }] } }] }))],
    ['texts', 'openai-completions', many((i) => ({ choices: [{ index: i, text: 'x' }] }))],
    ['items', 'openai-responses', many((i) => ({ type: 'response.output_item.added', output_index: i, item: { type: 'message', name: 'x' } }))],
    ['parts', 'openai-responses', many((i) => ({ type: 'response.output_text.delta', output_index: 0, content_index: i, delta: 'x' }))],
    ['blocks', 'anthropic-messages', many((i) => ({ type: 'content_block_delta', index: i, delta: { type: 'text_delta', text: 'x' } }))]
  ])('is bounded in %s of %s', (_what, name, events) => {
    const { document, content } = codecNamed(name)!.assemble!(events)
    expect(content.length).toBe(1024)
    expect(JSON.stringify(document).length).toBeLessThan(150_000)
  })

  it.each<[string, string, StreamEvent[]]>([
    ['annotations', 'openai-responses', many(() => ({ type: 'response.output_text.annotation.added', output_index: 0, content_index: 0, annotation: {} }))],
    ['citations', 'anthropic-messages', many(() => ({ type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation: {} } }))],
    ['log-probabilities', 'openai-chat', many(() => ({ choices: [{ index: 0, delta: {}, logprobs: { content: [{}] } }] }))],
    ['members', 'openai-chat', many((i) => ({ [`m${i}`]: 1, choices: [{ index: 0, delta: { [`d${i}`]: 1 } }] }))],
    ['tool calls', 'ollama', many(() => ({ message: { tool_calls: [{}] } }))]
  ])('takes a time in proportion to the %s of %s', (_what, name, events) => {
    expect(JSON.stringify(codecNamed(name)!.assemble!(events).document).length).toBeGreaterThan(60_000)
  })
})
