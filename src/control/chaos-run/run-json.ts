import type { RunRecord } from './record.ts'
import type { Check } from './state.ts'

type Json = Readonly<Record<string, unknown>>

/** A run as the API gives it: its record with ISO 8601 times, and numbers that JSON has no word for as text. */
export function toRunJson(record: RunRecord): Json {
  const { id, experiment, how, reason, verdict, policy, watches, stages, arms, before, during, after, log, unread } = record
  const check = ({ atMs, readings }: Check): Json => ({ at: iso(atMs), readings: readings.map(plain) })
  return {
    version: 1,
    id, experiment, how, reason: plain(reason),
    verdict: { kind: verdict.kind, reasons: verdict.reasons.map(plain) },
    createdAt: iso(record.createdAtMs),
    startedAt: iso(record.startedAtMs),
    endedAt: iso(record.endedAtMs),
    policy,
    conditions: policy.watched.map(({ condition, role }, i) => ({ name: condition.name, role, ...plain(withoutTimes(watches[i])) })),
    stages: stages.map(({ sinceMs, untilMs, ...stage }) => ({ ...stage, since: iso(sinceMs), until: untilMs === undefined ? null : iso(untilMs) })),
    arms,
    steadyStates: { before: before === undefined ? null : check(before), during: during.map(check), after: after === undefined ? null : check(after) },
    unread,
    log: log.map(({ atMs, ...entry }) => ({ at: iso(atMs), ...entry }))
  }
}

const iso = (atMs: number): string => new Date(atMs).toISOString()

function withoutTimes(watch: RunRecord['watches'][number] | undefined): Json {
  if (watch === undefined) return {}
  const { lastReadMs: _read, violatedSinceMs, last, ...rest } = watch
  return { ...rest, isViolated: violatedSinceMs !== undefined, last: plain(last) }
}

/** Infinity is what a query may give, and what JSON would call null. */
const plain = (value: object): Json => Object.fromEntries(Object.entries(value).map(([key, one]: [string, unknown]) => [key, typeof one === 'number' && !Number.isFinite(one) ? String(one) : one]))
