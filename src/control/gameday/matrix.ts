import { causeMs } from './facts.ts'
import { type FalseAlarm, isWatched, wasThere } from './false-alarms.ts'
import type { Outcome } from './outcome.ts'
import type { Plan } from './plan.ts'
import type { GamedayRecord, RoundRecord } from './record.ts'
import { concerns, type Labels } from './selector.ts'
import type { VerdictKind } from './verdict.ts'

/** What an alert did in a round: its verdict where it was expected, else whether it fired and might. */
export type Cell = VerdictKind | 'false alarm' | 'allowed' | 'silent' | 'not run'

export interface MatrixRow {
  readonly alert: string
  /** By the plan's rounds; several where it was expected with several sets of labels. */
  readonly cells: readonly (readonly Cell[])[]
  /** Alarms where nothing was injected. */
  readonly quietAlarms: number
}

/** Which alert sees which fault. */
export interface Matrix {
  readonly rows: readonly MatrixRow[]
  /** Rounds, by index, whose faults no alert saw, though one was expected to. */
  readonly unseen: readonly number[]
  /** Alerts that were expected or watched by name and never fired. */
  readonly neverFired: readonly string[]
}

export function matrixOf(record: GamedayRecord, plan: Plan, outcomes: readonly Outcome[], alarms: readonly FalseAlarm[]): Matrix {
  const fired = record.spells.filter((spell) => spell.firingSeenMs !== undefined && isWatched(spell.labels, plan) && !wasThere(spell, record))
  const named = [
    ...plan.rounds.flatMap(({ expect }) => expect.map(({ alert }) => alert)),
    ...plan.watch.flatMap(({ matchers }) => matchers.length === 1 && matchers[0]?.label === 'alertname' && matchers[0].operator === '=' ? matchers[0].value : [])
  ]
  const alerts = [...new Set([...named, ...fired.map(({ labels }) => nameOf(labels))])]
  const rows = alerts.map((alert): MatrixRow => ({
    alert,
    cells: plan.rounds.map((round, i): readonly Cell[] => {
      const at = record.rounds.find(({ index }) => index === i)
      if (at === undefined) return ['not run']
      const expected = outcomes.filter((outcome) => outcome.round === i && outcome.expectation.alert === alert).map(({ verdict: { kind } }) => kind)
      const isFalse = alarms.some((alarm) => alarm.alert === alert && alarm.round === i)
      const isAllowed = round.allow.includes(alert) && duringFault(record, at).some(({ labels }) => nameOf(labels) === alert)
      const cells: Cell[] = [...expected, ...isFalse ? ['false alarm' as const] : [], ...isAllowed ? ['allowed' as const] : []]
      return cells.length === 0 ? ['silent'] : cells
    }),
    quietAlarms: alarms.filter((alarm) => alarm.alert === alert && alarm.round === undefined).length
  }))
  return {
    rows,
    unseen: record.rounds.filter((at) => isUnseen(record, at, plan)).map(({ index }) => index),
    neverFired: [...new Set(named)].filter((alert) => !fired.some(({ labels }) => nameOf(labels) === alert))
  }
}

const nameOf = (labels: Labels): string => labels['alertname'] ?? ''

/** Alerts that fired because of a round's fault, or as if. */
const duringFault = (record: GamedayRecord, { dose, endMs }: RoundRecord): GamedayRecord['spells'] =>
  record.spells.filter(({ activeAtMs, firingSeenMs }) => firingSeenMs !== undefined && activeAtMs >= causeMs(dose, record.clockErrorMs) && activeAtMs <= endMs)

function isUnseen(record: GamedayRecord, at: RoundRecord, plan: Plan): boolean {
  const round = plan.rounds[at.index]
  if (round === undefined || round.expect.length === 0 || at.dose.count === 0) return false
  return !duringFault(record, at).some(({ labels }) => isWatched(labels, plan) || round.allow.includes(nameOf(labels)) || round.expect.some((expectation) => concerns(expectation, labels)))
}
