import { type FalseAlarm, falseAlarms } from './false-alarms.ts'
import { type Matrix, matrixOf } from './matrix.ts'
import { type Outcome, outcomesOf } from './outcome.ts'
import type { Pipeline } from './pipeline.ts'
import type { Plan } from './plan.ts'
import type { GamedayRecord } from './record.ts'
import { type Score, scoreOf } from './score.ts'
import { isConclusive } from './verdict.ts'

/** What a game day came to: everything was noticed, something was not or fired in vain, or it cannot be told. */
export type Result = 'passed' | 'failed' | 'inconclusive'

/** All there is to say about a game day. */
export interface GamedayReport {
  readonly plan: Plan
  readonly record: GamedayRecord
  readonly outcomes: readonly Outcome[]
  readonly alarms: readonly FalseAlarm[]
  readonly score: Score
  readonly matrix: Matrix
  readonly result: Result
}

/** Judges a game day by what was observed. */
export function reportOf(record: GamedayRecord, plan: Plan, pipeline: Pipeline): GamedayReport {
  const outcomes = outcomesOf(record, plan, pipeline)
  const alarms = falseAlarms(record, plan)
  const score = scoreOf(outcomes, alarms, record, plan)
  return { plan, record, outcomes, alarms, score, matrix: matrixOf(record, plan, outcomes, alarms), result: resultOf(record, outcomes, alarms, score) }
}

function resultOf({ brokenOff }: GamedayRecord, outcomes: readonly Outcome[], alarms: readonly FalseAlarm[], { falseAlarms: { quietMs } }: Score): Result {
  const isBad = outcomes.some(({ verdict: { kind }, recovered }) => (isConclusive(kind) && kind !== 'detected') || recovered === false)
  if (isBad || alarms.length > 0 || brokenOff !== undefined) return 'failed'
  // that no alert fired where nobody looked says nothing
  if (outcomes.length === 0 && quietMs <= 0) return 'inconclusive'
  return outcomes.some(({ verdict: { kind } }) => !isConclusive(kind)) ? 'inconclusive' : 'passed'
}
