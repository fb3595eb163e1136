import type { ConditionConfig } from '../../config/schema/condition.ts'
import type { RunRecord } from './record.ts'
import type { Check, StageRecord } from './state.ts'

/** Where a run was. */
export interface JournalPlace {
  readonly version: string
  /** Such as `Linux-6.8.0-x86_64`. */
  readonly platform: string
  /** Name of the host. */
  readonly node: string
  /** Where the admin API is: `http://127.0.0.1:9901`. */
  readonly adminUrl: string
  /** Where queries went, if there were any. */
  readonly prometheusUrl?: string
}

type Json = Readonly<Record<string, unknown>>

/**
 * A run as a journal of the Chaos Toolkit, for what reads such: reports, dashboards, `chaos report`. Probes are conditions, the
 * method is the stages, and the rollback is that all faults were turned off.
 *
 * A run that deviated from its hypothesis or was halted by a rule has failed; one that was stopped or not renewed was
 * interrupted; one that was halted from outside or never started was aborted.
 *
 * Source: chaostoolkit-lib, `run.py`, `hypothesis.py` and `activity.py`; Open Chaos specification, journal.
 */
export function toJournal(record: RunRecord, place: JournalPlace): Json {
  const { before, during, after, startedAtMs, endedAtMs } = record
  const probes = record.policy.watched.map(({ condition }) => probeOf(condition, place))
  const method = record.stages.map((stage) => actionOf(stage, record, place))
  const rollback = { type: 'action', name: 'turn all faults off', provider: { type: 'http', url: `${experimentUrl(record, place)}/stop`, method: 'POST' } }
  const off = record.stages.at(-1)?.untilMs
  const state = (check: Check | undefined): Json | null => check === undefined ? null : steadyState(check, record, probes)
  return {
    'chaoslib-version': place.version,
    platform: place.platform,
    node: place.node,
    experiment: {
      version: '1.0.0',
      title: record.experiment,
      description: record.verdict.reasons.map(({ text }) => text).join('; '),
      tags: ['windtunnel', record.verdict.kind.toLowerCase()],
      'steady-state-hypothesis': { title: `${record.experiment} keeps its steady state`, probes },
      method,
      rollbacks: [rollback]
    },
    start: isoformat(startedAtMs),
    status: statusOf(record),
    deviated: isDeviated(record),
    steady_states: { before: state(before), after: state(after), during: during.map(state) },
    run: record.stages.map((stage, i) => activity(method[i], stage, { requests: stage.arms })),
    rollbacks: off === undefined ? [] : [activity(rollback, { sinceMs: off, untilMs: off }, record.reason.text)],
    end: isoformat(endedAtMs),
    duration: (endedAtMs - startedAtMs) / 1000
  }
}

const FAILURES: ReadonlySet<string> = new Set(['stop_rule', 'harm', 'unreadable'])

const isDeviated = ({ reason, verdict }: RunRecord): boolean =>
  reason.code === 'stop_rule' || reason.code === 'harm' || verdict.reasons.some(({ code }) => code === 'hypothesis_violated' || code === 'not_recovered')

function statusOf(record: RunRecord): 'completed' | 'failed' | 'aborted' | 'interrupted' {
  const { how, reason } = record
  if (reason.code === 'start_refused') return 'aborted'
  if (how === 'stopped' || how === 'expired_lease') return 'interrupted'
  if (how === 'halted' && !FAILURES.has(reason.code)) return 'aborted'
  return how === 'completed' && !isDeviated(record) ? 'completed' : 'failed'
}

const experimentUrl = ({ experiment }: RunRecord, { adminUrl }: JournalPlace): string => `${adminUrl}/api/v1/chaos/${encodeURIComponent(experiment)}`

// JSON has no infinity
const range = ({ min, max, kind }: ConditionConfig): Json => ({ type: 'range', range: [min ?? (kind === 'own' ? 0 : -Number.MAX_VALUE), max ?? Number.MAX_VALUE] })

function probeOf(condition: ConditionConfig, place: JournalPlace): Json {
  const url = condition.kind === 'own' ? `${place.adminUrl}/metrics` : `${place.prometheusUrl ?? ''}/api/v1/query?${new URLSearchParams({ query: condition.promql }).toString()}`
  return { type: 'probe', name: condition.name, tolerance: range(condition), provider: { type: 'http', url } }
}

const actionOf = ({ stage, settings: { share, strength, durationMs } }: StageRecord, record: RunRecord, place: JournalPlace): Json => ({
  type: 'action',
  name: `stage ${stage + 1} of ${record.policy.stages.length}`,
  provider: { type: 'http', url: `${experimentUrl(record, place)}/start`, method: 'POST', arguments: { percent: share === undefined ? null : Number((share * 100).toPrecision(12)), strength: strength ?? null } },
  pauses: { after: durationMs / 1000 }
})

function steadyState({ atMs, readings }: Check, { policy }: RunRecord, probes: readonly Json[]): Json {
  const runs = policy.watched.map(({ condition: { min, max } }, i) => {
    const { value, problem } = readings[i] ?? { value: undefined }
    const isMet = value !== undefined && (max === undefined || value <= max) && (min === undefined || value >= min)
    return { ...activity(probes[i], { sinceMs: atMs, untilMs: atMs }, finite(value), value === undefined ? problem ?? 'no data' : undefined), tolerance_met: isMet }
  })
  return { steady_state_met: runs.every(({ tolerance_met: isMet }) => isMet), probes: runs }
}

const finite = (value: number | undefined): number | string | null => value === undefined ? null : Number.isFinite(value) ? value : String(value)

function activity(what: Json | undefined, { sinceMs, untilMs = sinceMs }: Pick<StageRecord, 'sinceMs' | 'untilMs'>, output: unknown, exception?: string): Json {
  return {
    activity: what ?? null,
    output,
    status: exception === undefined ? 'succeeded' : 'failed',
    ...exception !== undefined && { exception: [exception] },
    start: isoformat(sinceMs),
    end: isoformat(untilMs),
    duration: (untilMs - sinceMs) / 1000
  }
}

/** UTC without a zone and in microseconds, as Python's `datetime.utcnow().isoformat()` writes it. */
const isoformat = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, -1)}000`
