import type { GamedayReport } from '../../control/gameday/report.ts'

const KEYS_OF_TIMES = /^(?:startMs|stopMs|endMs|atMs|fromMs|toMs|firstMs|notBeforeMs|lastMs|activeAtMs|firstSeenMs|firingSeenMs|endedMs|startsAtMs|activeSeenMs|suppressedSeenMs|injectionMs|pendingMs|firingMs|notifiedMs|resolvedMs)$/

/** A report as JSON: times in ISO 8601 under the same keys without `Ms`, spans in ms, and null for what there is not. */
export function gamedayJson({ result, plan: { rounds }, record, outcomes, alarms, score, matrix }: GamedayReport): string {
  const name = (index: number | undefined): string | null => index === undefined ? null : rounds[index]?.name ?? null
  const document = {
    version: 1,
    result,
    startMs: record.startMs,
    endMs: record.endMs,
    brokenOff: record.brokenOff ?? null,
    score,
    rounds: record.rounds.map(({ index, ...round }) => ({
      name: name(index), experiment: rounds[index]?.experiment ?? null, ...round,
      busy: round.busy.map((i) => rounds[index]?.expect[i]?.alert ?? ''),
      outcomes: outcomes.filter(({ round: of }) => of === index).map((outcome) => ({ ...outcome, round: name(index) }))
    })),
    falseAlarms: alarms.map((alarm) => ({ ...alarm, round: name(alarm.round) })),
    matrix: { rows: matrix.rows.map(({ cells, ...row }) => ({ ...row, rounds: Object.fromEntries(cells.map((cell, i) => [name(i) ?? '', cell])) })), unseen: matrix.unseen.map(name), neverFired: matrix.neverFired },
    observed: { controls: record.controls, alerts: record.spells, alertmanager: record.handlings, notifications: record.deliveries, gaps: record.gaps, clockErrorMs: record.clockErrorMs }
  }
  return `${JSON.stringify(timed(document), undefined, 2)}\n`
}

function timed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, of]) =>
    KEYS_OF_TIMES.test(key) ? [key.slice(0, -2), typeof of === 'number' ? new Date(of).toISOString() : null] : [key, of === undefined ? null : timed(of)]))
}
