import type { Chaos } from '../../../src/chaos/decide.ts'
import type { Experiment, Scope } from '../../../src/chaos/experiment.ts'
import type { Effect } from '../../../src/chaos/fault.ts'
import { ShareLimit } from '../../../src/chaos/share-limit.ts'
import { Switchboard } from '../../../src/chaos/switchboard.ts'
import { saltOf } from '../../../src/core/hash.ts'

export const EVERYTHING: Scope = { text: 'every request', needsBody: false, backend: undefined, tests: [] }
export const answerWith = (status: number): Effect => ({ do: 'answer', status, headers: [], body: '' })
export const waitFor = (ms: number): Effect => ({ do: 'wait', ms })

/** An experiment whose faults always have these effects. */
export function experimentOf(name: string, slot: number, share: number, effects: readonly Effect[] = [answerWith(503)], scope: Scope = EVERYTHING): Experiment {
  return {
    name, slot, share, scope, salt: saltOf('chaos', name),
    faults: effects.map((effect, i) => ({ kind: effect.do === 'wait' ? 'delay' : 'abort', salt: saltOf('chaos value', name, String(i)), fault: () => effect }))
  }
}

/** Limits that bind nothing unless a test says so, and what they refused. */
export function limits({ share = 1, maxActive = 1e9, switchboard = new Switchboard() }: { share?: number, maxActive?: number, switchboard?: Switchboard } = {}): Chaos & { readonly skips: string[] } {
  const skips: string[] = []
  return {
    switchboard, maxActive, skips, share: new ShareLimit(share),
    injected: () => ({ add: () => undefined }),
    skipped: (reason) => ({ add: () => void skips.push(reason) })
  }
}
