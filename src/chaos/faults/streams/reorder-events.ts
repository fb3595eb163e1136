import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { isLast } from '../../parts/chunks.ts'
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
      const shuffled = waiting.slice()
      for (let i = shuffled.length - 1; i > 0; i--) {
        const other = draws.below(i + 1)
        const [one, two] = [shuffled[i], shuffled[other]]
        if (one === undefined || two === undefined) continue
        shuffled[i] = two
        shuffled[other] = one
      }
      if (shuffled.some((event, i) => event !== waiting[i])) fired = true
      waiting = []
      return shuffled.map((event) => ({ do: 'pass', event }))
    }
    const script: EventScript = {
      event: (event) => {
        if (isLast(event)) return [...letGo(), { do: 'pass', event }]
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
