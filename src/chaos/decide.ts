import type { Injection } from '../core/exchange.ts'
import type { Key } from '../core/hash.ts'
import type { Counter } from '../core/meter.ts'
import type { RequestView } from '../core/request-view.ts'
import { drawsOf, type Experiment, inScope, isHit } from './experiment.ts'
import type { Effect } from './fault.ts'
import type { ShareLimit } from './share-limit.ts'
import type { Switchboard } from './switchboard.ts'

/** An effect to be had, and whose it is. */
export interface Strike {
  readonly effect: Effect
  readonly injection: Injection
}

/** The limits all experiments are under together. */
export interface Chaos {
  readonly switchboard: Switchboard
  readonly share: ShareLimit
  /** Requests that may be under a fault at once, over all threads. */
  readonly maxActive: number
  readonly injected: (injection: Injection) => Counter
  readonly skipped: (reason: 'active_limit' | 'share_limit') => Counter
}

/** Whether any experiment that is running must see the body to know its scope. */
export function needsBody(experiments: readonly Experiment[], chaos: Chaos, nowMs: number): boolean {
  return experiments.some(({ slot, scope }) => scope.needsBody && chaos.switchboard.isRunning(slot, nowMs))
}

/**
 * What running experiments do to a request, in the order they happen: waits first, then the first answer. An empty list
 * for almost every request. A list that is not empty holds one place of `maxActive`, which `Switchboard.leave` gives back.
 */
export function decide(experiments: readonly Experiment[], chaos: Chaos, request: RequestView, backend: string, key: Key, nowMs: number): readonly Strike[] {
  let strikes: Strike[] | undefined
  for (const experiment of experiments) {
    if (!chaos.switchboard.isRunning(experiment.slot, nowMs)) continue
    if (!isHit(experiment, key) || !inScope(experiment.scope, request, backend)) continue
    for (const { kind, salt, fault } of experiment.faults) {
      strikes ??= []
      strikes.push({ effect: fault(drawsOf(salt, key)), injection: { experiment: experiment.name, fault: kind } })
    }
  }
  if (strikes === undefined) return NONE
  if (!chaos.share.take()) return skip(chaos, 'share_limit')
  if (!chaos.switchboard.enter(chaos.maxActive)) return skip(chaos, 'active_limit')
  const waits = strikes.filter(({ effect }) => effect.do === 'wait')
  const answer = strikes.find(({ effect }) => effect.do === 'answer')
  return answer === undefined ? waits : [...waits, answer]
}

const NONE: readonly Strike[] = []

function skip(chaos: Chaos, reason: 'active_limit' | 'share_limit'): readonly Strike[] {
  chaos.skipped(reason).add()
  return NONE
}
