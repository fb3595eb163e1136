import { randomUUID } from 'node:crypto'
import { streamAnswer, wholeAnswer } from './chat-answer.ts'
import { countTokens, readChatRequest, readModelName } from './chat-request.ts'
import { embed, toBase64 } from './embedding.ts'
import { asFields, oneOf, optional, textsUpTo } from './fields.ts'
import { Generation, type GenerationCounts } from './generation.ts'
import { type Handler, Refusal, type RunningServer, startJsonServer } from './json-server.ts'
import type { LanguageModel } from './language-model.ts'

/** The names its two models are asked for by. */
export const CHAT_MODEL = 'prose'
export const EMBEDDING_MODEL = 'prose-embedding'

export interface LlmServerOptions {
  readonly model: LanguageModel
  /** As it names itself in answers, as `system_fingerprint`. */
  readonly version: string
  /** Where the request does not say. */
  readonly temperature: number
  /** ms between tokens; 20 by default. */
  readonly tokenMs?: number
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** Clock for `created`, ms since 1970. */
  readonly now: () => number
}

export interface LlmServer extends RunningServer {
  generations(): Readonly<GenerationCounts>
}

const MAX_BODY_BYTES = 256 * 1024
const readInputs = textsUpTo(256, true)
const readEncoding = oneOf(['float', 'base64'])

/**
 * Serves a language model as OpenAI's API has it: `POST /v1/chat/completions` whole or as a stream of events, `POST
 * /v1/embeddings`, `GET /v1/models`; and `GET /healthz`, which also tells the counts of generations. The same messages and
 * seed give the same text. A client that goes away ends its generation at once.
 */
export async function startLlmServer(options: LlmServerOptions): Promise<LlmServer> {
  const { model, version, temperature, tokenMs = 20, host, port, now } = options
  const counts: GenerationCounts = { started: 0, finished: 0, aborted: 0, tokens: 0 }
  const startedS = Math.floor(now() / 1000)

  const chat: Handler = async ({ body, response, signal }) => {
    const request = readChatRequest(body)
    requireModel(request.model, CHAT_MODEL)
    const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(now() / 1000), model: CHAT_MODEL, system_fingerprint: version }
    const generation = new Generation({ model, temperature, tokenMs, counts }, request)
    if (!request.stream) return wholeAnswer(head, request, generation, signal)
    await streamAnswer(head, request, generation, response, signal)
    return undefined
  }

  const server = await startJsonServer({
    host,
    port,
    maxBodyBytes: MAX_BODY_BYTES,
    errorBody: ({ status, message, param }) => ({
      error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', param: param ?? null, code: status === 404 ? 'not_found' : null }
    }),
    paths: new Map([
      ['/v1/chat/completions', { POST: chat }],
      ['/v1/embeddings', { POST: embeddings }],
      ['/v1/models', { GET: async () => ({ object: 'list', data: [CHAT_MODEL, EMBEDDING_MODEL].map((id) => ({ id, object: 'model', created: startedS, owned_by: 'windtunnel-demo' })) }) }],
      ['/healthz', { GET: async () => ({ status: 'ok', generations: counts }) }]
    ])
  })
  return { ...server, generations: () => ({ ...counts }) }
}

const embeddings: Handler = async ({ body }) => {
  const fields = asFields(body, 'the body')
  requireModel(readModelName(fields), EMBEDDING_MODEL)
  const inputs = readInputs(fields['input'], 'input')
  const encoding = optional(fields, 'encoding_format', readEncoding) ?? 'float'
  const data = inputs.map((input, index) => {
    const embedding = embed(input)
    return { object: 'embedding', index, embedding: encoding === 'base64' ? toBase64(embedding) : [...embedding] }
  })
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0)
  return { object: 'list', data, model: EMBEDDING_MODEL, usage: { prompt_tokens: tokens, total_tokens: tokens } }
}

function requireModel(asked: string, served: string): void {
  if (asked !== served) throw new Refusal(404, `model: ${JSON.stringify(asked)} is not served here, "${served}" is`, 'model')
}
