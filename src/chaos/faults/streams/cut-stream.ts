import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { hasOnePosition, ONE_POSITION, type PositionFields, positionFields, positionOf } from '../../parts/position.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'

/** As YAML says it. */
export interface CutStreamFields extends PositionFields {
  readonly kind: 'cut-stream'
  readonly how?: 'fin' | 'rst' | 'end' | undefined
}

/** `fin` and `rst` are transfers that break; `end` ends well as HTTP has it, so that only the missing marker tells. */
export const cutStream: FaultKind<CutStreamFields> = {
  summary: 'ends a stream after some events or characters, by FIN or RST in the midst of the transfer, or properly but without what was to come',
  stage: 'events',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('cut-stream'),
    ...positionFields,
    how: z.enum(['fin', 'rst', 'end']).optional().describe('by FIN (the default) or RST in the midst, or `end`: the transfer ends as it should, the stream does not')
  }).refine(hasOnePosition, ONE_POSITION),
  build: ({ how = 'fin', ...position }) => () => () => {
    const isThere = positionOf(position)
    return { do: 'events', script: scriptOf((event) => isThere(event) ? [{ do: 'cut', how }] : [pass(event)]) }
  }
}
