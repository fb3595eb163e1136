import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { type DurationFields, durationFields, durationsOf, hasOneDuration, ONE_DURATION } from '../../parts/durations.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'

/** As YAML says it. */
export interface FirstEventDelayFields extends DurationFields {
  readonly kind: 'first-event-delay'
}

/** A model that takes long to begin: the head goes out at once, the first token does not. */
export const firstEventDelay: FaultKind<FirstEventDelayFields> = {
  summary: 'holds the first event of a stream back, and with it all others; the head goes out at once',
  stage: 'events',
  onShadow: false,
  scales: 'the time',
  effect: 'time to first event t becomes t + delay',
  fields: z.strictObject({ kind: z.literal('first-event-delay'), ...durationFields }).refine(hasOneDuration, ONE_DURATION),
  build: (fields) => {
    const durations = durationsOf(fields)
    return () => ({ draws, strength }) => {
      let isFirst = true
      const ms = durations(draws) * strength
      return { do: 'events', script: scriptOf((event) => {
        if (!isFirst || event.data() === undefined || ms === 0) return [pass(event)]
        isFirst = false
        return [{ do: 'wait', ms }, pass(event)]
      }) }
    }
  }
}
