import { type Chaos, decide, type Strike } from '../../../src/chaos/decide.ts'
import type { Experiment, Scope } from '../../../src/chaos/experiment.ts'
import type { Effect } from '../../../src/chaos/fault.ts'
import { ShareLimit } from '../../../src/chaos/share-limit.ts'
import { Switchboard } from '../../../src/chaos/switchboard.ts'
import { type Key, saltOf } from '../../../src/core/hash.ts'
import type { RequestView } from '../../../src/core/request-view.ts'

export const EVERYTHING: Scope = { text: 'every request', needsBody: false, backend: undefined, arm: 'primary', units: undefined, tests: [] }
export const answerWith = (status: number): Effect => ({ do: 'answer', phase: 'before', status, headers: [], body: '' })
export const waitFor = (ms: number): Effect => ({ do: 'wait', phase: 'before', ms })

/** An experiment whose faults always have these effects. */
export function experimentOf(name: string, slot: number, share: number, effects: readonly Effect[] = [answerWith(503)], scope: Scope = EVERYTHING): Experiment {
  return {
    name, slot, share, scope, salt: saltOf('chaos', name), control: 0, by: 'request', block: 0, ramp: undefined, trigger: undefined, mark: false, state: { run: 0, strikers: [] },
    faults: effects.map((effect, i) => ({
      kind: effect.do === 'wait' ? 'delay' : 'abort', stage: effect.do === 'wait' ? 'wait' : 'answer', salt: saltOf('chaos value', name, String(i)), share: undefined, fault: () => () => effect
    }))
  }
}

/** Limits that bind nothing unless a test says so, and what they refused. */
export function limits({ share = 1, maxActive = 1e9, switchboard = new Switchboard() }: { share?: number, maxActive?: number, switchboard?: Switchboard } = {}): Chaos & { readonly skips: string[] } {
  const skips: string[] = []
  return {
    switchboard, maxActive, skips, share: new ShareLimit(share),
    maxPerMinute: Infinity, exemptHeader: 'x-chaos-exempt', recordsMisses: false, keepsChanges: false,
    injected: () => ({ add: () => undefined }),
    eligible: () => ({ add: () => undefined }),
    skipped: (_experiment, reason) => ({ add: () => void skips.push(reason) })
  }
}

/** What running experiments do to the client's answer of the request `key`, at 0 ms unless said otherwise. */
export const strikesOn = (experiments: readonly Experiment[], chaos: Chaos, request: RequestView, backend: string, key: Key, nowMs = 0): readonly Strike[] =>
  decide(experiments, chaos, { request, backend, keys: { request: key, unit: key }, nowMs, side: 'primary' }).strikes
