import type { Expectation, Plan } from './plan.ts'
import type { Delivery, Dose, GamedayRecord, Handling, RoundRecord, RuleReading, Source, Spell } from './record.ts'
import { rulesFor } from './rules-for.ts'
import { concerns, keyOf } from './selector.ts'

/** Where a notification was seen: at our own receiver, or, with less weight, as an alert that is active or firing. */
export type NoticedBy = 'webhook' | 'alertmanager' | 'prometheus'

/** What was seen of one expected alert in one round. Times are ms since 1970; undefined is never. */
export interface Facts {
  readonly dose: Dose
  /** When the fault began, as far as this alert is concerned. */
  readonly beganMs: number | undefined
  readonly pendingMs: number | undefined
  readonly firingMs: number | undefined
  /** Where a notification would be seen. */
  readonly watchedBy: NoticedBy
  readonly notified: { readonly atMs: number, readonly by: NoticedBy } | undefined
  /** When it was over; undefined also while it is not. */
  readonly resolvedMs: number | undefined
  /** How often the same alert began to fire. */
  readonly firings: number
  /** Why Alertmanager kept quiet. */
  readonly suppressedBy: readonly string[] | undefined
  /** Who must be told, if it matters who. */
  readonly receiver: string | undefined
  /** Receivers that had it in place of this one. */
  readonly misroutedTo: readonly string[] | undefined
  /** Why it cannot fire. */
  readonly ruleProblem: string | undefined
  /** Why it says nothing of this fault that the alert is active. */
  readonly activeBefore: string | undefined
  /** The longest time in which it could have been missed, ms, and whose answer was wanting. */
  readonly blind: { readonly source: Source, readonly ms: number } | undefined
}

/** The receiver that must be told, if it matters which. */
export const receiverOf = ({ receiver }: Expectation, plan: Plan): string | undefined => receiver ?? plan.receiver?.name

/** Where a notification to it can be seen. */
export const noticedBy = (expectation: Expectation, plan: Plan): NoticedBy =>
  plan.alertmanager === undefined ? 'prometheus' : plan.receiver !== undefined && receiverOf(expectation, plan) === plan.receiver.name ? 'webhook' : 'alertmanager'

/** An alert cannot be due to a fault that came later; what clocks are off by is granted. */
export const causeMs = ({ notBeforeMs, firstMs }: Dose, clockErrorMs: number): number => firstMs === undefined ? Infinity : (notBeforeMs ?? firstMs) - clockErrorMs - SLACK_MS

// between the clocks of processes on one machine, by rounding
const SLACK_MS = 5

/** Gathers what was seen of the alert of an expectation. */
export function factsOf(record: GamedayRecord, round: RoundRecord, index: number, expectation: Expectation, plan: Plan): Facts {
  const { dose, startMs, endMs, busy } = round
  const isThis = ({ labels }: { readonly labels: Spell['labels'] }): boolean => concerns(expectation, labels)
  const spells = record.spells.filter((spell) => isThis(spell) && spell.activeAtMs <= endMs && (spell.endedMs ?? Infinity) > startMs)
  const cause = causeMs(dose, record.clockErrorMs)
  const due = spells.filter(({ activeAtMs }) => activeAtMs >= cause)
  const early = spells.filter(({ activeAtMs, firingSeenMs }) => activeAtMs < cause && firingSeenMs !== undefined && firingSeenMs <= endMs)
  const fired = due.filter(({ firingSeenMs }) => firingSeenMs !== undefined)
  const pendingMs = least(due.map(({ activeAtMs }) => activeAtMs))
  // an alert's life in Alertmanager begins when it fires, which is when it became active or later
  const fromMs = (pendingMs ?? Infinity) - record.clockErrorMs - SLACK_MS
  const handlings = record.handlings.filter((handling) => isThis(handling) && handling.startsAtMs >= fromMs && handling.startsAtMs <= endMs)
  const deliveries = record.deliveries.filter((delivery) => isThis(delivery) && delivery.status === 'firing' && delivery.startsAtMs >= fromMs && delivery.atMs <= endMs)
  const receiver = receiverOf(expectation, plan)
  const notified = notification(noticedBy(expectation, plan), receiver, fired, handlings, deliveries)
  const beganMs = dose.firstMs === undefined ? undefined : Math.min(dose.firstMs, pendingMs ?? Infinity)
  const isOver = fired.length > 0 && fired.every(({ endedMs }) => endedMs !== undefined && endedMs <= endMs)
  const active = handlings.filter(({ activeSeenMs }) => activeSeenMs !== undefined)
  return {
    dose,
    beganMs,
    pendingMs,
    firingMs: fired.length === 0 ? undefined : least([...handlings.map(({ startsAtMs }) => Math.max(startsAtMs, pendingMs ?? 0)), ...fired.map(({ firingSeenMs = Infinity }) => firingSeenMs)]),
    watchedBy: noticedBy(expectation, plan),
    notified,
    resolvedMs: isOver ? Math.max(...fired.map(({ endedMs = 0 }) => endedMs)) : undefined,
    firings: Math.max(0, ...Map.groupBy(fired, ({ labels }) => keyOf(labels)).values().map((of) => of.length)),
    suppressedBy: handlings.find(({ suppressedSeenMs }) => suppressedSeenMs !== undefined)?.suppressedBy,
    receiver,
    misroutedTo: receiver !== undefined && active.length > 0 && active.every(({ receivers }) => !receivers.includes(receiver)) ? [...new Set(active.flatMap(({ receivers }) => receivers))] : undefined,
    ruleProblem: ruleProblem(record.ruleReadings, round, expectation),
    activeBefore: busy.includes(index) ? 'it was pending or firing before the round, and stayed so' : dose.firstMs !== undefined && due.length === 0 && early.length > 0 ? 'it became active before the first injection' : undefined,
    blind: blindness(record, startMs, (beganMs ?? startMs) + expectation.withinMs, plan)
  }
}

const least = (times: readonly number[]): number | undefined => times.length === 0 ? undefined : Math.min(...times)

function notification(by: NoticedBy, receiver: string | undefined, fired: readonly Spell[], handlings: readonly Handling[], deliveries: readonly Delivery[]): Facts['notified'] {
  const told = deliveries.filter((delivery) => receiver === undefined || delivery.receiver === receiver).map(({ atMs }) => atMs)
  const seen = handlings.filter(({ receivers }) => receiver === undefined || receivers.includes(receiver)).flatMap(({ activeSeenMs }) => activeSeenMs ?? [])
  const atMs = least(by === 'webhook' ? told : by === 'alertmanager' ? seen : fired.flatMap(({ firingSeenMs }) => firingSeenMs ?? []))
  return atMs === undefined ? undefined : { atMs, by }
}

/** Why no rule could have raised the alert, by what Prometheus said of its rules in the round. */
function ruleProblem(readings: readonly RuleReading[], { startMs, endMs }: RoundRecord, expectation: Expectation): string | undefined {
  const inForce = readings.findLast(({ atMs }) => atMs <= startMs)
  const seen = [...inForce === undefined ? [] : [inForce], ...readings.filter(({ atMs }) => atMs > startMs && atMs <= endMs)]
  if (seen.length === 0) return undefined
  const all = seen.flatMap(({ rules }) => rules)
  if (!all.some((rule) => rule.alert === expectation.alert)) return 'Prometheus has loaded no rule of this name'
  const able = rulesFor(expectation, all)
  if (able.length === 0) return 'no rule of this name can have these labels'
  return able.every(({ problem }) => problem !== undefined) ? able[0]?.problem : undefined
}

function blindness({ gaps }: GamedayRecord, fromMs: number, toMs: number, plan: Plan): Facts['blind'] {
  let longest: Facts['blind']
  for (const { source, ...gap } of gaps) {
    if (source === 'Alertmanager' && plan.alertmanager === undefined) continue
    const ms = Math.min(gap.toMs, toMs) - Math.max(gap.fromMs, fromMs)
    if (ms > (longest?.ms ?? 0)) longest = { source, ms }
  }
  return longest
}
