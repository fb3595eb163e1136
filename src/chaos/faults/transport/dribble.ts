import { z } from 'zod'
import { duration } from '../../../core/scalars.ts'
import type { FaultKind } from '../../fault.ts'
import { cuttingAt } from '../../parts/cutting.ts'
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
  effect: 'an answer of n octets takes every * n / octets longer, rounded up to whole pieces',
  fields: z.strictObject({
    kind: z.literal('dribble'),
    octets: z.int().min(1).max(65_536).describe('size of a piece'),
    every: duration({ min: '1ms', max: '1m' }).describe('time between pieces')
  }),
  build: ({ octets, every }) => () => ({ strength }) => {
    const cut = cuttingAt(octets)
    const wait: Step = { do: 'wait', ms: every * strength }
    let fired = false
    let isBetween = true
    const script: OctetScript = {
      data: (chunk) => {
        if (strength === 0 || chunk.length === 0) return [{ do: 'send', octets: chunk }]
        fired = true
        const pieces = cut(chunk)
        isBetween = pieces.at(-1)?.isWhole === true
        return pieces.flatMap((piece): readonly Step[] => piece.isWhole ? [{ do: 'send', octets: piece.octets }, wait] : [{ do: 'send', octets: piece.octets }])
      },
      // the last piece is a smaller one
      end: () => isBetween ? [] : [wait],
      get fired() {
        return fired
      }
    }
    return { do: 'octets', script }
  }
}
