import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { cuttingAt } from '../../parts/cutting.ts'
import type { OctetScript, Step } from '../../streams/script.ts'

/** As YAML says it. */
export interface ResplitFields {
  readonly kind: 'resplit'
  readonly octets: number
}

/** Nothing changes but where one read ends and the next begins; a client that notices has a mistake. */
export const resplit: FaultKind<ResplitFields> = {
  summary: 'cuts an answer anew into pieces, within characters and line ends as well; no octet is another, and no client may notice',
  stage: 'octets',
  onShadow: false,
  effect: 'what is read is the same',
  fields: z.strictObject({
    kind: z.literal('resplit'),
    octets: z.int().min(1).max(65_536).describe('size of a piece')
  }),
  build: ({ octets }) => () => () => {
    const cut = cuttingAt(octets)
    let fired = false
    const script: OctetScript = {
      data: (chunk) => {
        const pieces = cut(chunk)
        if (pieces.length > 1) fired = true
        return pieces.flatMap((piece): readonly Step[] => piece.isWhole ? [{ do: 'send', octets: piece.octets }, { do: 'wait', ms: 0 }] : [{ do: 'send', octets: piece.octets }])
      },
      end: () => [],
      get fired() {
        return fired
      }
    }
    return { do: 'octets', script }
  }
}
