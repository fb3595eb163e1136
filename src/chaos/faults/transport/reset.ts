import { z } from 'zod'
import type { FaultKind, Phase } from '../../fault.ts'
import { phaseField } from '../../parts/phase.ts'

/** As YAML says it. */
export interface ResetFields {
  readonly kind: 'reset'
  readonly phase?: Phase | undefined
}

/** A true reset: what the client reads is "connection reset by peer". */
export const reset: FaultKind<ResetFields> = {
  summary: 'breaks the connection by RST in place of an answer',
  stage: 'answer',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('reset'),
    phase: phaseField
  }),
  build: ({ phase = 'before' }) => () => () => ({ do: 'break', phase, break: { how: 'reset' } })
}
