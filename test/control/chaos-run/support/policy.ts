import type { ConditionConfig, OwnCondition, PromqlCondition } from '../../../../src/config/schema/condition.ts'
import type { RunPolicy, WatchedCondition } from '../../../../src/control/chaos-run/policy.ts'

/** A condition that errors be 5 % at most. */
export const ERRORS: OwnCondition = { kind: 'own', name: 'few errors', measure: 'error-percent', route: undefined, backend: undefined, window: 10_000, max: 5, min: undefined }
export const FAST: PromqlCondition = { kind: 'promql', name: 'fast', promql: 'latency', max: 800, min: undefined }

export const hypothesis = (condition: ConditionConfig, more: Partial<WatchedCondition> = {}): WatchedCondition => ({ condition, role: 'hypothesis', forMs: 0, onNoData: 'continue', ...more })
export const stopRule = (condition: ConditionConfig, more: Partial<WatchedCondition> = {}): WatchedCondition => ({ condition, role: 'stop', forMs: 0, onNoData: 'halt', ...more })

/** Ten seconds of baseline, two stages of twenty, ten of recovery; each stage hits twice as many. */
export const policy = (more: Partial<RunPolicy> = {}): RunPolicy => ({
  baselineMs: 10_000,
  stages: [{ share: 0.01, strength: undefined, durationMs: 20_000 }, { share: 0.02, strength: 0.5, durationMs: 20_000 }],
  recoveryMs: 10_000,
  watched: [hypothesis(ERRORS), stopRule(FAST)],
  harm: [],
  minRequests: 100,
  noDataMs: 30_000,
  ...more
})
