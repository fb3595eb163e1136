import { z } from 'zod'
import type { FaultKind, Phase } from '../../fault.ts'
import { phaseField } from '../../parts/phase.ts'

/** As YAML says it. */
export interface EmptyFields {
  readonly kind: 'empty'
  readonly phase?: Phase | undefined
}

/** What a server that crashes between two requests looks like. */
export const empty: FaultKind<EmptyFields> = {
  summary: 'closes the connection without an octet in place of an answer',
  stage: 'answer',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('empty'),
    phase: phaseField
  }),
  build: ({ phase = 'before' }) => () => () => ({ do: 'break', phase, break: { how: 'close', octets: NOTHING } })
}

const NOTHING = Buffer.alloc(0)
