import { z } from 'zod'
import { size } from '../../../core/scalars.ts'
import type { FaultKind } from '../../fault.ts'
import { piecesOf } from '../../parts/pieces.ts'
import type { OctetScript, Step } from '../../streams/script.ts'

/** As YAML says it. */
export interface BandwidthFields {
  readonly kind: 'bandwidth'
  /** Octets a second. */
  readonly rate: number
}

// a slice of an answer is what passes in a sixteenth of a second: smooth enough for people, few enough timers
const SLICES_PER_S = 16

// timers count whole ms and come late by up to one: waits are put together until that is little beside them
const LEAST_WAIT_MS = 5

/** A slow line, for each answer by itself: n octets take n / rate seconds. */
export const bandwidth: FaultKind<BandwidthFields> = {
  summary: 'lets an answer through at so many octets a second',
  stage: 'octets',
  onShadow: false,
  effect: 'an answer of n octets takes n / rate seconds longer',
  fields: z.strictObject({
    kind: z.literal('bandwidth'),
    rate: size({ min: '16B' }).describe('octets a second, such as 10KiB')
  }),
  build: ({ rate }) => {
    const slice = Math.max(1, Math.floor(rate / SLICES_PER_S))
    return () => () => {
      let fired = false
      let owedMs = 0
      // what is no whole ms is owed on, so that all waits together are n / rate
      const wait = (leastMs: number): readonly Step[] => {
        if (owedMs < leastMs) return []
        const ms = Math.floor(owedMs)
        owedMs -= ms
        return [{ do: 'wait', ms }]
      }
      const script: OctetScript = {
        data: (chunk) => {
          if (chunk.length > 0) fired = true
          return piecesOf(chunk, slice).flatMap((piece): readonly Step[] => {
            owedMs += 1000 * piece.length / rate
            return [...wait(LEAST_WAIT_MS), { do: 'send', octets: piece }]
          })
        },
        end: () => wait(1),
        get fired() {
          return fired
        }
      }
      return { do: 'octets', script }
    }
  }
}
