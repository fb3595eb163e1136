import type { Assembled, Codec, StreamEvent } from '../codec.ts'
import { isObject } from '../read/json-type.ts'
import { createEventReader } from '../streams/event-json.ts'
import { built, type Members, membersOf } from './parts/members.ts'
import { own, ownText } from './parts/own.ts'
import { isAt } from './parts/path.ts'
import { ResponseOutput } from './parts/response-output.ts'
import { Sorted } from './parts/sorted.ts'

/**
 * OpenAI's responses. `output` is sorted by what its items are, since how many there are of each and in which order is no part
 * of what was said: `text`, `refusal` and `reasoning` of all of them in a row, `tool_calls` as in a chat completion, and `other`
 * items by their type.
 *
 * Source: OpenAI API reference, The response object, and Streaming events.
 */
export const openaiResponses: Codec = {
  summary: 'responses of OpenAI and servers like it, whole or streamed: texts as text, function calls as tools, how it ended as a label',
  rules: {
    ignore: [
      '/id', '/object', '/created_at', '/completed_at', '/model', '/service_tier', '/previous_response_id', '/safety_identifier', '/prompt_cache_key', '/user',
      '/usage/input_tokens_details', '/usage/output_tokens_details',
      '/output/annotations', '/output/other/*/*/id', '/output/other/*/*/call_id', '/output/other/*/*/encrypted_content'
    ],
    fields: [
      { at: '/output/text', as: 'text' },
      { at: '/output/refusal', as: 'text' },
      { at: '/output/reasoning', as: 'text' },
      { at: '/output/tool_calls', as: 'tools' },
      { at: '/status', as: 'label' },
      { at: '/incomplete_details/reason', as: 'label' },
      { at: '/usage/*', as: 'regression' }
    ],
    numbers: 'exact'
  },
  recognises(path, document, streamed) {
    if (!streamed) return own(document, 'object') === 'response' && Array.isArray(own(document, 'output'))
    const type = ownText(document, 'type')
    return (type.startsWith('response.') && (isObject(own(document, 'response')) || own(document, 'sequence_number') !== undefined)) || (type === 'error' && isAt(path, '/responses'))
  },
  canonical(document) {
    const output = own(document, 'output')
    if (!isObject(document) || !Array.isArray(output)) return document
    return { ...document, output: sortedOutput(output) }
  },
  assemble
}

/** Events that carry the response as it is at the time; the last three end it. */
const SNAPSHOTS: ReadonlySet<string> = new Set(['response.created', 'response.queued', 'response.in_progress', 'response.completed', 'response.incomplete', 'response.failed'])
const ENDS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed'])

function assemble(events: readonly StreamEvent[]): Assembled {
  const read = createEventReader('doubles')
  const output = new ResponseOutput()
  const content: number[] = []
  let response: Members = new Map([['object', 'response']])
  let complete = false
  let error: unknown
  for (const [i, event] of events.entries()) {
    const data = read(event.data)
    const type = ownText(data, 'type') || event.type
    const snapshot = own(data, 'response')
    if (type === 'error') {
      error ??= own(data, 'error') ?? data ?? event.data
    } else if (SNAPSHOTS.has(type)) {
      if (isObject(snapshot)) response = membersOf(snapshot)
      if (!ENDS.has(type)) continue
      complete = true
      if (type === 'response.failed') error ??= response.get('error') ?? undefined
      break
    } else if (output.add(type, data)) {
      content.push(i)
    }
  }
  const told = response.get('output')
  // some servers end with a response that lacks what they have sent before
  if (output.size > 0 && !(complete && Array.isArray(told) && told.length > 0)) response.set('output', output.list())
  else if (told === undefined) response.set('output', [])
  return { document: built(response), content, complete, error }
}

function sortedOutput(items: readonly unknown[]): unknown {
  const sorted = new Sorted()
  for (const item of items) {
    const type = ownText(item, 'type')
    if (type === 'message') {
      for (const part of partsOf(item, 'content')) {
        const kind = ownText(part, 'type')
        if (kind === 'output_text') {
          sorted.text('text', own(part, 'text'))
          sorted.all('annotations', own(part, 'annotations'))
        } else if (kind === 'refusal') {
          sorted.text('refusal', own(part, 'refusal'))
        } else {
          sorted.other(kind, part)
        }
      }
    } else if (type === 'reasoning') {
      for (const list of ['summary', 'content']) for (const part of partsOf(item, list)) sorted.text('reasoning', own(part, 'text'))
    } else if (type === 'function_call') {
      sorted.call(own(item, 'call_id'), own(item, 'name'), own(item, 'arguments'))
    } else if (type === 'custom_tool_call') {
      sorted.call(own(item, 'call_id'), own(item, 'name'), own(item, 'input'))
    } else {
      sorted.other(type, item)
    }
  }
  return sorted.value()
}

/** Some servers send a text where there could be parts. */
function partsOf(item: unknown, list: string): readonly unknown[] {
  const parts = own(item, list)
  return Array.isArray(parts) ? parts : typeof parts === 'string' ? [{ type: 'output_text', text: parts }] : []
}
