import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { isLast } from '../../parts/chunks.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'

/** As YAML says it. */
export interface DropMarkerFields {
  readonly kind: 'drop-marker'
}

/** A client that waits for the marker and not for the end of the transfer hangs, or calls it cut. */
export const dropMarker: FaultKind<DropMarkerFields> = {
  summary: 'leaves out what says that a stream is over: `[DONE]`, `message_stop`, `response.completed` or a line that says done',
  stage: 'events',
  onShadow: false,
  fields: z.strictObject({ kind: z.literal('drop-marker') }),
  build: () => () => () => ({ do: 'events', script: scriptOf((event) => isLast(event) ? [] : [pass(event)]) })
}
