import type { ExperimentConfig, WatchConfig } from '../config/chaos-types.ts'
import { NO_DATA_MS, ON_NO_DATA, type RunPolicy, type StageSettings, type WatchedCondition } from './chaos-run/policy.ts'

/** What a run of an experiment goes by; undefined where its config says no more than how long it lasts. */
export function policyOf(experiment: ExperimentConfig): RunPolicy | undefined {
  const { duration, baseline, recovery, stages, hypothesis, stop, harm, minRequests } = experiment
  if (stages === undefined && baseline === 0 && recovery === 0 && hypothesis.length + stop.length + harm.length === 0) return undefined
  const settings = stages?.map(({ percent, strength, duration: durationMs }): StageSettings => ({ share: shareOf(percent), strength: shareOf(strength), durationMs }))
  return {
    baselineMs: baseline,
    stages: settings ?? [{ share: undefined, strength: undefined, durationMs: duration }],
    recoveryMs: recovery,
    watched: [...hypothesis.map((one) => watched(one, 'hypothesis')), ...stop.map((one) => watched(one, 'stop'))],
    harm: harm.map(({ of, more, confidence }) => ({ of, more: more / 100, confidence: confidence / 100 })),
    minRequests,
    noDataMs: NO_DATA_MS
  }
}

const watched = ({ condition, for: forMs, onNoData }: WatchConfig, role: WatchedCondition['role']): WatchedCondition =>
  ({ condition, role, forMs, onNoData: onNoData ?? ON_NO_DATA[role] })

const shareOf = (percent: number | undefined): number | undefined => percent === undefined ? undefined : percent / 100

/** How long faults may be on: all stages, or as long as the experiment lasts. ms */
export const faultsMs = ({ stages }: RunPolicy): number => stages.reduce((sum, { durationMs }) => sum + durationMs, 0)
