import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { type DurationFields, durationFields, durationsOf, hasOneDuration, ONE_DURATION } from '../../parts/durations.ts'
import type { OctetScript } from '../../streams/script.ts'

/** As YAML says it. */
export interface SlowCloseFields extends DurationFields {
  readonly kind: 'slow-close'
}

/** All but the last octet is there, and the end does not come. */
export const slowClose: FaultKind<SlowCloseFields> = {
  summary: 'holds the last octet of an answer back, and with it the end',
  stage: 'octets',
  onShadow: false,
  scales: 'the time',
  fields: z.strictObject({ kind: z.literal('slow-close'), ...durationFields }).refine(hasOneDuration, ONE_DURATION),
  build: (fields) => {
    const durations = durationsOf(fields)
    return () => ({ draws, strength }) => {
      const ms = durations(draws) * strength
      let last: Buffer = NOTHING
      const script: OctetScript = {
        data: (chunk) => {
          if (chunk.length === 0 || ms === 0) return [{ do: 'send', octets: chunk }]
          const octets = Buffer.concat([last, chunk.subarray(0, -1)])
          last = chunk.subarray(-1)
          return octets.length === 0 ? [] : [{ do: 'send', octets }]
        },
        // an answer with a length is over with its last octet, so that this has to wait
        end: () => last.length === 0 ? [] : [{ do: 'wait', ms }, { do: 'send', octets: last }],
        get fired() {
          return ms > 0 && last.length > 0
        }
      }
      return { do: 'octets', script }
    }
  }
}

const NOTHING = Buffer.alloc(0)
