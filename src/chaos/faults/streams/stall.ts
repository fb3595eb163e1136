import { z } from 'zod'
import { duration } from '../../../core/scalars.ts'
import type { FaultKind } from '../../fault.ts'
import { hasOnePosition, ONE_POSITION, type PositionFields, positionFields, positionOf } from '../../parts/position.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'

/** As YAML says it. */
export interface StallFields extends PositionFields {
  readonly kind: 'stall'
  /** ms */
  readonly for?: number | undefined
  readonly forever?: true | undefined
}

/** A stream that stops in its midst without a word: what tells clients that have an idle timeout from those that have none. */
export const stall: FaultKind<StallFields> = {
  summary: 'stops a stream after some events or characters: `for` a while, or for as long as the client waits and the experiment runs',
  stage: 'events',
  onShadow: false,
  scales: 'the time, where it is not for ever',
  fields: z.strictObject({
    kind: z.literal('stall'),
    ...positionFields,
    for: duration({ max: '10m' }).optional().describe('how long it stops'),
    forever: z.literal(true).optional().describe('or for ever')
  }).refine(hasOnePosition, ONE_POSITION)
    .refine((fields) => (fields.for === undefined) !== (fields.forever === undefined), { path: ['for'], message: 'expected one of for and forever' }),
  build: ({ for: fixedMs, forever, ...position }) => () => ({ strength }) => {
    const isThere = positionOf(position)
    const ms = forever === true ? strength === 0 ? 0 : Infinity : (fixedMs ?? 0) * strength
    let hasStalled = ms === 0
    return { do: 'events', script: scriptOf((event) => {
      if (hasStalled || !isThere(event)) return [pass(event)]
      hasStalled = true
      return [{ do: 'wait', ms }, pass(event)]
    }) }
  }
}
