import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../../src/compare/codecs/openai-responses.ts'
import { MAX_SLOTS } from '../../../src/compare/codecs/parts/slots.ts'
import { pick, seeded } from '../support.ts'
import { assembled, pieces, someText } from './support.ts'

const PATH = '/v1/responses'
const HEAD = { id: 'resp_67ccd2bed1ec8190b14f964abc054267', object: 'response', created_at: 1741476542, status: 'in_progress', error: null, incomplete_details: null, model: 'gpt-4.1-2025-04-14', output: [], usage: null }
const usage = { input_tokens: 36, input_tokens_details: { cached_tokens: 0 }, output_tokens: 87, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 123 }
const text = (value: string): object => ({ type: 'output_text', text: value, annotations: [] })
const message = (...content: object[]): object => ({ type: 'message', id: 'msg_67ccd2bf17f0819081ff3bb2cf6508e6', status: 'completed', role: 'assistant', content })
const WHOLE = { ...HEAD, status: 'completed', usage, output: [message(text('In a peaceful grove, a unicorn named Lumina discovered a hidden pool.'))] }
const created = { type: 'response.created', sequence_number: 0, response: HEAD }
const outputOf = (output: unknown): unknown => (openaiResponses.canonical!({ ...WHOLE, output }) as { output: unknown }).output

describe('the codec of responses', () => {
  it.each<[string, string, unknown, boolean]>([
    ['an answer', PATH, WHOLE, false],
    ['an answer at another path', '/', WHOLE, false],
    ['the first event of a stream', '/', created, true],
    ['an event that begins with something else', '/', { type: 'response.output_text.delta', sequence_number: 4, delta: 'x' }, true],
    ['a stream that fails at once', PATH, { type: 'error', code: 'server_error', message: 'no', param: null }, true]
  ])('recognises %s', (_what, path, document, streamed) => {
    expect(openaiResponses.recognises(path, document, streamed)).toBe(true)
  })

  it.each<[string, string, unknown, boolean]>([
    ['an object with output', PATH, { output: [] }, false],
    ['a response that is another', PATH, { object: 'response', output: 'text' }, false],
    ['a deleted response', PATH, { id: 'resp_1', object: 'response.deleted', deleted: true }, false],
    ['an event that is no stream', PATH, created, false],
    ['events of another kind', '/', { type: 'response.sent' }, true],
    ['an error of another stream', '/v1/messages', { type: 'error', error: { type: 'overloaded_error' } }, true]
  ])('does not take %s for it', (_what, path, document, streamed) => {
    expect(openaiResponses.recognises(path, document, streamed)).toBe(false)
  })

  it('sorts the output by what it is', () => {
    const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'weather', arguments: '{"city":"Köln"}', status: 'completed' }
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    expect(outputOf([
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Let ' }, { type: 'summary_text', text: 'me' }], content: [{ type: 'reasoning_text', text: ' see' }], encrypted_content: 'x' },
      search, message(text('One'), { ...text(' and'), annotations: [{ type: 'url_citation', url: 'a' }] }), call, message(text(' two'), { type: 'refusal', refusal: 'no' }, { type: 'image', url: 'b' }),
      { type: 'custom_tool_call', call_id: 'call_2', name: 'code', input: 'print(1)' }
    ])).toEqual({
      text: 'One and two', refusal: 'no', reasoning: 'Let me see', annotations: [{ type: 'url_citation', url: 'a' }],
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
        { id: 'call_2', type: 'function', function: { name: 'code', arguments: 'print(1)' } }
      ],
      other: { web_search_call: [search], image: [{ type: 'image', url: 'b' }] }
    })
    expect(outputOf([])).toEqual({ text: '' })
    expect(outputOf([call])).toMatchObject({ text: '' })
    expect(outputOf([1, null, { type: 'message', content: 'plain' }, { type: '__proto__' }])).toEqual({ text: 'plain', other: JSON.parse('{"":[1,null],"__proto__":[{"type":"__proto__"}]}') })
    expect(outputOf('x')).toBe('x')
  })

  it('takes what ends a stream for the answer', () => {
    const delta = { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'In' }
    expect(assembled(openaiResponses, [created, delta, { type: 'response.completed', response: WHOLE }, delta])).toEqual({ document: WHOLE, content: [1], complete: true, error: undefined })
    const incomplete = { ...WHOLE, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    expect(assembled(openaiResponses, [created, { type: 'response.incomplete', response: incomplete }])).toMatchObject({ document: incomplete, complete: true, error: undefined })
  })

  it('tells what went wrong, in the midst and at the end', () => {
    const error = { code: 'server_error', message: 'The model failed' }
    expect(assembled(openaiResponses, [created, { type: 'response.failed', response: { ...HEAD, status: 'failed', error } }])).toMatchObject({ document: { status: 'failed' }, complete: true, error })
    expect(assembled(openaiResponses, [created, { type: 'error', ...error, param: null }])).toMatchObject({ document: { status: 'in_progress' }, complete: false, error })
    expect(assembled(openaiResponses, [created, ['error', { error }]])).toMatchObject({ error })
    expect(assembled(openaiResponses, [created, ['error', 'gone']])).toMatchObject({ error: 'gone' })
  })

  it('keeps what was sent where the answer at the end has lost it', () => {
    const item = message(text('Hello'))
    const done = { type: 'response.output_item.done', output_index: 0, item }
    expect(assembled(openaiResponses, [created, done, { type: 'response.completed', response: { ...HEAD, status: 'completed' } }])).toMatchObject({ document: { status: 'completed', output: [item] }, content: [1] })
  })

  it('puts together what comes without its beginning', () => {
    const { document, content } = assembled(openaiResponses, [
      { type: 'response.output_text.delta', output_index: 3, content_index: 1, delta: 'a' },
      ['response.output_text.delta', { output_index: 3, content_index: 1, delta: 'b' }],
      { type: 'response.function_call_arguments.done', output_index: 5, arguments: '{}' },
      { type: 'response.output_text.annotation.added', output_index: 3, content_index: 1, annotation: { type: 'x' } }
    ])
    expect(document).toEqual({ object: 'response', output: [{ type: 'message', content: [{ type: 'output_text', text: 'ab', annotations: [{ type: 'x' }] }] }, { type: 'function_call', arguments: '{}' }] })
    expect(content).toEqual([0, 1, 2])
  })

  it('skips events it cannot place', () => {
    const delta = (rest: object): object => ({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'x', ...rest })
    const { document, content } = assembled(openaiResponses, [
      '', '1', 'null', '[]', {}, { type: 'response.created' }, { type: 'response.new_kind.delta', delta: 'x' }, { type: 'response.output_item.added', output_index: 0, item: 'x' },
      delta({ output_index: -1 }), delta({ output_index: MAX_SLOTS }), delta({ output_index: 1e9 }), delta({ output_index: '__proto__' }), delta({ content_index: {} }), delta({ delta: 5 }), delta({ delta: ['x'] }),
      { type: 'response.content_part.added', output_index: 0, content_index: 'x', part: text('no') }, { type: 'response.output_text.annotation.added', output_index: 0, content_index: 0, annotation: 5 }
    ])
    expect(document).toEqual({ object: 'response', output: [{ type: 'message', content: [{ type: 'output_text', text: '' }] }] })
    expect(content).toEqual([])
  })
})

const SEED = 47

/** An answer as it might be, and the events that lead to it, the last one left out. */
function answerAndStream(random: () => number): { output: object[], events: object[] } {
  const events: object[] = [created]
  const deltas = (type: string, at: object, value: string, key: string): object[] =>
    [...pieces(random, value).map((delta) => ({ type: `${type}.delta`, ...at, delta })), { type: `${type}.done`, ...at, [key]: value }]
  const output = Array.from({ length: Math.floor(random() * 4) }, (_, i) => {
    const at = { output_index: i, item_id: `item_${i}` }
    const kind = pick(random, ['message', 'reasoning', 'function_call', 'custom_tool_call'])
    if (kind === 'message') {
      const parts = Array.from({ length: 1 + Math.floor(random() * 2) }, () => random() < 0.8 ? text(someText(random)) : { type: 'refusal', refusal: someText(random) })
      const item = { id: `item_${i}`, type: kind, role: 'assistant', status: 'completed', content: parts }
      events.push({ type: 'response.output_item.added', ...at, item: { ...item, status: 'in_progress', content: [] } })
      for (const [k, part] of parts.entries()) {
        const place = { ...at, content_index: k }
        const key = 'refusal' in part ? 'refusal' : 'text'
        events.push({ type: 'response.content_part.added', ...place, part: { ...part, [key]: '' } })
        events.push(...deltas(key === 'text' ? 'response.output_text' : 'response.refusal', place, (part as Record<string, string>)[key]!, key))
        events.push({ type: 'response.content_part.done', ...place, part })
      }
      events.push({ type: 'response.output_item.done', ...at, item })
      return item
    }
    if (kind === 'reasoning') {
      const summary = Array.from({ length: Math.floor(random() * 3) }, () => ({ type: 'summary_text', text: someText(random) }))
      const item = { id: `item_${i}`, type: kind, summary }
      events.push({ type: 'response.output_item.added', ...at, item: { ...item, summary: [] } })
      for (const [k, part] of summary.entries()) {
        const place = { ...at, summary_index: k }
        events.push({ type: 'response.reasoning_summary_part.added', ...place, part: { ...part, text: '' } })
        events.push(...deltas('response.reasoning_summary_text', place, part.text, 'text'), { type: 'response.reasoning_summary_part.done', ...place, part })
      }
      events.push({ type: 'response.output_item.done', ...at, item })
      return item
    }
    const [key, type] = kind === 'function_call' ? ['arguments', 'response.function_call_arguments'] as const : ['input', 'response.custom_tool_call_input'] as const
    const item = { id: `item_${i}`, type: kind, call_id: `call_${i}`, name: 'f', status: 'completed', [key]: someText(random) }
    events.push({ type: 'response.output_item.added', ...at, item: { ...item, status: 'in_progress', [key]: '' } }, ...deltas(type, at, (item as Record<string, string>)[key]!, key), { type: 'response.output_item.done', ...at, item })
    return item
  })
  return { output, events }
}

describe('a streamed response', () => {
  it(`that stops before its end has all that came (seed ${SEED})`, () => {
    const random = seeded(SEED)
    for (let round = 0; round < 200; round++) {
      const { output, events } = answerAndStream(random)
      expect(assembled(openaiResponses, events)).toMatchObject({ document: { ...HEAD, output }, complete: false })
      // without what is told once more, all the same
      const once = events.filter((event) => !(event as { type: string }).type.endsWith('.done'))
      const { document } = assembled(openaiResponses, once)
      expect(document).toEqual({ ...HEAD, output: output.map((item) => 'status' in item ? { ...item, status: 'in_progress' } : item) })
    }
  })

  it(`is what OpenAI's own client makes of it, wherever it stops (seed ${SEED + 1})`, () => {
    const random = seeded(SEED + 1)
    for (let round = 0; round < 100; round++) {
      const { events } = answerAndStream(random)
      const some = events.slice(0, 1 + Math.floor(random() * events.length))
      let theirs: unknown
      for (const event of some) theirs = accumulateResponse(event as never, theirs as never)
      const { output } = theirs as { output: unknown }
      expect((assembled(openaiResponses, some).document as { output: unknown }).output).toEqual(output)
    }
  })
})
