import { z } from 'zod'
import type { FaultKind, Phase } from '../../fault.ts'
import { phaseField } from '../../parts/phase.ts'

/** As YAML says it. */
export interface HangFields {
  readonly kind: 'hang'
  readonly phase?: Phase | undefined
}

/** Tests the timeouts of clients: nothing comes, and nothing is closed. */
export const hang: FaultKind<HangFields> = {
  summary: 'never answers; who waits is let go when the experiment ends: to the backend, or, with `phase: after`, by closing',
  stage: 'answer',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('hang'),
    phase: phaseField
  }),
  build: ({ phase = 'before' }) => () => () => ({ do: 'break', phase, break: { how: 'hang' } })
}
