import { z } from 'zod'
import type { FaultKind, Phase } from '../../fault.ts'
import { phaseField } from '../../parts/phase.ts'

/** As YAML says it. */
export interface GarbageFields {
  readonly kind: 'garbage'
  readonly phase?: Phase | undefined
  readonly octets?: number | undefined
}

/** For clients that take what they read for HTTP without looking. */
export const garbage: FaultKind<GarbageFields> = {
  summary: 'sends octets that are no HTTP in place of an answer, and closes',
  stage: 'answer',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('garbage'),
    octets: z.int().min(1).max(65_536).optional().describe('how many octets are sent; 64 by default'),
    phase: phaseField
  }),
  build: ({ octets = 64, phase = 'before' }) => () => ({ draws }) => ({
    do: 'break',
    phase,
    // never a letter: it is not to begin like a status line by chance
    break: { how: 'close', octets: Buffer.from(Array.from({ length: octets }, () => 128 + draws.below(128))) }
  })
}
