import { causeMs } from './facts.ts'
import type { Plan } from './plan.ts'
import type { GamedayRecord, Spell } from './record.ts'
import { concerns, type Labels, selects } from './selector.ts'

/** An alert that fired without a fault that it should notice. */
export interface FalseAlarm {
  readonly alert: string
  /** Of the first of its series that fired. */
  readonly labels: Labels
  /** How many of its series fired together. */
  readonly series: number
  /** When it began to fire, ms since 1970. */
  readonly atMs: number
  /** The plan's round it fell into; undefined in a control window. */
  readonly round: number | undefined
  readonly why: 'no fault' | 'before the first injection' | 'not expected'
}

/**
 * Alerts that are watched and fired where nothing was injected, or in a round that neither expects nor allows them. Without
 * `watch` all alerts are watched; with it those it selects, and all that are expected anywhere. An alert belongs to when its
 * condition began to hold. Those that fired before the game day began are left out. Series of an alert that fire at the same
 * time are one alarm.
 */
export function falseAlarms(record: GamedayRecord, plan: Plan): readonly FalseAlarm[] {
  const found: { alarm: FalseAlarm, endMs: number }[] = []
  for (const spell of record.spells.toSorted((a, b) => a.activeAtMs - b.activeAtMs)) {
    const { labels, firingSeenMs, endedMs } = spell
    if (firingSeenMs === undefined || !isWatched(labels, plan) || wasThere(spell, record)) continue
    const blame = whyFalse(spell, record, plan)
    if (blame === undefined) continue
    const alert = labels['alertname'] ?? ''
    const endMs = endedMs ?? Infinity
    const together = found.find(({ alarm, endMs: lastMs }) => alarm.alert === alert && alarm.round === blame.round && lastMs > firingSeenMs)
    if (together === undefined) {
      found.push({ alarm: { alert, labels, series: 1, atMs: firingSeenMs, ...blame }, endMs })
    } else {
      together.alarm = { ...together.alarm, series: together.alarm.series + 1 }
      together.endMs = Math.max(together.endMs, endMs)
    }
  }
  return found.map(({ alarm }) => alarm)
}

/** Whether an alert counts when it fires without a fault. */
export const isWatched = (labels: Labels, { watch, rounds }: Plan): boolean =>
  watch.length === 0 || watch.some((selector) => selects(selector, labels)) || rounds.some(({ expect }) => expect.some((expectation) => concerns(expectation, labels)))

/** Whether an alert was firing when the game day began. */
export const wasThere = ({ activeAtMs, firstSeenMs, firingSeenMs }: Spell, { startMs, clockErrorMs }: GamedayRecord): boolean =>
  activeAtMs <= startMs + clockErrorMs && firingSeenMs === firstSeenMs

function whyFalse({ labels, activeAtMs }: Spell, record: GamedayRecord, plan: Plan): Pick<FalseAlarm, 'round' | 'why'> | undefined {
  const inRound = record.rounds.find(({ startMs, endMs }) => activeAtMs >= startMs && activeAtMs <= endMs)
  const round = inRound === undefined ? undefined : plan.rounds[inRound.index]
  if (inRound === undefined || round === undefined) return { round: undefined, why: 'no fault' }
  const { index, dose } = inRound
  if (round.experiment === null || dose.count === 0) return { round: index, why: 'no fault' }
  if (activeAtMs < causeMs(dose, record.clockErrorMs)) return { round: index, why: 'before the first injection' }
  const isFine = round.allow.includes(labels['alertname'] ?? '') || round.expect.some((expectation) => concerns(expectation, labels))
  return isFine ? undefined : { round: index, why: 'not expected' }
}

/** Time without a fault in which Prometheus answered, ms. */
export function quietMs({ controls, rounds, gaps }: GamedayRecord, plan: Plan): number {
  const windows = [...controls, ...rounds.filter(({ index }) => plan.rounds[index]?.experiment === null)]
  const blind = gaps.filter(({ source }) => source === 'Prometheus')
  return windows.reduce((sum, { startMs, endMs }) =>
    sum + endMs - startMs - blind.reduce((lost, { fromMs, toMs }) => lost + Math.max(0, Math.min(toMs, endMs) - Math.max(fromMs, startMs)), 0), 0)
}
