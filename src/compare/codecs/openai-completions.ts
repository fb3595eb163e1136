import type { Codec } from '../codec.ts'
import { isObject } from '../read/json-type.ts'
import { assembleChunks, ChoiceFrame, type ChoiceParts } from './parts/chunks.ts'
import { isUnsaid, withoutUnsaid } from './parts/members.ts'
import { own, ownText } from './parts/own.ts'
import { isAt } from './parts/path.ts'

/**
 * OpenAI's completions of a text, and those of servers that speak like it. Chunks of a stream look like the answer.
 *
 * Source: OpenAI API reference, The completion object (legacy).
 */
export const openaiCompletions: Codec = {
  summary: 'text completions of OpenAI and servers like it, whole or streamed: the text as text, why it ended as a label',
  rules: {
    ignore: [
      '/id', '/object', '/created', '/model', '/system_fingerprint', '/service_tier', '/usage/prompt_tokens_details', '/usage/completion_tokens_details',
      '/choices/*/logprobs'
    ],
    fields: [
      { at: '/choices/*/text', as: 'text' },
      { at: '/choices/*/finish_reason', as: 'label' },
      { at: '/usage/*', as: 'regression' }
    ],
    numbers: 'exact'
  },
  recognises(path, document, streamed) {
    const object = ownText(document, 'object')
    const here = isAt(path, '/completions') && !isAt(path, '/chat/completions')
    if (streamed && here && !isUnsaid(own(document, 'error'))) return true
    const choices = own(document, 'choices')
    if (!Array.isArray(choices) || (object !== 'text_completion' && !(here && object === ''))) return false
    return choices.every((choice) => typeof own(choice, 'text') === 'string')
  },
  canonical(document) {
    const choices = own(document, 'choices')
    if (!isObject(document) || !Array.isArray(choices)) return document
    // an empty text is still one
    return { ...document, choices: choices.map((choice: unknown) => isObject(choice) ? { ...withoutUnsaid(choice), text: own(choice, 'text') ?? '' } : choice) }
  },
  assemble: (events) => assembleChunks(events, 'text_completion', createChoice)
}

function createChoice(): ChoiceParts {
  const frame = new ChoiceFrame('text')
  let text = ''
  return {
    add(piece) {
      frame.add(piece)
      const more = ownText(piece, 'text')
      text += more
      return more !== ''
    },
    members: () => frame.around('text', text)
  }
}
