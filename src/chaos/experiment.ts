import { draw, type Key } from '../core/hash.ts'
import type { RequestTest } from '../core/request-tests.ts'
import type { RequestView } from '../core/request-view.ts'
import type { Fault } from './fault.ts'

/** A chaos experiment, compiled. */
export interface Experiment {
  readonly name: string
  /** Its place on the switchboard, which says whether it is running. */
  readonly slot: number
  /** Share of the requests in scope that are hit, 0..1. */
  readonly share: number
  readonly salt: Key
  readonly scope: Scope
  readonly faults: readonly NamedFault[]
}

/** A fault under its `kind`. */
export interface NamedFault {
  readonly kind: string
  /** Salt of the fault's own draws. */
  readonly salt: Key
  readonly fault: Fault
}

/** Which requests of a route an experiment may touch. */
export interface Scope {
  /** What it wants, for `explain`. */
  readonly text: string
  readonly needsBody: boolean
  /** Name of the only backend in scope, or undefined for all. */
  readonly backend: string | undefined
  readonly tests: readonly RequestTest[]
}

/** Whether a request that would go to `backend` is in scope. */
export function inScope(scope: Scope, request: RequestView, backend: string): boolean {
  if (scope.backend !== undefined && scope.backend !== backend) return false
  for (const test of scope.tests) if (!test.matches(request)) return false
  return true
}

/** Whether the request with this key is among the share that is hit. A larger share keeps every hit of a smaller one. */
export const isHit = (experiment: Experiment, key: Key): boolean => draw(experiment.salt, key) < experiment.share

/** The draws of one fault for one request. */
export function drawsOf(salt: Key, key: Key): () => number {
  let index = 0
  return () => draw((salt + index++) % Number.MAX_SAFE_INTEGER, key)
}
