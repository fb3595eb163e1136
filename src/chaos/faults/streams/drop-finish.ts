import { z } from 'zod'
import { findSpans, replaceSpans } from '../../../core/json-edit.ts'
import type { FaultKind } from '../../fault.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'
import type { RawEvent } from '../../streams/raw-event.ts'

/** As YAML says it. */
export interface DropFinishFields {
  readonly kind: 'drop-finish'
}

// where OpenAI, Anthropic and Ollama say it in a stream
const PLACES = [['choices', '*', 'finish_reason'], ['delta', 'stop_reason'], ['done_reason']]

/** A stream that ends and never says why: cut by length, or done? */
export const dropFinish: FaultKind<DropFinishFields> = {
  summary: 'nulls the reason for which a language model has stopped, wherever a stream says it',
  stage: 'events',
  onShadow: false,
  fields: z.strictObject({ kind: z.literal('drop-finish') }),
  build: () => () => () => ({ do: 'events', script: scriptOf((event) => [pass(without(event))]) })
}

function without(event: RawEvent): RawEvent {
  const data = event.data()
  if (data === undefined || !data.includes('_reason"')) return event
  const said = (findSpans(data, PLACES) ?? []).filter(({ start }) => data.charCodeAt(start) === QUOTE)
  return said.length === 0 ? event : event.withData(replaceSpans(data, said.map((span) => ({ ...span, text: 'null' }))))
}

const QUOTE = 0x22
