import { z } from 'zod'
import { findSpans, replaceSpans } from '../../../core/json-edit.ts'
import { stringText } from '../../answers/scalars.ts'
import type { FaultKind } from '../../fault.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'
import type { RawEvent } from '../../streams/raw-event.ts'

/** As YAML says it. */
export interface CutArgumentsFields {
  readonly kind: 'cut-arguments'
  readonly events?: number | undefined
}

const CALLS = ['choices', '*', 'delta', 'tool_calls', '*']

// where a piece of a tool call's arguments is: OpenAI's chat, Anthropic; OpenAI's responses have a type of event for it
const PIECES = [[...CALLS, 'function', 'arguments'], ['delta', 'partial_json']]
const PIECE_TYPE = '"response.function_call_arguments.delta"'

const NAME = [[...CALLS, 'function', 'name']]
const FINISH = [['choices', '*', 'finish_reason']]

// where responses tell the arguments once more, whole
const AGAIN = [['arguments'], ['item', 'arguments'], ['response', 'output', '*', 'arguments']]

/** The call is announced and ends, and its arguments are half a document. */
export const cutArguments: FaultKind<CutArgumentsFields> = {
  summary: 'leaves out what goes on with a tool call\'s arguments after the first events, and halves those that come at once, so that they are half a document',
  stage: 'events',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('cut-arguments'),
    events: z.int().min(0).max(10_000).optional().describe('how many with arguments pass; 1 by default')
  }),
  build: ({ events = 1 }) => () => () => {
    let seen = 0
    return { do: 'events', script: scriptOf((event) => {
      const data = event.data()
      if (data === undefined || !MENTION.test(data)) return [pass(event)]
      if (data.includes(PIECE_TYPE)) return seen++ < events ? [pass(event)] : []
      const pieces = textsAt(data, PIECES)
      if (pieces.length === 0) return [pass(seen > events ? edited(event, data, textsAt(data, AGAIN), half) : event)]
      // a call that is announced with arguments may have them whole
      if (textsAt(data, NAME).length > 0) {
        seen++
        return [pass(edited(event, data, pieces, half))]
      }
      if (seen++ < events) return [pass(event)]
      // that the model is done is told still
      return textsAt(data, FINISH).length > 0 ? [pass(edited(event, data, pieces, () => ''))] : []
    }) }
  }
}

/** A string in an event's data. */
interface Text { readonly start: number, readonly end: number, readonly says: string }

/** The strings at these places that are not empty, as an announcement's arguments are. */
function textsAt(data: string, places: readonly (readonly string[])[]): readonly Text[] {
  return (findSpans(data, places) ?? []).flatMap(({ start, end }) => {
    const says = saidBy(data.slice(start, end))
    return says === '' ? [] : [{ start, end, says }]
  })
}

function saidBy(json: string): string {
  if (!json.startsWith('"')) return ''
  try {
    return String(JSON.parse(json))
  } catch {
    return ''
  }
}

const edited = (event: RawEvent, data: string, texts: readonly Text[], made: (says: string) => string): RawEvent =>
  texts.length === 0 ? event : event.withData(replaceSpans(data, texts.map(({ start, end, says }) => ({ start, end, text: stringText(made(says)) }))))

const half = (says: string): string => says.slice(0, says.length >> 1)

// most events have none
const MENTION = /arguments|partial_json/
