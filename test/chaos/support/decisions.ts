import { delay } from '../../../src/chaos/faults/transport/delay.ts'
import { keyOf } from '../../../src/core/hash.ts'
import { requestOf } from '../../support/request.ts'
import { experimentOf, limits, strikesOn } from './experiment.ts'

/** What an experiment does to the requests of a log: which it hits, and how long it holds each. */
export function replay(): string[] {
  const fault = delay.build({ kind: 'delay', fixed: 1000, jitter: 1000 })
  const experiment = experimentOf('slow-canary', 0, 0.2)
  const slow = { ...experiment, faults: [{ ...experiment.faults[0]!, fault }] }
  const chaos = limits()
  chaos.switchboard.start(0, { nowMs: 0, untilMs: 1000 })
  const request = requestOf()
  return Array.from({ length: 2000 }, (_, i) => {
    chaos.share.see(0)
    return JSON.stringify(strikesOn([slow], chaos, request, 'canary', keyOf(`request-${i}`), 0).map(({ effect }) => effect))
  })
}

if (process.argv.includes('--print')) process.stdout.write(replay().join('\n'))
