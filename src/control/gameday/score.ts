import { type FalseAlarm, quietMs } from './false-alarms.ts'
import type { Outcome } from './outcome.ts'
import type { Plan } from './plan.ts'
import { poissonInterval } from './poisson-interval.ts'
import type { GamedayRecord } from './record.ts'
import { isConclusive, type VerdictKind } from './verdict.ts'

/** How good the alerting is, in numbers; undefined where nothing can be said. */
export interface Score {
  readonly verdicts: Readonly<Partial<Record<VerdictKind, number>>>
  readonly expectations: number
  /** Those whose verdict says something. */
  readonly conclusive: number
  readonly detected: number
  /** Detected in time and steadily, of those that are conclusive. */
  readonly recall: number | undefined
  /** Alarms with a fault behind them, of all alarms. */
  readonly precision: number | undefined
  readonly f1: number | undefined
  /** From injection to notification, of all that were noticed, late ones as well, ms. */
  readonly timeToDetectMs: { readonly count: number, readonly median: number | undefined, readonly p90: number | undefined }
  readonly falseAlarms: {
    /** Where nothing was injected. */
    readonly quiet: number
    /** In rounds with a fault. */
    readonly duringFaults: number
    readonly quietMs: number
    readonly perHour: number | undefined
    /** 95 %, exact for alarms that come independently. */
    readonly interval: readonly [low: number, high: number] | undefined
  }
}

const HOUR_MS = 3_600_000

export function scoreOf(outcomes: readonly Outcome[], alarms: readonly FalseAlarm[], record: GamedayRecord, plan: Plan): Score {
  const verdicts: Partial<Record<VerdictKind, number>> = {}
  for (const { verdict: { kind } } of outcomes) verdicts[kind] = (verdicts[kind] ?? 0) + 1
  const conclusive = outcomes.filter(({ verdict: { kind } }) => isConclusive(kind)).length
  const detected = verdicts.detected ?? 0
  const raised = outcomes.filter(({ verdict: { kind }, firingMs }) => isConclusive(kind) && firingMs !== undefined).length
  const recall = conclusive === 0 ? undefined : detected / conclusive
  const precision = raised + alarms.length === 0 ? undefined : raised / (raised + alarms.length)
  const times = outcomes.flatMap(({ verdict: { kind }, toDetectMs }) => isConclusive(kind) ? toDetectMs ?? [] : [])
  const quiet = alarms.filter(({ round }) => round === undefined || plan.rounds[round]?.experiment === null).length
  const watchedMs = quietMs(record, plan)
  const perHour = (count: number): number => count / watchedMs * HOUR_MS
  const [low, high] = poissonInterval(quiet)
  return {
    verdicts,
    expectations: outcomes.length,
    conclusive,
    detected,
    recall,
    precision,
    f1: recall === undefined || precision === undefined ? undefined : recall + precision === 0 ? 0 : 2 * recall * precision / (recall + precision),
    timeToDetectMs: { count: times.length, median: median(times), p90: nearestRank(times, 0.9) },
    falseAlarms: {
      quiet, duringFaults: alarms.length - quiet, quietMs: watchedMs,
      perHour: watchedMs > 0 ? perHour(quiet) : undefined,
      interval: watchedMs > 0 ? [perHour(low), perHour(high)] : undefined
    }
  }
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2
}

/** The smallest value that at least this share of all do not exceed: no number that was not measured. */
function nearestRank(values: readonly number[], share: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)]
}
