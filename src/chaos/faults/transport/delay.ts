import { z } from 'zod'
import { durationsOf, durationFields, type DurationFields, hasOneDuration, ONE_DURATION } from '../../parts/durations.ts'
import type { FaultKind, Phase } from '../../fault.ts'

/** A delay as YAML says it. */
export interface DelayFields extends DurationFields {
  readonly kind: 'delay'
  readonly phase?: Phase | undefined
}

/** Holds the request back before the backend is asked, or its answer before the client has it. */
export const delay: FaultKind<DelayFields> = {
  summary: 'holds the request back before the backend is asked, or the answer after it was',
  stage: 'wait',
  onShadow: true,
  scales: 'the time',
  fields: z.strictObject({
    kind: z.literal('delay'),
    ...durationFields,
    phase: z.enum(['before', 'after']).optional().describe('whether the request is held back (`before`, the default) or its answer (`after`)')
  }).refine(hasOneDuration, ONE_DURATION),
  build: ({ phase = 'before', ...fields }) => {
    const durations = durationsOf(fields)
    return () => ({ draws, strength }) => ({ do: 'wait', phase, ms: durations(draws) * strength })
  }
}
