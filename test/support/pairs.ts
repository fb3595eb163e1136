import type { Answer } from '../../src/core/answer.ts'
import type { Trial } from '../../src/core/trial.ts'
import type { Leg } from '../../src/shadow/trial.ts'

/** Two answers to one request. */
export interface Pair {
  readonly route: string
  /** Backend of the second answer. */
  readonly backend: string
  readonly mirror: string
  readonly leg: Leg
  readonly requestId: string
  readonly primary: Answer
  readonly other: Answer
}

/** The pairs that are in trials. */
export const pairsOf = (trials: readonly Trial[]): Pair[] => trials.flatMap(({ route, mirror, baselineBackend, requestId, primary, shadow, baseline }) => [
  ...shadow === undefined ? [] : [{ route, backend: mirror, mirror, leg: 'shadow' as const, requestId, primary, other: shadow }],
  ...baseline === undefined ? [] : [{ route, backend: baselineBackend, mirror, leg: 'baseline' as const, requestId, primary, other: baseline }]
])
