import type { ConditionConfig } from '../../config/schema/condition.ts'

/** What a run is to do, for how long, and when it is to end sooner. All times in ms, all shares 0..1. */
export interface RunPolicy {
  /** Watched without faults first; 0 for none. As long as its longest window at least, or early readings are of few requests. */
  readonly baselineMs: number
  /** One after the other; at least one. */
  readonly stages: readonly StageSettings[]
  /** Watched without faults in the end, and what it was to be again then; 0 for none. */
  readonly recoveryMs: number
  readonly watched: readonly WatchedCondition[]
  /** How much worse than the control group the group under faults may be. */
  readonly harm: readonly HarmLimit[]
  /** Requests without which nothing is concluded: of the group under faults, and of the control group where `harm` compares them. */
  readonly minRequests: number
  /** How long a condition may go without a number before it counts as not seen. */
  readonly noDataMs: number
}

/** What a stage sets; undefined leaves it as configured. */
export interface StageSettings {
  /** Share of the requests in scope that are hit. */
  readonly share: number | undefined
  /** How strong the faults are, of what is configured. */
  readonly strength: number | undefined
  readonly durationMs: number
}

export interface WatchedCondition {
  readonly condition: ConditionConfig
  /** `hypothesis` is to hold and decides the verdict; `stop` ends the run at once where it does not. */
  readonly role: 'hypothesis' | 'stop'
  /** How long it must be violated without a break before that counts; 0 for at once. */
  readonly forMs: number
  /** What happens when there is no number for `noDataMs`. */
  readonly onNoData: 'continue' | 'halt'
}

/** What counts as harm to a request. */
export type HarmOf = 'errors' | 'slow'

/** Ends the run once the group under faults is surely worse than the control group by more than this. */
export interface HarmLimit {
  readonly of: HarmOf
  /** How much larger the share of errors, or of slow requests, may be: 0.02 for two percentage points. */
  readonly more: number
  /** Of ending no run whose harm is within the limit, over all of its stages and looks. */
  readonly confidence: number
}

/** A stop rule that cannot be read is no stop rule: after this long without a number it ends the run. */
export const NO_DATA_MS = 30_000

/** What happens without a number unless a config says so: one that cannot see must not go on, one that only judges may. */
export const ON_NO_DATA: Readonly<Record<WatchedCondition['role'], WatchedCondition['onNoData']>> = { stop: 'halt', hypothesis: 'continue' }

/** How sure each limit has to be in each stage, so that all of them together are as sure as it says. */
export const confidenceOf = ({ confidence }: HarmLimit, { stages, harm }: RunPolicy): number => 1 - (1 - confidence) / (stages.length * harm.length)
