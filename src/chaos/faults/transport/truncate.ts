import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import type { OctetScript } from '../../streams/script.ts'

/** As YAML says it. */
export interface TruncateFields {
  readonly kind: 'truncate'
  readonly octets: number
  readonly how?: 'fin' | 'rst' | undefined
}

/** A transfer that breaks: the head has promised more. */
export const truncate: FaultKind<TruncateFields> = {
  summary: 'breaks the connection after so many octets of an answer\'s body, by FIN or RST',
  stage: 'octets',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('truncate'),
    octets: z.int().min(0).max(1024 ** 3).describe('how many are sent'),
    how: z.enum(['fin', 'rst']).optional().describe('by FIN (the default) or RST')
  }),
  build: ({ octets, how = 'fin' }) => () => () => {
    let left = octets
    let fired = false
    const script: OctetScript = {
      data: (chunk) => {
        if (fired) return []
        if (chunk.length <= left) {
          left -= chunk.length
          return [{ do: 'send', octets: chunk }]
        }
        fired = true
        return [...left === 0 ? [] : [{ do: 'send', octets: chunk.subarray(0, left) } as const], { do: 'cut', how }]
      },
      end: () => [],
      get fired() {
        return fired
      }
    }
    return { do: 'octets', script }
  }
}
