import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../src/compare/codecs/openai-chat.ts'
import { MAX_SLOTS } from '../../../src/compare/codecs/parts/slots.ts'
import { pick, seeded } from '../support.ts'
import { assembled, interleaved, pieces, someText } from './support.ts'

const PATH = '/v1/chat/completions'
const HEAD = { id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT', created: 1741569952, model: 'gpt-4.1-2025-04-14', service_tier: 'default', system_fingerprint: 'fp_44709d6fcb' }
const WHOLE = {
  ...HEAD,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello! How can I assist you today?', refusal: null, annotations: [] }, logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29, prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 } }
}
const chunk = (delta: unknown, rest: object = {}, index: unknown = 0): object => ({ ...HEAD, object: 'chat.completion.chunk', choices: [{ index, delta, logprobs: null, finish_reason: null, ...rest }] })
const FIRST = chunk({ role: 'assistant', content: '', refusal: null })

describe('the codec of chat completions', () => {
  it.each<[string, string, unknown, boolean]>([
    ['an answer', PATH, WHOLE, false],
    ['an answer at another path', '/proxy', WHOLE, false],
    ['an answer that does not say what it is', '/openai/deployments/gpt/chat/completions/', { choices: WHOLE.choices }, false],
    ['a chunk', PATH, FIRST, true],
    ['a chunk at another path', '/', FIRST, true],
    ['the first chunk of Azure', PATH, { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: [] }, true],
    ['a stream that fails at once', PATH, { error: { message: 'overloaded', type: 'server_error' } }, true],
    ['a stream that fails in a word', PATH, { error: 'overloaded' }, true]
  ])('recognises %s', (_what, path, document, streamed) => {
    expect(openaiChat.recognises(path, document, streamed)).toBe(true)
  })

  it.each<[string, string, unknown, boolean]>([
    ['an object with choices', '/survey', { choices: [{ message: { content: 'a' } }] }, false],
    ['choices that are no messages', PATH, { choices: [{ text: 'a' }] }, false],
    ['choices that are not objects', PATH, { object: 'chat.completion', choices: ['a'] }, false],
    ['choices by name', PATH, { object: 'chat.completion', choices: { a: { message: {} } } }, false],
    ['a text completion', '/v1/completions', { object: 'text_completion', choices: [{ text: 'a', index: 0 }] }, false],
    ['a chunk that is no stream', PATH, FIRST, false],
    ['an answer in a stream', '/', WHOLE, true],
    ['an error', PATH, { error: { message: 'no' } }, false],
    ['an error of another stream', '/v1/messages', { error: { message: 'no' } }, true],
    ['a deleted completion', `${PATH}/x`, { object: 'chat.completion.deleted', id: 'x', deleted: true }, false],
    ['a stream without an error', PATH, { error: null, status: 'ok' }, true],
    ['nothing', PATH, undefined, true]
  ])('does not take %s for it', (_what, path, document, streamed) => {
    expect(openaiChat.recognises(path, document, streamed)).toBe(false)
  })

  it('takes what is null, empty or missing for the same, and an absent text for an empty one', () => {
    const message = (of: object): unknown => openaiChat.canonical?.({ ...WHOLE, choices: [{ index: 0, message: of, finish_reason: 'stop', logprobs: null, stop_reason: null }] })
    const plain = message({ role: 'assistant', content: null, tool_calls: [{ id: 'a' }] })
    expect(plain).toEqual({ ...WHOLE, choices: [{ index: 0, message: { role: 'assistant', content: '', tool_calls: [{ id: 'a' }] }, finish_reason: 'stop' }] })
    expect(message({ role: 'assistant', content: '', refusal: null, function_call: null, annotations: [], reasoning: null, tool_calls: [{ id: 'a' }] })).toEqual(plain)
    expect(message({ role: 'assistant', tool_calls: [{ id: 'a' }], refusal: '' })).toEqual(plain)
    expect(message({ role: 'assistant', content: [{ type: 'text', text: 'a' }] })).toMatchObject({ choices: [{ message: { content: [{ type: 'text', text: 'a' }] } }] })
  })

  it('puts a stream together, with the usage of its last chunk', () => {
    const { usage } = WHOLE
    const result = assembled(openaiChat, [
      FIRST, chunk({ content: 'Hello!' }), chunk({ content: ' How can I assist you today?' }), chunk({}, { finish_reason: 'stop' }),
      { ...HEAD, object: 'chat.completion.chunk', choices: [], usage, obfuscation: 'x8Fn' }, '[DONE]', chunk({ content: 'more' })
    ])
    expect(result).toEqual({
      document: { ...WHOLE, choices: [{ index: 0, message: { role: 'assistant', content: 'Hello! How can I assist you today?', refusal: null }, logprobs: null, finish_reason: 'stop' }] },
      content: [1, 2], complete: true, error: undefined
    })
  })

  it('puts tool calls together by their index', () => {
    const call = (index: number, rest: object): object => chunk({ tool_calls: [{ index, ...rest }] })
    const result = assembled(openaiChat, [
      chunk({ role: 'assistant', content: null }),
      call(0, { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }), call(0, { function: { arguments: '{"city":' } }),
      call(1, { id: 'call_2', type: 'function', function: { name: 'time', arguments: '' } }), call(0, { function: { arguments: '"Köln"}' } }), call(1, { function: { arguments: '{}' } }),
      chunk({}, { finish_reason: 'tool_calls' }), '[DONE]'
    ])
    expect(result.document).toMatchObject({ choices: [{ message: { role: 'assistant', content: null, tool_calls: [
      { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
      { id: 'call_2', type: 'function', function: { name: 'time', arguments: '{}' } }
    ] }, finish_reason: 'tool_calls' }] })
    expect(result.content).toEqual([1, 2, 3, 4, 5])
  })

  it('tells tool calls without an index by their ids', () => {
    const calls = [{ id: 'a', function: { name: 'f', arguments: '{}' } }, { id: 'b', function: { name: 'g', arguments: '{' } }]
    const { document } = assembled(openaiChat, [chunk({ tool_calls: [calls[0]] }), chunk({ tool_calls: [calls[1]] }), chunk({ tool_calls: [{ function: { arguments: '}' } }] })])
    expect(document).toMatchObject({ choices: [{ message: { tool_calls: [calls[0], { id: 'b', function: { name: 'g', arguments: '{}' } }] } }] })
  })

  it('keeps reasoning, refusals, the one function call of old and audio', () => {
    const { document, content } = assembled(openaiChat, [
      chunk({ role: 'assistant', reasoning_content: 'Let' }), chunk({ reasoning_content: ' me', reasoning: 'Let me' }), chunk({ refusal: 'I ca' }), chunk({ refusal: 'n not' }),
      chunk({ function_call: { name: 'f' } }), chunk({ function_call: { arguments: '{"a"' } }), chunk({ function_call: { arguments: ':1}' } }),
      chunk({ audio: { id: 'audio_1' } }), chunk({ audio: { transcript: 'He' } }), chunk({ audio: { transcript: 'y', data: 'AAAA' } }), chunk({ audio: { expires_at: 5 } })
    ])
    expect(document).toMatchObject({ choices: [{ message: {
      role: 'assistant', reasoning_content: 'Let me', reasoning: 'Let me', refusal: 'I can not', function_call: { name: 'f', arguments: '{"a":1}' }, audio: { id: 'audio_1', transcript: 'Hey', data: 'AAAA', expires_at: 5 }
    } }] })
    expect(content).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9])
  })

  it('tells the error that came in the midst, and that the end did not', () => {
    const error = { message: 'out of memory', type: 'server_error', code: 500 }
    const result = assembled(openaiChat, [FIRST, chunk({ content: 'Hel' }), { error }, { error: { message: 'second' } }])
    expect(result).toMatchObject({ complete: false, error, content: [1] })
    expect(result.document).toMatchObject({ choices: [{ message: { content: 'Hel' }, finish_reason: null }] })
    expect(assembled(openaiChat, [FIRST, { object: 'error', message: 'x' }, '[DONE]'])).toMatchObject({ complete: true, error: { message: 'x' } })
    expect(assembled(openaiChat, [FIRST, ['error', 'gone']]).error).toBe('gone')
    expect(assembled(openaiChat, [{ ...FIRST, error: null }, '[DONE]']).error).toBeUndefined()
  })

  it('skips what is no chunk, at no index or past all of them', () => {
    const events = ['', 'x', '1', 'null', '[]', '{"choices":{}}', '{"choices":[1,null,{}]}', chunk('x'), chunk([]), chunk(null), chunk({ content: 5 }, {}, 'length')]
    const { document, content } = assembled(openaiChat, [...events, ...[-1, 0.5, 1e9, MAX_SLOTS, '0', '__proto__', {}].map((index) => chunk({ content: 'a' }, {}, index)), chunk({ content: 'b' }, {}, 7)])
    expect(document).toMatchObject({ choices: [{ index: 0, message: {} }, { index: 7, message: { content: 'b' } }] })
    expect(content).toEqual([events.length + 7])
  })

  it('takes a choice without an index for the only one', () => {
    expect(assembled(openaiChat, [{ choices: [{ delta: { content: 'a' } }] }, chunk({ content: 'b' }, {}, null)]).document).toMatchObject({ choices: [{ index: 0, message: { content: 'ab' } }] })
  })

  it('keeps names that objects inherit to the answer', () => {
    const { document } = assembled(openaiChat, ['{"__proto__":{"a":1},"constructor":5,"choices":[{"index":0,"__proto__":[1],"delta":{"__proto__":{"b":2},"content":"x"}}]}'])
    expect(JSON.stringify(document)).toBe('{"__proto__":{"a":1},"constructor":5,"object":"chat.completion","choices":[{"__proto__":[1],"message":{"__proto__":{"b":2},"content":"x"},"index":0}]}')
    expect(({} as Record<string, unknown>)['a'] ?? ({} as Record<string, unknown>)['b']).toBeUndefined()
  })
})

const SEED = 41

interface Message { role: string, content: string | null, refusal: string | null, reasoning?: string, tool_calls?: object[] }

/** An answer as a server might give it, and the events it might send instead. */
function answerAndStream(random: () => number): { whole: { choices: object[] }, events: object[], said: number } {
  let said = 0
  const streams = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index) => {
    const at = (delta: object, rest: object = {}): object => chunk(delta, rest, index)
    const text = (key: string, value: string, logprobs?: object[]): object[] => pieces(random, value).map((piece, i) => {
      if (piece !== '') said++
      const token = { token: piece, logprob: -0.5 - i, bytes: [i], top_logprobs: [] }
      logprobs?.push(token)
      return at({ [key]: piece }, logprobs === undefined ? {} : { logprobs: { content: [token], refusal: null } })
    })
    const message: Message = { role: 'assistant', content: random() < 0.2 ? null : someText(random), refusal: random() < 0.1 ? someText(random) : null }
    const list: object[] = [at({ role: 'assistant', content: message.content === null ? null : '', refusal: null })]
    if (random() < 0.3) list.push(...text('reasoning', message.reasoning = someText(random)))
    const logprobs: object[] | undefined = message.content !== null && random() < 0.3 ? [] : undefined
    if (message.content !== null) list.push(...text('content', message.content, logprobs))
    if (message.refusal !== null) list.push(...text('refusal', message.refusal))
    if (random() < 0.3) {
      message.tool_calls = Array.from({ length: 1 + Math.floor(random() * 3) }, (_call, i) => ({ id: `call_${i}`, type: 'function', function: { name: 'f', arguments: someText(random) } }))
      list.push(...interleaved(random, message.tool_calls.map((call, i) => {
        const { function: { name, arguments: args }, ...rest } = call as { function: { name: string, arguments: string } }
        said++
        return [at({ tool_calls: [{ index: i, ...rest, function: { name, arguments: '' } }] }), ...pieces(random, args).map((piece) => {
          if (piece !== '') said++
          return at({ tool_calls: [{ index: i, function: { arguments: piece } }] })
        })]
      })))
    }
    const finish = pick(random, ['stop', 'length', 'tool_calls', 'content_filter'])
    list.push(at({}, { finish_reason: finish }))
    return { list, choice: { index, message, logprobs: logprobs === undefined ? null : { content: logprobs, refusal: null }, finish_reason: finish } }
  })
  const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }
  const withUsage = random() < 0.5
  const events = interleaved(random, streams.map(({ list }) => list)).map((event) => withUsage ? { ...event, usage: null } : event)
  if (withUsage) events.push({ ...HEAD, object: 'chat.completion.chunk', choices: [], usage })
  return { whole: { ...HEAD, object: 'chat.completion', choices: streams.map(({ choice }) => choice), ...withUsage ? { usage } : {} } as { choices: object[] }, events, said }
}

describe('a streamed chat completion', () => {
  it(`is what it would have been in one piece, however it was cut (seed ${SEED})`, () => {
    const random = seeded(SEED)
    for (let round = 0; round < 300; round++) {
      const { whole, events, said } = answerAndStream(random)
      const { document, content, complete, error } = assembled(openaiChat, [...events, '[DONE]'])
      expect(document).toStrictEqual(whole)
      expect([content.length, complete, error]).toEqual([said, true, undefined])
    }
  })

  it(`is what OpenAI's own client makes of it (seed ${SEED + 1})`, async () => {
    const random = seeded(SEED + 1)
    for (let round = 0; round < 40; round++) {
      const { events } = answerAndStream(random)
      const lines = new Blob(events.map((event) => `${JSON.stringify(event)}\n`)).stream()
      const { choices } = await ChatCompletionStream.fromReadableStream(lines as never).finalChatCompletion() // oxlint-disable-line no-await-in-loop -- one after another
      const { document } = assembled(openaiChat, events)
      expect(choices.map(({ index, finish_reason: finish, message: { role, content, refusal, tool_calls: calls } }) => ({
        index, finish, role, content, refusal, calls: calls?.map((call) => ({ id: call.id, type: call.type, function: 'function' in call ? { name: call.function.name, arguments: call.function.arguments } : {} }))
      }))).toEqual((document as { choices: { index: number, finish_reason: string, message: Message }[] }).choices.map(({ index, finish_reason: finish, message }) => ({
        index, finish, role: message.role, content: message.content, refusal: message.refusal, calls: message.tool_calls
      })))
    }
  })
})
