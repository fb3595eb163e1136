import { z } from 'zod'
import { findSpans } from '../../../core/json-edit.ts'
import type { FaultKind } from '../../fault.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'
import type { RawEvent } from '../../streams/raw-event.ts'

/** As YAML says it. */
export interface CutArgumentsFields {
  readonly kind: 'cut-arguments'
  readonly events?: number | undefined
}

// where a piece of a tool call's arguments is: OpenAI's chat, its responses, Anthropic
const PLACES = [['choices', '*', 'delta', 'tool_calls', '*', 'function', 'arguments'], ['delta', 'partial_json']]
const TYPE = 'response.function_call_arguments.delta'

/** The call is announced and ends, and its arguments are half a document. */
export const cutArguments: FaultKind<CutArgumentsFields> = {
  summary: 'leaves out the events that go on with a tool call\'s arguments after the first ones, so that they are half a document',
  stage: 'events',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('cut-arguments'),
    events: z.int().min(0).max(10_000).optional().describe('how many with arguments pass; 1 by default')
  }),
  build: ({ events = 1 }) => () => () => {
    let seen = 0
    return { do: 'events', script: scriptOf((event) => hasArguments(event) && seen++ >= events ? [] : [pass(event)]) }
  }
}

function hasArguments(event: RawEvent): boolean {
  const data = event.data()
  if (data === undefined) return false
  if (data.includes(TYPE)) return true
  // an announcement has empty ones
  return (findSpans(data, PLACES) ?? []).some(({ start, end }) => end - start > 2)
}
