import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { PARAGRAPHS } from '../../src/demo/corpus.ts'
import { embed } from '../../src/demo/embedding.ts'
import { trainLanguageModel } from '../../src/demo/language-model.ts'
import { type LlmServer, startLlmServer } from '../../src/demo/llm-server.ts'
import { createRng } from '../../src/core/rng.ts'
import { writeParagraph } from '../../src/demo/writer.ts'

const model = trainLanguageModel(PARAGRAPHS, 3)
const at = { model, version: 'test', temperature: 0.6, host: '127.0.0.1', port: 0, now: () => 1_700_000_000_500 }
const question = 'Tell me about the shadow.'
const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: question }] as const
const textOf = (seed: number, temperature = 0.6): readonly string[] => [...writeParagraph(model, { rng: createRng(seed), temperature, about: question })]

/** A seed that writes at least 40 tokens. */
const LONG = Array.from({ length: 1000 }, (_, seed) => seed).find((seed) => textOf(seed).length >= 40)!
/** A seed that comes to an end by itself within 3 to 30 tokens. */
const SHORT = Array.from({ length: 1000 }, (_, seed) => seed).find((seed) => textOf(seed).length >= 3 && textOf(seed).length <= 30)!

let server: LlmServer
let slow: LlmServer
let openai: OpenAI
beforeAll(async () => {
  server = await startLlmServer({ ...at, tokenMs: 0 })
  openai = clientOf(server)
})
afterAll(() => server.close())
beforeEach(async () => {
  slow = await startLlmServer({ ...at, tokenMs: 40 })
})
afterEach(() => slow.close())

const clientOf = ({ url }: LlmServer): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
const ask = (options: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}): Promise<OpenAI.ChatCompletion> =>
  openai.chat.completions.create({ model: 'prose', messages: [...messages], ...options })
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
const post = (path: string, body: unknown): Promise<Response> => fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) })

describe('a chat completion', () => {
  it('is what the model writes for the seed, with its usage', async () => {
    const answer = await ask({ seed: SHORT })
    expect(answer.object).toBe('chat.completion')
    expect(answer.created).toBe(1_700_000_000)
    expect(answer.system_fingerprint).toBe('test')
    expect(answer.choices).toEqual([{ index: 0, message: { role: 'assistant', content: textOf(SHORT).join(''), refusal: null }, logprobs: null, finish_reason: 'stop' }])
    expect(answer.usage).toEqual({ prompt_tokens: 9, completion_tokens: textOf(SHORT).length, total_tokens: 9 + textOf(SHORT).length })
  })

  it('takes its seed from the messages when none is given', async () => {
    const [first, second] = [await ask(), await ask()]
    expect(first.choices).toEqual(second.choices)
    expect(first.id).not.toBe(second.id)
  })

  it('heeds the temperature', async () => {
    expect((await ask({ seed: LONG, temperature: 2, max_tokens: 20 })).choices[0]!.message.content).toBe(textOf(LONG, 2).slice(0, 20).join(''))
  })

  it.each(['max_tokens', 'max_completion_tokens'])('ends at %s', async (name) => {
    const { choices: [choice], usage } = await ask({ seed: LONG, [name]: 7 })
    expect(choice!.message.content).toBe(textOf(LONG).slice(0, 7).join(''))
    expect(choice!.finish_reason).toBe('length')
    expect(usage!.completion_tokens).toBe(7)
  })

  it('that would have ended there anyway has not run into max_tokens', async () => {
    const [choice] = (await ask({ seed: SHORT, max_tokens: textOf(SHORT).length })).choices
    expect(choice!.finish_reason).toBe('stop')
  })

  it('ends before a stop text, also one that is spread over tokens', async () => {
    const text = textOf(LONG).join('')
    const stop = text.slice(20, 32)
    const [choice] = (await ask({ seed: LONG, stop: ['never in it', stop] })).choices
    expect(choice!.message.content).toBe(text.slice(0, text.indexOf(stop)))
    expect(choice!.finish_reason).toBe('stop')
  })

  it('reads messages in parts', async () => {
    const parts = [{ type: 'text', text: question }] as const
    const answer = await ask({ seed: SHORT, messages: [messages[0], { role: 'user', content: [...parts] }] })
    expect(answer.choices[0]!.message.content).toBe(textOf(SHORT).join(''))
  })
})

describe('a stream', () => {
  it('holds the same text in pieces, a role first, a reason at the end, and the usage where asked for', async () => {
    const stream = await openai.chat.completions.create({ model: 'prose', messages: [...messages], seed: SHORT, stream: true, stream_options: { include_usage: true } })
    const chunks = await all(stream)
    const whole = await ask({ seed: SHORT })
    expect(chunks[0]!.choices[0]!.delta).toEqual({ role: 'assistant', content: '' })
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(whole.choices[0]!.message.content)
    expect(chunks.at(-2)!.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' })
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    expect(chunks.length).toBe(textOf(SHORT).length + 3)
  })

  it('is events that end with [DONE], without usage unless asked for', async () => {
    const answer = await post('/v1/chat/completions', { model: 'prose', messages, stream: true, max_tokens: 3, seed: LONG })
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = (await answer.text()).split('\n\n')
    expect(events.slice(-2)).toEqual(['data: [DONE]', ''])
    const chunks = events.slice(0, -2).map((event) => JSON.parse(event.slice('data: '.length)) as object)
    expect(chunks.length).toBe(5)
    for (const chunk of chunks) expect(chunk).not.toHaveProperty('usage')
  })

  it('sends a token when it is there and not when all are', async () => {
    const stream = await clientOf(slow).chat.completions.create({ model: 'prose', messages: [...messages], seed: LONG, max_tokens: 30, stream: true })
    const chunks = stream[Symbol.asyncIterator]()
    await chunks.next()
    expect((await chunks.next()).value?.choices[0]?.delta.content).toBe(textOf(LONG)[0])
    expect(slow.generations().finished).toBe(0)
    stream.controller.abort()
  })
})

describe('a client that goes away', () => {
  it.each(['stream', 'whole'])('ends its generation at once (%s)', async (kind) => {
    const leaving = new AbortController()
    const body = JSON.stringify({ model: 'prose', messages, seed: LONG, max_tokens: 2048, stream: kind === 'stream' })
    const answer = fetch(`${slow.url}/v1/chat/completions`, { method: 'POST', body, signal: leaving.signal }).then((response) => response.text())
    await vi.waitFor(() => expect(slow.generations().tokens).toBeGreaterThan(1))
    leaving.abort()
    await expect(answer).rejects.toThrow()
    await vi.waitFor(() => expect(slow.generations().aborted).toBe(1))
    const { tokens } = slow.generations()
    expect(tokens).toBeLessThan(textOf(LONG).length)
    // were it still drawing, the sum would be more than what it drew and what this one draws
    await clientOf(slow).chat.completions.create({ model: 'prose', messages: [...messages], seed: LONG, max_tokens: 3 })
    expect(slow.generations()).toEqual({ started: 2, finished: 1, aborted: 1, tokens: tokens + 3 })
  })

  it('through the SDK is counted, and the counts can be asked for', async () => {
    const stream = await clientOf(slow).chat.completions.create({ model: 'prose', messages: [...messages], seed: LONG, stream: true })
    for await (const { choices } of stream) if (choices[0]?.delta.content !== '') stream.controller.abort()
    await vi.waitFor(() => expect(slow.generations().aborted).toBe(1))
    const health: unknown = await (await fetch(`${slow.url}/healthz`)).json()
    expect(health).toEqual({ status: 'ok', generations: slow.generations() })
    expect(slow.generations()).toMatchObject({ started: 1, finished: 0 })
  })
})

describe('embeddings', () => {
  it('are the same in both encodings', async () => {
    const input = ['a house by the river', 'a fan turns']
    const float = await openai.embeddings.create({ model: 'prose-embedding', input, encoding_format: 'float' })
    const base64 = await openai.embeddings.create({ model: 'prose-embedding', input }) // the SDK asks for base64 and decodes it
    expect(float.data.map(({ embedding }) => embedding)).toEqual(input.map((text) => [...embed(text)]))
    expect(base64.data.map(({ embedding }) => [...embedding])).toEqual(input.map((text) => [...embed(text)]))
    expect(float.data.map(({ index }) => index)).toEqual([0, 1])
    expect(float.usage).toEqual({ prompt_tokens: 8, total_tokens: 8 })
  })

  it('in base64 go over the wire as text', async () => {
    const answer = await (await post('/v1/embeddings', { model: 'prose-embedding', input: 'x', encoding_format: 'base64' })).json() as { data: { embedding: unknown }[] }
    expect(typeof answer.data[0]!.embedding).toBe('string')
  })
})

describe('the language model server', () => {
  it('lists its models', async () => {
    const models = await all(await openai.models.list())
    expect(models.map(({ id }) => id)).toEqual(['prose', 'prose-embedding'])
  })

  const chat = { model: 'prose', messages }
  it.each([
    ['/v1/chat/completions', [], 400, 'the body'],
    ['/v1/chat/completions', { model: 'prose' }, 400, 'messages'],
    ['/v1/chat/completions', { ...chat, messages: [] }, 400, 'messages'],
    ['/v1/chat/completions', { ...chat, messages: [{ role: 'wizard', content: '' }] }, 400, 'messages[0].role'],
    ['/v1/chat/completions', { ...chat, messages: [{ role: 'user' }] }, 400, 'messages[0].content'],
    ['/v1/chat/completions', { ...chat, messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 400, 'messages[0].content'],
    ['/v1/chat/completions', { messages }, 400, 'model'],
    ['/v1/chat/completions', { ...chat, model: 'gpt' }, 404, 'model'],
    ['/v1/chat/completions', { ...chat, temperature: 3 }, 400, 'temperature'],
    ['/v1/chat/completions', { ...chat, max_tokens: 0 }, 400, 'max_tokens'],
    ['/v1/chat/completions', { ...chat, max_tokens: 1.5 }, 400, 'max_tokens'],
    ['/v1/chat/completions', { ...chat, seed: 'x' }, 400, 'seed'],
    ['/v1/chat/completions', { ...chat, stop: [''] }, 400, 'stop'],
    ['/v1/chat/completions', { ...chat, stop: ['a', 'b', 'c', 'd', 'e'] }, 400, 'stop'],
    ['/v1/chat/completions', { ...chat, stream: 'yes' }, 400, 'stream'],
    ['/v1/chat/completions', { ...chat, stream_options: 1 }, 400, 'stream_options'],
    ['/v1/chat/completions', { ...chat, n: 2 }, 400, 'n'],
    ['/v1/embeddings', { model: 'prose-embedding' }, 400, 'input'],
    ['/v1/embeddings', { model: 'prose-embedding', input: [] }, 400, 'input'],
    ['/v1/embeddings', { model: 'prose-embedding', input: [1, 2] }, 400, 'input'],
    ['/v1/embeddings', { model: 'prose-embedding', input: 'x', encoding_format: 'hex' }, 400, 'encoding_format'],
    ['/v1/embeddings', { model: 'prose', input: 'x' }, 404, 'model']
  ])('refuses a POST to %s of %j with %i, naming %s', async (path, body, status, param) => {
    const answer = await post(path, body)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', param } })
  })

  it('takes null where it means nothing', async () => {
    const answer = await post('/v1/chat/completions', { ...chat, temperature: null, max_tokens: null, seed: null, stop: null, stream: null, stream_options: null, n: 1 })
    expect(answer.status).toBe(200)
  })

  it('refuses with what the SDK knows as an error', async () => {
    await expect(ask({ model: 'gpt' })).rejects.toThrow(OpenAI.NotFoundError)
    await expect(ask({ temperature: 9 })).rejects.toThrow(OpenAI.BadRequestError)
  })
})
