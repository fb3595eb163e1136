import { isObject } from '../../core/is-object.ts'
import type { RawEvent } from '../streams/raw-event.ts'

/** What an event carries, as JSON; undefined when it carries none. */
export function jsonOf(event: RawEvent): Readonly<Record<string, unknown>> | undefined {
  const data = event.data()
  if (data === undefined || !data.startsWith('{')) return undefined
  try {
    const parsed: unknown = JSON.parse(data)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

const LAST_TYPES: ReadonlySet<unknown> = new Set(['message_stop', 'response.completed'])

/** Whether an event says that the stream is over, in the words of OpenAI, Anthropic or Ollama. */
export function isLast(event: RawEvent): boolean {
  if (event.isDone) return true
  const json = jsonOf(event)
  return json !== undefined && (LAST_TYPES.has(json['type']) || json['done'] === true)
}
