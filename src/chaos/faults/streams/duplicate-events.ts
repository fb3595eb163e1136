import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { isLast } from '../../parts/chunks.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'

/** As YAML says it. */
export interface DuplicateEventsFields {
  readonly kind: 'duplicate-events'
  readonly share: number
}

/** What a proxy that sends again makes of a stream. */
export const duplicateEvents: FaultKind<DuplicateEventsFields> = {
  summary: 'sends events of a stream twice, each with a probability; what says that it is over is sent once',
  stage: 'events',
  onShadow: false,
  scales: 'the share',
  fields: z.strictObject({
    kind: z.literal('duplicate-events'),
    share: z.number().gt(0).max(1).describe('probability for each event')
  }),
  build: ({ share }) => () => ({ draws, strength }) => ({ do: 'events', script: scriptOf((event) => {
    if (event.data() === undefined || isLast(event)) return [pass(event)]
    const isHit = draws.chance(share * strength)
    return isHit ? [pass(event), pass(event)] : [pass(event)]
  }) })
}
