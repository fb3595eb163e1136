import { z } from 'zod'
import { findSpans, replaceSpans } from '../../../core/json-edit.ts'
import type { FaultKind } from '../../fault.ts'
import { jsonOf } from '../../parts/chunks.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'
import type { RawEvent } from '../../streams/raw-event.ts'
import type { EventStep } from '../../streams/script.ts'

/** As YAML says it. */
export interface DropUsageFields {
  readonly kind: 'drop-usage'
}

const PLACES = [['usage'], ['message', 'usage'], ['response', 'usage']]

/** Whoever bills or limits by tokens then counts none. */
export const dropUsage: FaultKind<DropUsageFields> = {
  summary: 'nulls the counts of tokens a stream tells, and leaves out events that tell nothing else',
  stage: 'events',
  onShadow: false,
  fields: z.strictObject({ kind: z.literal('drop-usage') }),
  build: () => () => () => ({ do: 'events', script: scriptOf(without) })
}

function without(event: RawEvent): readonly EventStep[] {
  const data = event.data()
  if (data === undefined || !data.includes('"usage"')) return [pass(event)]
  const told = (findSpans(data, PLACES) ?? []).filter(({ start }) => data.charCodeAt(start) === BRACE)
  if (told.length === 0) return [pass(event)]
  const choices = jsonOf(event)?.['choices']
  // OpenAI sends it in a chunk of its own
  if (Array.isArray(choices) && choices.length === 0) return []
  return [pass(event.withData(replaceSpans(data, told.map((span) => ({ ...span, text: 'null' })))))]
}

const BRACE = 0x7b
