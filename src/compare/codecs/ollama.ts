import type { Assembled, Codec, StreamEvent } from '../codec.ts'
import { isObject } from '../read/json-type.ts'
import { createEventReader } from '../streams/event-json.ts'
import { addPiece, built, type Members, withoutUnsaid } from './parts/members.ts'
import { own, ownText } from './parts/own.ts'
import { isAt } from './parts/path.ts'

/**
 * Ollama's own API: chat, generate and embed. A stream of it is lines that look like the answer, the last of them with `done`.
 *
 * Source: Ollama API reference, Generate a completion, Generate a chat completion, Generate embeddings.
 */
export const ollama: Codec = {
  summary: 'chat, generate and embed of Ollama, whole or streamed: texts as text, tool calls as tools, vectors as embeddings, why it is done as a label',
  rules: {
    ignore: ['/model', '/remote_model', '/remote_host', '/created_at', '/context', '/total_duration', '/load_duration', '/prompt_eval_duration', '/eval_duration', '/logprobs'],
    fields: [
      { at: '/message/content', as: 'text' },
      { at: '/message/thinking', as: 'text' },
      { at: '/message/tool_calls', as: 'tools' },
      { at: '/response', as: 'text' },
      { at: '/thinking', as: 'text' },
      { at: '/done_reason', as: 'label' },
      { at: '/embeddings/*', as: 'embedding' },
      { at: '/embedding', as: 'embedding' },
      { at: '/prompt_eval_count', as: 'regression' },
      { at: '/eval_count', as: 'regression' }
    ],
    numbers: 'exact'
  },
  recognises(path, document, streamed) {
    if (streamed && (isAt(path, '/api/chat') || isAt(path, '/api/generate')) && ownText(document, 'error') !== '') return true
    if (ownText(document, 'model') !== '' && ownText(document, 'created_at') !== '' && typeof own(document, 'done') === 'boolean') {
      return isObject(own(document, 'message')) || typeof own(document, 'response') === 'string'
    }
    return (isAt(path, '/api/embed') && Array.isArray(own(document, 'embeddings'))) || (isAt(path, '/api/embeddings') && Array.isArray(own(document, 'embedding')))
  },
  canonical(document) {
    const message = own(document, 'message')
    if (!isObject(document) || !isObject(message)) return document
    return { ...document, message: { ...withoutUnsaid(message), content: own(message, 'content') ?? '' } }
  },
  assemble
}

const TEXTS: ReadonlySet<string> = new Set(['response', 'thinking'])
const MESSAGE_TEXTS: ReadonlySet<string> = new Set(['content', 'thinking'])
const PUT_TOGETHER_APART: ReadonlySet<string> = new Set(['message', 'error'])

function assemble(events: readonly StreamEvent[]): Assembled {
  const read = createEventReader('doubles')
  const answer: Members = new Map()
  const message: Members = new Map()
  const content: number[] = []
  let complete = false
  let error: unknown
  for (const [i, event] of events.entries()) {
    const line = read(event.data)
    if (!isObject(line)) continue
    const failure = own(line, 'error')
    if (failure !== undefined && failure !== null) {
      error ??= failure
      continue
    }
    const said = own(line, 'message')
    const calls = own(said, 'tool_calls')
    const more = addPiece(answer, line, TEXTS, PUT_TOGETHER_APART)
    const moreMessage = addPiece(message, said, MESSAGE_TEXTS)
    if (more || moreMessage || (Array.isArray(calls) && calls.length > 0)) content.push(i)
    if (own(line, 'done') === true) {
      complete = true
      break
    }
  }
  if (message.size > 0) answer.set('message', built(message))
  return { document: built(answer), content, complete, error }
}
