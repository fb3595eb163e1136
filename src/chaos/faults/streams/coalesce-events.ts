import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { isLast } from '../../parts/chunks.ts'
import { pass } from '../../parts/scripts.ts'
import { RawEvent } from '../../streams/raw-event.ts'
import type { EventScript, EventStep } from '../../streams/script.ts'

/** As YAML says it. */
export interface CoalesceEventsFields {
  readonly kind: 'coalesce-events'
  readonly events: number
}

/** What a buffer on the way makes of a stream: the same octets, in bursts. */
export const coalesceEvents: FaultKind<CoalesceEventsFields> = {
  summary: 'holds events of a stream back until some are there, and sends them in one piece; no octet is another',
  stage: 'events',
  onShadow: false,
  effect: 'what is read is the same; time to first event grows',
  fields: z.strictObject({
    kind: z.literal('coalesce-events'),
    events: z.int().min(2).max(1000).describe('how many are sent together')
  }),
  build: ({ events }) => () => () => {
    let waiting: Buffer[] = []
    let format: RawEvent['format'] = 'sse'
    let fired = false
    const letGo = (): readonly EventStep[] => {
      if (waiting.length === 0) return []
      if (waiting.length > 1) fired = true
      const octets = Buffer.concat(waiting)
      waiting = []
      return [{ do: 'pass', event: new RawEvent(format, octets) }]
    }
    const script: EventScript = {
      event: (event) => {
        // the marker stays an event of its own, which another fault can tell
        if (isLast(event)) return [...letGo(), pass(event)]
        waiting.push(event.octets)
        format = event.format
        return waiting.length >= events ? letGo() : []
      },
      end: letGo,
      get fired() {
        return fired
      }
    }
    return { do: 'events', script }
  }
}
