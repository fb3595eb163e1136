import { z } from 'zod'
import { duration } from '../../../core/scalars.ts'
import type { FaultKind } from '../../fault.ts'
import { piecesOf } from '../../parts/pieces.ts'
import type { OctetScript, Step } from '../../streams/script.ts'

/** As YAML says it. */
export interface DribbleFields {
  readonly kind: 'dribble'
  readonly octets: number
  /** ms */
  readonly every: number
}

/** An answer drop by drop: every timeout between octets is kept, and the whole takes for ever. */
export const dribble: FaultKind<DribbleFields> = {
  summary: 'sends an answer in pieces of `octets`, one `every` so often',
  stage: 'octets',
  onShadow: false,
  scales: 'the time between pieces',
  effect: 'an answer of n octets takes every * n / octets longer',
  fields: z.strictObject({
    kind: z.literal('dribble'),
    octets: z.int().min(1).max(65_536).describe('size of a piece'),
    every: duration({ min: '1ms', max: '1m' }).describe('time between pieces')
  }),
  build: ({ octets, every }) => () => ({ strength }) => {
    let fired = false
    const script: OctetScript = {
      data: (chunk) => {
        if (chunk.length > 0 && strength > 0) fired = true
        return piecesOf(chunk, octets).flatMap((piece): readonly Step[] => [{ do: 'send', octets: piece }, { do: 'wait', ms: every * strength }])
      },
      end: () => [],
      get fired() {
        return fired
      }
    }
    return { do: 'octets', script }
  }
}
