import type { Codec } from '../codec.ts'
import { isObject } from '../read/json-type.ts'
import { assembleChunks, ChoiceFrame, type ChoiceParts } from './parts/chunks.ts'
import { addPiece, built, isUnsaid, type Members, withoutUnsaid } from './parts/members.ts'
import { own, ownList, ownText } from './parts/own.ts'
import { isAt } from './parts/path.ts'
import { ToolCalls } from './parts/tool-calls.ts'

/**
 * OpenAI's chat completions, and those of the many servers that speak like it: vLLM, SGLang, llama.cpp, Ollama, Azure.
 *
 * Source: OpenAI API reference, The chat completion object and The chat completion chunk object; reasoning as vLLM and DeepSeek
 * have it, in `reasoning` or `reasoning_content`.
 */
export const openaiChat: Codec = {
  summary: 'chat completions of OpenAI and servers like it, whole or streamed: texts as text, tool calls as tools, why it ended as a label',
  rules: {
    ignore: [
      '/id', '/object', '/created', '/model', '/system_fingerprint', '/service_tier', '/usage/prompt_tokens_details', '/usage/completion_tokens_details',
      // after the first other token, all of them are others: the text says so already
      '/choices/*/logprobs',
      '/choices/*/message/audio/id', '/choices/*/message/audio/expires_at'
    ],
    fields: [
      { at: '/choices/*/message/content', as: 'text' },
      { at: '/choices/*/message/refusal', as: 'text' },
      { at: '/choices/*/message/reasoning', as: 'text' },
      { at: '/choices/*/message/reasoning_content', as: 'text' },
      { at: '/choices/*/message/tool_calls', as: 'tools' },
      { at: '/choices/*/message/function_call/arguments', as: 'json' },
      { at: '/choices/*/finish_reason', as: 'label' },
      { at: '/usage/*', as: 'regression' }
    ],
    numbers: 'exact'
  },
  recognises(path, document, streamed) {
    const object = ownText(document, 'object')
    const here = isAt(path, '/chat/completions')
    if (streamed && here && !isUnsaid(own(document, 'error'))) return true
    const choices = own(document, 'choices')
    if (!Array.isArray(choices)) return false
    if (object !== (streamed ? 'chat.completion.chunk' : 'chat.completion') && !(here && object === '')) return false
    return choices.every((choice) => isObject(own(choice, streamed ? 'delta' : 'message')))
  },
  canonical(document) {
    const choices = own(document, 'choices')
    if (!isObject(document) || !Array.isArray(choices)) return document
    return { ...document, choices: choices.map((choice: unknown) => isObject(choice) ? canonicalChoice(choice) : choice) }
  },
  assemble: (events) => assembleChunks(events, 'chat.completion', createChoice)
}

function canonicalChoice(choice: Readonly<Record<string, unknown>>): unknown {
  const message = own(choice, 'message')
  if (!isObject(message)) return withoutUnsaid(choice)
  // beside tool calls there is null, nothing or an empty text: none of them an absence to compare with a text that is there
  const content = own(message, 'content') ?? ''
  return withoutUnsaid({ ...choice, message: { ...withoutUnsaid(message), content } })
}

const TEXTS: ReadonlySet<string> = new Set(['content', 'refusal', 'reasoning', 'reasoning_content'])
const PUT_TOGETHER_APART: ReadonlySet<string> = new Set(['tool_calls', 'function_call', 'audio'])
const CALL_TEXTS: ReadonlySet<string> = new Set(['arguments'])
const AUDIO_TEXTS: ReadonlySet<string> = new Set(['data', 'transcript'])

function createChoice(): ChoiceParts {
  const frame = new ChoiceFrame('delta')
  const message: Members = new Map()
  const functionCall: Members = new Map()
  const audio: Members = new Map()
  const tools = new ToolCalls()
  return {
    add(piece) {
      frame.add(piece)
      const delta = own(piece, 'delta')
      if (!isObject(delta)) return false
      let brought = addPiece(message, delta, TEXTS, PUT_TOGETHER_APART)
      for (const call of ownList(delta, 'tool_calls')) if (tools.add(call)) brought = true
      const call = own(delta, 'function_call')
      if (addPiece(functionCall, call, CALL_TEXTS) || ownText(call, 'name') !== '') brought = true
      if (addPiece(audio, own(delta, 'audio'), AUDIO_TEXTS)) brought = true
      return brought
    },
    members() {
      if (tools.size > 0) message.set('tool_calls', tools.list())
      if (functionCall.size > 0) message.set('function_call', built(functionCall))
      if (audio.size > 0) message.set('audio', built(audio))
      return frame.around('message', built(message))
    }
  }
}
