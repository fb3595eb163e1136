import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'
import type { RawEvent } from '../../streams/raw-event.ts'

/** As YAML says it. */
export interface CorruptEventFields {
  readonly kind: 'corrupt-event'
  readonly at?: number | undefined
  readonly share?: number | undefined
}

/** The framing is whole, what it frames is not: a client that parses events meets half a document. */
export const corruptEvent: FaultKind<CorruptEventFields> = {
  summary: 'cuts what events of a stream carry in half, so that it is no JSON; the events themselves are whole',
  stage: 'events',
  onShadow: false,
  scales: 'the share',
  fields: z.strictObject({
    kind: z.literal('corrupt-event'),
    at: z.int().min(0).max(1_000_000).optional().describe('which event, counted from 0'),
    share: z.number().gt(0).max(1).optional().describe('or the probability for each event')
  }).refine(({ at, share }) => (at === undefined) !== (share === undefined), { path: ['at'], message: 'expected one of at and share' }),
  build: ({ at = -1, share = 0 }) => () => ({ draws, strength }) => {
    let index = 0
    return { do: 'events', script: scriptOf((event) => {
      const data = event.data()
      if (data === undefined || event.isDone) return [pass(event)]
      const isHit = (index++ === at && strength > 0) || (share > 0 && draws.chance(share * strength))
      return [pass(isHit ? half(event, data) : event)]
    }) }
  }
}

function half(event: RawEvent, data: string): RawEvent {
  const start = data.slice(0, Math.max(1, data.length >> 1))
  // half a number is a number
  return event.withData(isJson(start) ? `${start}{` : start)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
