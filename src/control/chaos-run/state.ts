import type { Arms } from './arms.ts'
import type { HarmReadout } from './arm-difference.ts'
import type { StageSettings } from './policy.ts'

/** What a condition's number was when it was looked at. */
export interface Reading {
  /** undefined when there is none: no traffic, or a query that failed. */
  readonly value: number | undefined
  /** Why there is none, where that was a failure. */
  readonly problem?: string | undefined
}

/** How a run ended. */
export type EndedHow = 'completed' | 'stopped' | 'halted' | 'aborted_baseline' | 'expired_lease'

export type ReasonCode =
  | 'hypothesis_held' | 'hypothesis_violated' | 'not_recovered'
  | 'stop_rule' | 'unreadable' | 'harm' | 'halted_from_outside'
  | 'too_few_requests' | 'no_data' | 'nothing_checked'
  | 'stopped_early' | 'start_refused' | 'lease_expired'
  | 'baseline_unhealthy' | 'baseline_unreadable' | 'completed'

/** Why something was concluded, for programs and for people. */
export interface RunReason {
  readonly code: ReasonCode
  /** Without a full stop: `p99 over 30s <= 800ms: 1200`. */
  readonly text: string
  /** Name of the condition it is about. */
  readonly condition?: string
  /** What was seen, and what it should have been within or above. */
  readonly value?: number
  readonly limit?: number
}

export interface RunVerdict {
  readonly kind: 'PASS' | 'FAIL' | 'INCONCLUSIVE'
  /** At least one, the weightiest first. */
  readonly reasons: readonly RunReason[]
}

/**
 * Where a run is. Times are of the run's clock, ms.
 *
 *     waiting --> baseline --> running (stage 1 .. n) --> recovering --> ended
 *        |           |            |                           |            ^
 *        +-----------+------------+---------------------------+------------+   stopped, halted, lease expired, aborted
 */
export type RunPhase =
  | { readonly at: 'waiting', readonly startsAtMs: number }
  | { readonly at: 'baseline', readonly sinceMs: number }
  | { readonly at: 'running', readonly sinceMs: number, readonly stage: number, readonly stageSinceMs: number }
  | { readonly at: 'recovering', readonly sinceMs: number }
  | { readonly at: 'ended', readonly atMs: number, readonly how: EndedHow, readonly reason: RunReason, readonly verdict: RunVerdict }

/** What is known of one condition while faults are on. */
export interface Watch {
  readonly checks: number
  /** Checks that gave a number, and those of them that were out of bounds. */
  readonly readable: number
  readonly violations: number
  /** Since when every number was out of bounds; undefined while it is not. */
  readonly violatedSinceMs: number | undefined
  readonly longestViolationMs: number
  /** Whether it was violated for as long as counts. */
  readonly broken: boolean
  /** The number it was broken by. */
  readonly brokenBy: number | undefined
  /** When there was a number last, or when it was begun to be watched. */
  readonly lastReadMs: number
  /** The longest time without a number. */
  readonly longestGapMs: number
  readonly lowest: number | undefined
  readonly highest: number | undefined
  readonly last: Reading
}

/** All conditions at one time, in the order of the policy. */
export interface Check {
  readonly atMs: number
  readonly readings: readonly Reading[]
}

/** A stage that was begun. */
export interface StageRecord {
  readonly stage: number
  readonly settings: StageSettings
  readonly sinceMs: number
  /** undefined while it goes on. */
  readonly untilMs: number | undefined
  /** Requests of both groups in this stage. */
  readonly arms: Arms
  readonly harm: readonly HarmReadout[]
}

/** All that a run knows of itself: what `step` takes and gives back. */
export interface RunState {
  readonly phase: RunPhase
  /** When the baseline began, or the first stage where there is none; undefined before. */
  readonly begunMs: number | undefined
  readonly watches: readonly Watch[]
  /** Counts of both groups when the first stage began, and now. */
  readonly armsBefore: Arms
  readonly arms: Arms
  readonly stages: readonly StageRecord[]
  readonly before: Check | undefined
  /** At the end of each stage, and whenever a condition began or ceased to be violated; so many at most. */
  readonly during: readonly Check[]
  readonly after: Check | undefined
  /** Hypotheses that did not hold at the end of recovery. */
  readonly notRecovered: readonly RunReason[]
}

/** What happens to a run. */
export type RunEvent =
  | { readonly kind: 'tick', readonly atMs: number, readonly readings: readonly Reading[], readonly arms: Arms }
  | { readonly kind: 'stop', readonly atMs: number, readonly by: string } // a person, or a new config
  | { readonly kind: 'halt', readonly atMs: number, readonly why: string } // the kill file, or a thread that was away too long
  | { readonly kind: 'refused', readonly atMs: number, readonly why: string } // its faults could not be started
  | { readonly kind: 'lease_expired', readonly atMs: number }

/** What is to be done, in this order. */
export type RunAction =
  | { readonly do: 'start', readonly settings: StageSettings }
  | { readonly do: 'setStage', readonly stage: number, readonly settings: StageSettings }
  | { readonly do: 'stop', readonly reason: RunReason } // exactly one for each run
  | { readonly do: 'log', readonly entry: RunLogEntry }

/** A line of what happened. */
export interface RunLogEntry {
  readonly atMs: number
  readonly level: 'info' | 'warn'
  readonly text: string
}
