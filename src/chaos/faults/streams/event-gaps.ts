import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { type DurationFields, durationFields, durationsOf, hasOneDuration, ONE_DURATION } from '../../parts/durations.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'

/** As YAML says it. */
export interface EventGapsFields extends DurationFields {
  readonly kind: 'event-gaps'
  readonly share?: number | undefined
}

/** A model that writes slowly, or in fits and starts. */
export const eventGaps: FaultKind<EventGapsFields> = {
  summary: 'waits before each event of a stream but the first, or before a share of them',
  stage: 'events',
  onShadow: false,
  scales: 'the time',
  effect: 'time between events t becomes t + gap for a share of them',
  fields: z.strictObject({
    kind: z.literal('event-gaps'),
    ...durationFields,
    share: z.number().gt(0).max(1).optional().describe('probability of a gap before an event; 1 when left out')
  }).refine(hasOneDuration, ONE_DURATION),
  build: ({ share = 1, ...fields }) => {
    const durations = durationsOf(fields)
    return () => ({ draws, strength }) => {
      let isFirst = true
      return { do: 'events', script: scriptOf((event) => {
        if (event.data() === undefined) return [pass(event)]
        if (isFirst) {
          isFirst = false
          return [pass(event)]
        }
        const isHit = share === 1 || draws.chance(share)
        const ms = isHit ? durations(draws) * strength : 0
        return ms === 0 ? [pass(event)] : [{ do: 'wait', ms }, pass(event)]
      }) }
    }
  }
}
