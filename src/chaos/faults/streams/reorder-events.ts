import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { isLast } from '../../parts/chunks.ts'
import { pass } from '../../parts/scripts.ts'
import { shuffled } from '../../parts/shuffled.ts'
import type { RawEvent } from '../../streams/raw-event.ts'
import type { EventScript, EventStep } from '../../streams/script.ts'

/** As YAML says it. */
export interface ReorderEventsFields {
  readonly kind: 'reorder-events'
  readonly window: number
}

/** Events wait until a window of them is there; what says that the stream is over stays behind all others. */
export const reorderEvents: FaultKind<ReorderEventsFields> = {
  summary: 'shuffles the events of a stream among those of a window; what says that it is over stays the last',
  stage: 'events',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('reorder-events'),
    window: z.int().min(2).max(100).describe('events that are shuffled among themselves, and wait for each other')
  }),
  build: ({ window }) => () => ({ draws }) => {
    let waiting: RawEvent[] = []
    let fired = false
    const letGo = (): readonly EventStep[] => {
      const order = shuffled(waiting, draws)
      if (order.some((event, i) => event !== waiting[i])) fired = true
      waiting = []
      return order.map(pass)
    }
    const script: EventScript = {
      event: (event) => {
        if (isLast(event)) return [...letGo(), pass(event)]
        waiting.push(event)
        return waiting.length < window ? [] : letGo()
      },
      end: letGo,
      get fired() {
        return fired
      }
    }
    return { do: 'events', script }
  }
}
