import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { choose, codecs } from '../../../src/compare/codecs/index.ts'
import { readNdjson } from '../../../src/compare/streams/ndjson.ts'
import { readSse } from '../../../src/compare/streams/sse.ts'
import { assembledList } from './support.ts'

/** Requests as clients write them, by the codec of their answers. */
const REQUESTS: readonly (readonly [name: string, path: string, body: (word: string) => object])[] = [
  ['openai-chat', '/v1/chat/completions', (word) => ({ stream_options: { include_usage: true }, messages: [{ role: 'user', content: word }] })],
  ['openai-responses', '/v1/responses', (word) => ({ input: word })],
  ['anthropic-messages', '/v1/messages', (word) => ({ max_tokens: 100, messages: [{ role: 'user', content: word }] })],
  ['ollama', '/api/chat', (word) => ({ messages: [{ role: 'user', content: word }] })]
]

/** What differs between any two answers of these servers. */
const withoutIds = (document: unknown): unknown => JSON.parse(JSON.stringify(document, (key, value: unknown) => ['id', 'created', 'created_at', 'item_id'].includes(key) ? undefined : value))

// streams and answers from a hand that knew nothing of these codecs
describe('a server of the kind that is tested against', () => {
  const server = new LLMock({ port: 0, chunkSize: 5 })

  beforeAll(async () => {
    server.onMessage('hello', { content: 'Hi there — good day! 猫😀' })
    server.onMessage('rain', { toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Köln","days":[1,2,3]}' }, { id: 'call_2', name: 'time', arguments: '{}' }] })
    await server.start()
  })

  afterAll(() => server.stop())

  const answerOf = async (path: string, body: object): Promise<Buffer> => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer x', 'x-api-key': 'x', 'anthropic-version': '2023-06-01' }
    const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify({ model: 'm', ...body }) })
    expect(response.status).toBe(200)
    return Buffer.from(await response.arrayBuffer())
  }

  it.each(REQUESTS.flatMap((request) => ['hello', 'rain'].map((word) => [...request, word] as const)))('streams the answer of %s at %s that it gives in one piece', async (name, path, body, word) => {
    const whole: unknown = JSON.parse((await answerOf(path, { ...body(word), stream: false })).toString())
    const octets = await answerOf(path, { ...body(word), stream: true })
    const list = name === 'ollama' ? readNdjson(octets) : readSse(octets)
    const first: unknown = JSON.parse(list.events[0]!.data)
    for (const [document, streamed] of [[whole, false], [first, true]] as const) expect(codecs.find(({ codec }) => codec === choose(path, document, streamed))?.name).toBe(name)
    const codec = choose(path, whole, false)
    const { document, content, complete, error } = assembledList(codec, list)
    expect(withoutIds(codec.canonical?.(document))).toEqual(withoutIds(codec.canonical?.(whole)))
    expect([content.length > 1 || name === 'ollama', complete, error]).toEqual([true, true, undefined])
  })
})
