import { armsSince, type Arms } from './arms.ts'
import type { RunPolicy } from './policy.ts'
import type { Check, EndedHow, RunLogEntry, RunReason, RunState, RunVerdict, StageRecord, Watch } from './state.ts'

/** A run that has ended: all that reports are made of. Times are of the wall clock, ms. */
export interface RunRecord {
  /** Unique among runs of this process. */
  readonly id: string
  readonly experiment: string
  readonly policy: RunPolicy
  /** When it was asked for. */
  readonly createdAtMs: number
  /** When its baseline or first stage began; its end where it never did. */
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly how: EndedHow
  readonly reason: RunReason
  readonly verdict: RunVerdict
  /** In the order of the policy. */
  readonly watches: readonly Watch[]
  readonly stages: readonly StageRecord[]
  /** Requests of both groups over all stages. */
  readonly arms: Arms
  readonly before: Check | undefined
  readonly during: readonly Check[]
  readonly after: Check | undefined
  readonly log: readonly RunLogEntry[]
  /** How often no number could be had: for want of traffic or series, and because something failed. */
  readonly unread: { readonly noData: number, readonly failed: number }
}

/** What of a record its state does not know. */
export type RunDetails = Pick<RunRecord, 'id' | 'experiment' | 'policy' | 'createdAtMs' | 'log' | 'unread'>

/** The record of a run that has ended, or undefined. @param offsetMs of the wall clock from the run's own */
export function recordOf(state: RunState, details: RunDetails, offsetMs: number): RunRecord | undefined {
  const { phase, watches, stages, armsBefore, arms, before, during, after, begunMs } = state
  if (phase.at !== 'ended') return undefined
  const { how, reason, verdict, atMs } = phase
  const check = (one: Check): Check => ({ ...one, atMs: one.atMs + offsetMs })
  return {
    ...details,
    log: details.log.map((entry) => ({ ...entry, atMs: entry.atMs + offsetMs })),
    startedAtMs: (begunMs ?? atMs) + offsetMs,
    endedAtMs: atMs + offsetMs,
    how, reason, verdict,
    watches: watches.map(({ violatedSinceMs, lastReadMs, ...rest }) => ({ ...rest, lastReadMs: lastReadMs + offsetMs, violatedSinceMs: violatedSinceMs === undefined ? undefined : violatedSinceMs + offsetMs })),
    stages: stages.map((stage) => ({ ...stage, sinceMs: stage.sinceMs + offsetMs, untilMs: (stage.untilMs ?? atMs) + offsetMs })),
    arms: armsSince(armsBefore, arms),
    before: before && check(before),
    during: during.map(check),
    after: after && check(after)
  }
}
