import type { Codec } from '../codec.ts'
import { anthropicMessages } from './anthropic-messages.ts'
import { bytes } from './bytes.ts'
import { json } from './json.ts'
import { kserveV1 } from './kserve-v1.ts'
import { ollama } from './ollama.ts'
import { openInference } from './open-inference.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { openaiResponses } from './openai-responses.ts'
import { rerank } from './rerank.ts'
import { text } from './text.ts'

/** A codec under its name in YAML. */
export interface NamedCodec {
  readonly name: string
  readonly codec: Codec
}

/** Every kind of answer; the first that recognises one has it. Text is before JSON, which would take a string for a document. */
export const codecs: readonly NamedCodec[] = [
  { name: 'openai-chat', codec: openaiChat },
  { name: 'openai-completions', codec: openaiCompletions },
  { name: 'openai-responses', codec: openaiResponses },
  { name: 'openai-embeddings', codec: openaiEmbeddings },
  { name: 'anthropic-messages', codec: anthropicMessages },
  { name: 'ollama', codec: ollama },
  { name: 'open-inference', codec: openInference },
  { name: 'kserve-v1', codec: kserveV1 },
  { name: 'rerank', codec: rerank },
  { name: 'text', codec: text },
  { name: 'json', codec: json },
  { name: 'bytes', codec: bytes }
]

/** What `codec` in a config may be, beside `auto`. */
export const codecNames: readonly string[] = codecs.map(({ name }) => name)

/** The codec of this name; undefined when there is none. */
export const codecNamed = (name: string): Codec | undefined => codecs.find((one) => one.name === name)?.codec

/**
 * The codec for an answer nobody has named one for.
 *
 * @param path of the request, without its query
 * @param document the parsed answer, a string for a body that is text and no JSON, undefined for one that is neither; of a
 * stream the parsed data of its first event, undefined when that is no JSON
 * @param streamed whether it is a stream
 */
export const choose = (path: string, document: unknown, streamed: boolean): Codec => recognise(path, document, streamed).codec

/** As `choose`, with the name. */
export const recognise = (path: string, document: unknown, streamed: boolean): NamedCodec =>
  codecs.find(({ codec }) => codec.recognises(path, document, streamed)) ?? BYTES

const BYTES: NamedCodec = { name: 'bytes', codec: bytes }
