import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { ChatRequest } from './chat-request.ts'
import type { Generation } from './generation.ts'

/** What all chunks of an answer, or the whole of it, begin with. */
export interface AnswerHead {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  readonly model: string
  readonly system_fingerprint: string
}

/** Waits for the whole text and answers with a `chat.completion`. */
export async function wholeAnswer(head: AnswerHead, request: ChatRequest, generation: Generation, signal: AbortSignal): Promise<object> {
  let content = ''
  for await (const piece of generation.pieces(signal)) content += piece
  const message = { role: 'assistant', content, refusal: null }
  return {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: generation.finish }],
    usage: usageOf(request, generation)
  }
}

/** Sends the text as it is written: server-sent events that hold `chat.completion.chunk`s, and `[DONE]` at the end. */
export async function streamAnswer(head: AnswerHead, request: ChatRequest, generation: Generation, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const send = async (data: string): Promise<void> => {
    if (!response.write(`data: ${data}\n\n`)) await once(response, 'drain', { signal })
  }
  const chunk = (choices: readonly object[], usage: object | null): Promise<void> => send(JSON.stringify({
    ...head, object: 'chat.completion.chunk', choices, ...(request.streamUsage ? { usage } : {})
  }))

  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  await chunk(choice({ role: 'assistant', content: '' }, null), null)
  for await (const content of generation.pieces(signal)) await chunk(choice({ content }, null), null)
  await chunk(choice({}, generation.finish), null)
  if (request.streamUsage) await chunk([], usageOf(request, generation))
  await send('[DONE]')
  response.end()
}

const choice = (delta: object, finish: string | null): readonly object[] => [{ index: 0, delta, logprobs: null, finish_reason: finish }]

function usageOf({ promptTokens }: ChatRequest, { tokens }: Generation): object {
  return { prompt_tokens: promptTokens, completion_tokens: tokens, total_tokens: promptTokens + tokens }
}
