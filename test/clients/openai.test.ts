import { LLMock } from '@copilotkit/aimock'
import OpenAI, { APIError, APIUserAbortError, type ClientOptions } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Signal } from '../http/support/signal.ts'
import { ON_FREE_PORTS, Windtunnel } from '../support/windtunnel.ts'
import { jsonOf, Origin, sendJson } from './support/origin.ts'

/** A language model that sends a token when it is told to. */
class PacedModel {
  readonly sent: string[] = []
  private allowed = 0
  private readonly changed = new Signal()
  private origin!: Origin

  async start(): Promise<Origin> {
    this.origin = await Origin.start(async (request, response) => {
      const { model, stream } = await jsonOf(request)
      if (model === 'paced-silent') return
      if (stream !== true) return sendJson(response, { error: { message: 'streams only', code: 'unsupported' } }, 400)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const token of ['one', 'two', 'three']) {
        await this.changed.until(() => this.sent.length < this.allowed || response.destroyed) // oxlint-disable-line no-await-in-loop -- one after another
        if (response.destroyed) return
        this.sent.push(token)
        response.write(`data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta: { content: token }, finish_reason: null }] })}\n\n`)
      }
      response.end('data: [DONE]\n\n')
    })
    return this.origin
  }

  begin(): void {
    this.sent.length = 0
    this.allowed = 0
    this.allow()
  }

  /** Lets it send one token more. */
  allow(): void {
    this.allowed++
    this.changed.fire()
  }
}

const ask = (content: string, model = 'gpt-small'): { model: string, messages: [{ role: 'user', content: string }] } => ({ model, messages: [{ role: 'user', content }] })
const FIXED = { id: 'chatcmpl-fixed', created: 1_700_000_000 }
const TOOLS: OpenAI.Chat.ChatCompletionTool[] = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }]
const LONG = Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ')
const VECTOR = [0.25, -1.5, 3.0517578125e-5, 1]

describe('the OpenAI SDK', () => {
  const paced = new PacedModel()
  const models = { small: new LLMock({ port: 0, chunkSize: 7 }), large: new LLMock({ port: 0 }) }
  let pacedOrigin: Origin
  let vectors: Origin
  let tunnel: Windtunnel
  let through: OpenAI
  let direct: OpenAI
  const clientOf = (baseURL: string, options: ClientOptions = {}): OpenAI => new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: 'sk-test', maxRetries: 0, ...options })

  beforeAll(async () => {
    for (const [name, model] of Object.entries(models)) {
      model.onMessage('who', { content: name, ...FIXED })
      model.onMessage('long', { content: LONG, ...FIXED })
      model.onMessage('rain', { toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Köln","days":[1,2,3]}' }], ...FIXED })
      model.onMessage('too much', { error: { message: 'slow down — really', type: 'rate_limit_error', code: 'rate_limited', param: 'messages' }, status: 429, retryAfter: 7 })
      model.onEmbedding('vector', { embedding: VECTOR })
      await model.start() // oxlint-disable-line no-await-in-loop -- two of them
    }
    pacedOrigin = await paced.start()
    vectors = await Origin.start(async (request, response) => {
      const { input, encoding_format: format } = await jsonOf(request)
      const floats = new Float32Array(VECTOR)
      const embedding = format === 'base64' ? Buffer.from(floats.buffer).toString('base64') : [...floats]
      sendJson(response, { object: 'list', model: 'vectors', data: (input as string[]).map((_, index) => ({ object: 'embedding', index, embedding })), usage: { prompt_tokens: 1, total_tokens: 1 } })
    })
    tunnel = await Windtunnel.start(`${ON_FREE_PORTS}
backends:
  small: { url: "${models.small.url}" }
  large: { url: "${models.large.url}" }
  paced: { url: "${pacedOrigin.url}" }
  vectors: { url: "${vectors.url}" }
routes:
  - { name: busy, match: { body: { /model: "busy-*" } }, backend: small }
  - { name: paced, match: { body: { /model: "paced*" } }, backend: paced }
  - { name: large, match: { path: { prefix: /v1/chat }, body: { /model: "gpt-large*" } }, backend: large }
  - { name: vectors, match: { body: { /model: vectors } }, backend: vectors }
  - name: by-user
    match: { body: { /model: either } }
    unit: { body: /user }
    split: [{ backend: small, weight: 1 }, { backend: large, weight: 1 }]
  - { name: rest, match: { path: { prefix: /v1/ } }, backend: small }
chaos:
  limits: { percent: 100, active: 10 }
  experiments:
    - name: overload
      route: busy
      percent: 100
      duration: 10m
      faults: [{ kind: abort, status: 503, headers: { retry-after: "1", content-type: application/json }, body: '{"error":{"message":"overloaded","code":"overloaded"}}' }]
`)
    through = clientOf(tunnel.url)
    direct = clientOf(models.small.url)
  })
  afterAll(() => Promise.all(Object.values(models).map((model) => model.stop())))
  const content = async (client: OpenAI, body: OpenAI.Chat.ChatCompletionCreateParamsNonStreaming): Promise<string | null> =>
    (await client.chat.completions.create(body)).choices[0]!.message.content

  it('gets the answer that the model itself gives', async () => {
    const answer = await through.chat.completions.create(ask('who are you?'))
    expect(answer.choices[0]!.message.content).toBe('small')
    expect(answer).toEqual(await direct.chat.completions.create(ask('who are you?')))
  })

  it('is told the id by which the model and the logs know its request', async () => {
    const given = await through.chat.completions.create(ask('who are you?'), { headers: { 'x-request-id': 'my-own-id' } }).withResponse()
    expect(given.request_id).toBe('my-own-id')
    const minted = await through.chat.completions.create(ask('who are you?')).withResponse()
    expect(minted.request_id).toMatch(/^\S{8,}$/)
    expect(models.small.getLastRequest()?.headers['x-request-id']).toBe(minted.request_id)
  })

  it('gets a stream, piece by piece as the model cut it', async () => {
    const pieces = async (client: OpenAI): Promise<unknown[]> => {
      const chunks: unknown[] = []
      for await (const chunk of await client.chat.completions.create({ ...ask('something long'), stream: true, stream_options: { include_usage: true } })) chunks.push(chunk)
      return chunks
    }
    const got = await pieces(through)
    expect(got.length).toBeGreaterThan(100)
    expect(got).toEqual(await pieces(direct))
  })

  it('sees each token before the next is sent', async () => {
    paced.begin()
    const seen: string[] = []
    const sentWhenSeen: string[][] = []
    for await (const { choices } of await through.chat.completions.create({ ...ask('slowly', 'paced'), stream: true })) {
      seen.push(choices[0]!.delta.content!)
      sentWhenSeen.push([...paced.sent])
      paced.allow()
    }
    expect(seen).toEqual(['one', 'two', 'three'])
    expect(sentWhenSeen).toEqual([['one'], ['one', 'two'], ['one', 'two', 'three']])
  })

  describe('that gives up', () => {
    const before = (): number => pacedOrigin.seen.length
    const isLost = async (count: number): Promise<void> => { await pacedOrigin.lost((seen) => pacedOrigin.seen.indexOf(seen) >= count) }

    it('closes the connection to the model when it breaks out of a stream', async () => {
      const count = before()
      paced.begin()
      for await (const chunk of await through.chat.completions.create({ ...ask('slowly', 'paced'), stream: true })) {
        expect(chunk.choices[0]!.delta.content).toBe('one')
        break
      }
      await isLost(count)
      expect(paced.sent).toEqual(['one'])
    })

    it('closes the connection to the model when it aborts a stream', async () => {
      const count = before()
      paced.begin()
      const stream = await through.chat.completions.create({ ...ask('slowly', 'paced'), stream: true })
      const iterator = stream[Symbol.asyncIterator]()
      await iterator.next()
      stream.controller.abort()
      await isLost(count)
      expect(await iterator.next()).toMatchObject({ done: true })
    })

    it('closes the connection to the model when it aborts before the answer', async () => {
      const count = before()
      const controller = new AbortController()
      const asked = through.chat.completions.create(ask('anyone?', 'paced-silent'), { signal: controller.signal }).catch((error: unknown) => error)
      await pacedOrigin.saw((seen) => pacedOrigin.seen.indexOf(seen) >= count)
      controller.abort()
      expect(await asked).toBeInstanceOf(APIUserAbortError)
      await isLost(count)
    })
  })

  it('gets a tool call, whole and in pieces', async () => {
    const body = { ...ask('will it rain?'), tools: TOOLS }
    const { message, finish_reason: reason } = (await through.chat.completions.create(body)).choices[0]!
    expect([reason, message.tool_calls]).toEqual(['tool_calls', [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln","days":[1,2,3]}' } }]])
    let pieces = ''
    let count = 0
    for await (const { choices } of await through.chat.completions.create({ ...body, stream: true })) {
      const piece = choices[0]?.delta.tool_calls?.[0]?.function?.arguments
      if (piece === undefined || piece === '') continue
      pieces += piece
      count++
    }
    expect(count).toBeGreaterThan(1)
    expect(JSON.parse(pieces)).toEqual({ city: 'Köln', days: [1, 2, 3] })
  })

  it('gets embeddings as floats', async () => {
    const answer = await through.embeddings.create({ model: 'text-embedding-3-small', input: 'a vector', encoding_format: 'float' })
    expect(answer.data[0]!.embedding).toEqual(VECTOR)
    expect(answer).toEqual(await direct.embeddings.create({ model: 'text-embedding-3-small', input: 'a vector', encoding_format: 'float' }))
  })

  it.each(['float', undefined] as const)('gets embeddings of many texts in the encoding %s', async (format) => {
    const { data } = await through.embeddings.create({ model: 'vectors', input: Array.from({ length: 500 }, (_, i) => `text ${i}`), ...format !== undefined && { encoding_format: format } })
    expect(data.map(({ index }) => index)).toEqual(Array.from({ length: 500 }, (_, i) => i))
    for (const { embedding } of data) expect([...embedding]).toEqual(VECTOR)
  })

  it('gets an error as the model made it, with its headers', async () => {
    const failure = async (client: OpenAI): Promise<APIError> => {
      const error: unknown = await client.chat.completions.create(ask('too much')).catch((thrown: unknown) => thrown)
      if (error instanceof APIError) return error
      throw new Error('not an error of the API', { cause: error })
    }
    const [theirs, ours] = [await failure(direct), await failure(through)]
    expect([ours.status, ours.error, ours.code, ours.type, ours.param, ours.message]).toEqual([theirs.status, theirs.error, theirs.code, theirs.type, theirs.param, theirs.message])
    expect([ours.status, ours.code, ours.headers?.get('retry-after')]).toEqual([429, 'rate_limited', '7'])
    expect(ours.headers?.get('x-windtunnel-error')).toBeNull()
  })

  it('is told by Windtunnel in the same form what Windtunnel refuses', async () => {
    const error: unknown = await through.chat.completions.create(ask('x'.repeat(2_000_000))).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 413, code: 'body_too_large' })
    const lost: unknown = await clientOf(`${tunnel.url}/elsewhere`).models.list().catch((thrown: unknown) => thrown)
    expect(lost).toMatchObject({ status: 404, code: 'no_route' })
  })

  describe('under chaos that answers 503', () => {
    beforeAll(async () => { await tunnel.api('POST', '/api/v1/chaos/overload/start') })
    afterAll(async () => { await tunnel.api('POST', '/api/v1/chaos/stop') })

    it('is given the answer of the fault, and the model is never asked', async () => {
      const asked = models.small.getRequests().length
      const error: unknown = await through.chat.completions.create(ask('who?', 'busy-1')).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ status: 503, code: 'overloaded' })
      expect(models.small.getRequests().length).toBe(asked)
    })

    it('is left alone on other routes', async () => {
      expect(await content(through, ask('who are you?'))).toBe('small')
    })

    it('waits as retry-after says, tries again, and has its answer once the experiment is stopped', async () => {
      const statuses: number[] = []
      const times: number[] = []
      const client = clientOf(tunnel.url, {
        maxRetries: 2,
        fetch: async (url, init) => {
          times.push(performance.now())
          const response = await fetch(url, init)
          statuses.push(response.status)
          if (statuses.length === 1) await tunnel.api('POST', '/api/v1/chaos/overload/stop')
          return response
        }
      })
      expect(await content(client, ask('who are you?', 'busy-1'))).toBe('small')
      expect(statuses).toEqual([503, 200])
      // its own wait without a header would be at most half a second; timers may be a little early
      expect(times[1]! - times[0]!).toBeGreaterThan(900)
      expect(models.small.getLastRequest()?.headers['x-stainless-retry-count']).toBe('1')
    })
  })

  it('is routed by the model it names', async () => {
    expect(await content(through, ask('who are you?', 'gpt-large-2'))).toBe('large')
    expect(await content(through, ask('who are you?', 'gpt-small'))).toBe('small')
  })

  it('stays with one model for each user it names, and users are spread over both', async () => {
    const users = Array.from({ length: 40 }, (_, i) => `user-${i}`)
    const round = (): Promise<(string | null)[]> => Promise.all(users.map((user) => content(through, { ...ask('who are you?', 'either'), user })))
    const first = await round()
    expect(new Set(first)).toEqual(new Set(['small', 'large']))
    expect(await round()).toEqual(first)
    expect(await tunnel.metric('unit_missing_total')).toBe(0)
  })

  it('lists models by a GET that no rule on bodies takes', async () => {
    const listed = await through.models.list()
    expect(listed.data.map(({ id }) => id)).toEqual((await direct.models.list()).data.map(({ id }) => id))
    expect(listed.data.length).toBeGreaterThan(0)
  })

  it('leaves nothing behind', async () => {
    await tunnel.rests()
  })
})
