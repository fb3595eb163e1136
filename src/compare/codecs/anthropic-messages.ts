import type { Assembled, Codec, StreamEvent } from '../codec.ts'
import { isObject } from '../read/json-type.ts'
import { createEventReader, type EventReader } from '../streams/event-json.ts'
import { addLast, addPiece, built, type Members, membersOf, NO_MEMBERS } from './parts/members.ts'
import { own, ownText } from './parts/own.ts'
import { isAt } from './parts/path.ts'
import { Slots } from './parts/slots.ts'
import { Sorted } from './parts/sorted.ts'

/**
 * Anthropic's messages. `content` is sorted by what its blocks are, since how many there are of each and in which order is no
 * part of what was said: `text` and `thinking` of all of them in a row, `tool_calls` as in a chat completion, and `other` blocks
 * by their type.
 *
 * Source: Claude API reference, Messages, and Streaming messages.
 */
export const anthropicMessages: Codec = {
  summary: 'messages of Anthropic and servers like it, whole or streamed: texts as text, tool uses as tools, why it stopped as a label',
  rules: {
    ignore: [
      '/id', '/type', '/model', '/container', '/usage/cache_creation', '/usage/cache_creation_input_tokens', '/usage/cache_read_input_tokens',
      '/usage/service_tier', '/usage/inference_geo', '/usage/iterations',
      '/content/citations', '/content/other/redacted_thinking', '/content/other/*/*/id', '/content/other/*/*/tool_use_id'
    ],
    fields: [
      { at: '/content/text', as: 'text' },
      { at: '/content/thinking', as: 'text' },
      { at: '/content/tool_calls', as: 'tools' },
      { at: '/stop_reason', as: 'label' },
      { at: '/usage/*', as: 'regression' }
    ],
    numbers: 'exact'
  },
  recognises(path, document, streamed) {
    if (!streamed) return isMessage(document)
    const type = ownText(document, 'type')
    if (type === 'message_start') return isMessage(own(document, 'message'))
    return isAt(path, '/messages') && (type === 'ping' || (type === 'error' && isObject(own(document, 'error'))))
  },
  canonical(document) {
    const content = own(document, 'content')
    if (!isObject(document) || !Array.isArray(content)) return document
    const sorted = new Sorted()
    for (const block of content) {
      const type = ownText(block, 'type')
      if (type === 'text') {
        sorted.text('text', own(block, 'text'))
        sorted.all('citations', own(block, 'citations'))
      } else if (type === 'thinking') {
        sorted.text('thinking', own(block, 'thinking'))
      } else if (type === 'tool_use') {
        sorted.call(own(block, 'id'), own(block, 'name'), own(block, 'input'))
      } else {
        sorted.other(type, block)
      }
    }
    return { ...document, content: sorted.value() }
  },
  assemble
}

function isMessage(document: unknown): boolean {
  const content = own(document, 'content')
  return own(document, 'type') === 'message' && own(document, 'role') === 'assistant' && Array.isArray(content)
    && content.every((block) => ownText(block, 'type') !== '')
}

interface Block {
  members: Members
  /** JSON of a tool's input, as far as it has come. */
  input: string
}

/** By the type of a delta: its member that says more, the member of the block that goes on with it, and the type of that block. */
const TEXTS: ReadonlyMap<string, readonly [said: string, continued: string, type: string]> = new Map([
  ['text_delta', ['text', 'text', 'text']],
  ['thinking_delta', ['thinking', 'thinking', 'thinking']],
  ['compaction_delta', ['content', 'content', 'compaction']]
])

function assemble(events: readonly StreamEvent[]): Assembled {
  const read = createEventReader('doubles')
  const blocks = new Slots<Block>(() => ({ members: new Map(), input: '' }))
  const content: number[] = []
  let message: Members = new Map()
  let complete = false
  let error: unknown
  for (const [i, event] of events.entries()) {
    const data = read(event.data)
    const type = ownText(data, 'type') || event.type
    if (type === 'message_stop') {
      complete = true
      break
    }
    if (type === 'error') error ??= own(data, 'error') ?? data ?? event.data
    else if (type === 'message_start') message = membersOf(own(data, 'message'))
    else if (type === 'message_delta') addToMessage(message, data)
    else if (type === 'content_block_start' || type === 'content_block_delta') {
      const block = blocks.at(own(data, 'index'))
      if (block !== undefined && (type === 'content_block_start' ? start(block, data) : addDelta(block, own(data, 'delta')))) content.push(i)
    }
  }
  const readInput = createEventReader('exact')
  const begun = message.get('content')
  message.set('content', [...(Array.isArray(begun) ? begun : []), ...blocks.list().map((block) => finished(block, readInput))])
  return { document: built(message), content, complete, error }
}

/** Why it stopped, and what it has used: counts so far, which replace those at the start. */
function addToMessage(message: Members, data: unknown): void {
  const usage = membersOf(message.get('usage'))
  addLast(usage, own(data, 'usage'))
  addLast(message, own(data, 'delta'))
  addLast(message, data, PUT_TOGETHER_APART)
  if (usage.size > 0) message.set('usage', built(usage))
}

const PUT_TOGETHER_APART: ReadonlySet<string> = new Set(['type', 'delta', 'usage', 'content'])

/** Whether the block begins with something to read: text, or the name of a tool. */
function start(block: Block, data: unknown): boolean {
  const value = own(data, 'content_block')
  if (!isObject(value)) return false
  block.members = membersOf(value)
  return ownText(value, 'text') !== '' || ownText(value, 'name') !== ''
}

function addDelta(block: Block, delta: unknown): boolean {
  const type = ownText(delta, 'type')
  const text = TEXTS.get(type)
  if (text !== undefined) {
    const [said, continued, blockType] = text
    const more = ownText(delta, said)
    const known = block.members.get(continued)
    if (!block.members.has('type')) block.members.set('type', blockType)
    block.members.set(continued, typeof known === 'string' ? known + more : more)
    return more !== ''
  }
  if (type === 'input_json_delta') {
    const more = ownText(delta, 'partial_json')
    block.input += more
    return more !== ''
  }
  const citation = own(delta, 'citation')
  if (type === 'signature_delta') block.members.set('signature', ownText(delta, 'signature'))
  else if (type === 'citations_delta' && isObject(citation)) addPiece(block.members, { citations: [citation] }, NO_MEMBERS)
  return false
}

/** A tool's input is parsed when it is whole, with ids of any length; one that is no JSON stays the text it is. */
function finished({ members, input }: Block, read: EventReader): unknown {
  if (input !== '') members.set('input', read(input) ?? input)
  return built(members)
}
