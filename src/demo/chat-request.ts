import { keyOf, octets } from '../core/hash.ts'
import { asFields, type Fields, numberFrom, oneOf, optional, readBoolean, textsUpTo, wholeFrom } from './fields.ts'
import { Refusal } from './json-server.ts'
import { splitWords } from './words.ts'

/** What a chat completion request asks for, checked. */
export interface ChatRequest {
  readonly model: string
  /** The last user message. */
  readonly prompt: string
  readonly promptTokens: number
  readonly maxTokens: number
  /** Undefined leaves it to the model. */
  readonly temperature: number | undefined
  /** As asked for, or else a hash of the messages: the same request gets the same answer. */
  readonly seed: number
  readonly stops: readonly string[]
  readonly stream: boolean
  /** Whether a stream ends with a chunk that holds the usage. */
  readonly streamUsage: boolean
}

const DEFAULT_MAX_TOKENS = 120
const readMaxTokens = wholeFrom(1, 2048)
const readRole = oneOf(['system', 'developer', 'user', 'assistant', 'tool'])

/** Reads the body of `POST /v1/chat/completions`. Throws a `Refusal` that names the field. */
export function readChatRequest(body: unknown): ChatRequest {
  const fields = asFields(body, 'the body')
  const { messages } = fields as { messages?: unknown } // holds: any object may lack it
  if (!Array.isArray(messages) || messages.length === 0) throw new Refusal(400, 'messages: expected a list of at least one message', 'messages')
  const texts = messages.map((message: unknown, i) => readMessage(asFields(message, `messages[${i}]`), `messages[${i}]`))
  optional(fields, 'n', wholeFrom(1, 1)) // more than one answer is not offered
  return {
    model: readModelName(fields),
    prompt: texts.findLast(({ role }) => role === 'user')?.text ?? '',
    promptTokens: texts.reduce((sum, { text }) => sum + countTokens(text), 0),
    maxTokens: optional(fields, 'max_completion_tokens', readMaxTokens) ?? optional(fields, 'max_tokens', readMaxTokens) ?? DEFAULT_MAX_TOKENS,
    temperature: optional(fields, 'temperature', numberFrom(0, 2)),
    seed: optional(fields, 'seed', wholeFrom(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) ?? keyOf(octets(JSON.stringify(messages))),
    stops: optional(fields, 'stop', textsUpTo(4, false)) ?? [],
    stream: optional(fields, 'stream', readBoolean) ?? false,
    streamUsage: optional(asFields(fields['stream_options'] ?? {}, 'stream_options'), 'include_usage', readBoolean) ?? false
  }
}

/** The name of the model asked for. */
export function readModelName(fields: Fields): string {
  const { model } = fields as { model?: unknown } // holds: any object may lack it
  if (typeof model === 'string' && model !== '') return model
  throw new Refusal(400, 'model: expected the name of a model', 'model')
}

/** Tokens of a text, as these models count them: words and marks. */
export const countTokens = (text: string): number => splitWords(text).length

function readMessage(message: Fields, at: string): { readonly role: string, readonly text: string } {
  const { role: roleField, content } = message as { role?: unknown, content?: unknown } // holds: any object may lack them
  const role = readRole(roleField, `${at}.role`)
  if (typeof content === 'string') return { role, text: content }
  if (role === 'assistant' && (content === null || content === undefined)) return { role, text: '' } // it called tools
  if (!Array.isArray(content)) throw new Refusal(400, `${at}.content: expected a text or a list of parts`, `${at}.content`)
  const parts = content.map((part: unknown, i) => {
    const { type, text } = asFields(part, `${at}.content[${i}]`) as { type?: unknown, text?: unknown } // holds: any object may lack them
    if (type === 'text' && typeof text === 'string') return text
    throw new Refusal(400, `${at}.content[${i}]: only parts of type text are read`, `${at}.content`)
  })
  return { role, text: parts.join(' ') }
}
