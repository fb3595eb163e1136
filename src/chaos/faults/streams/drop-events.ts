import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { isLast } from '../../parts/chunks.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'

/** As YAML says it. */
export interface DropEventsFields {
  readonly kind: 'drop-events'
  readonly share: number
}

/** A model's words with holes in them. */
export const dropEvents: FaultKind<DropEventsFields> = {
  summary: 'loses events of a stream, each with a probability; what says that it is over is kept',
  stage: 'events',
  onShadow: false,
  scales: 'the share',
  fields: z.strictObject({
    kind: z.literal('drop-events'),
    share: z.number().gt(0).max(1).describe('probability for each event')
  }),
  build: ({ share }) => () => ({ draws, strength }) => ({ do: 'events', script: scriptOf((event) => {
    if (event.data() === undefined || isLast(event)) return [pass(event)]
    const isHit = draws.chance(share * strength)
    return isHit ? [] : [pass(event)]
  }) })
}
