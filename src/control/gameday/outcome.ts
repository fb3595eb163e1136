import { type Facts, factsOf, type NoticedBy } from './facts.ts'
import type { Floor } from './floor.ts'
import { floorFor, type Pipeline } from './pipeline.ts'
import type { Expectation, Plan, Round } from './plan.ts'
import type { GamedayRecord, RoundRecord } from './record.ts'
import { concerns } from './selector.ts'
import { type Verdict, verdictOf } from './verdict.ts'

/** What became of an expected alert in a round. Times are ms since 1970, spans ms. */
export interface Outcome {
  readonly round: number
  readonly expectation: Expectation
  readonly verdict: Verdict
  readonly noticedBy: NoticedBy
  readonly injectionMs: number | undefined
  readonly pendingMs: number | undefined
  readonly firingMs: number | undefined
  readonly notifiedMs: number | undefined
  readonly resolvedMs: number | undefined
  /** From injection to notification, and what of it went where. */
  readonly toDetectMs: number | undefined
  readonly stages: { readonly toPendingMs: number | undefined, readonly toFiringMs: number | undefined, readonly toNotifiedMs: number | undefined }
  readonly floor: Floor | undefined
  /** From the last injection to when it was over. */
  readonly toResolveMs: number | undefined
  /** Whether it was over in the time a round gives; undefined where it gives none, or the alert never fired. */
  readonly recovered: boolean | undefined
}

/** What became of every expectation, in the order of the plan. Rounds that were not reached have none. */
export const outcomesOf = (record: GamedayRecord, plan: Plan, pipeline: Pipeline): readonly Outcome[] => record.rounds.flatMap((at) => {
  const round = plan.rounds[at.index]
  return round === undefined ? [] : round.expect.map((expectation, i) => outcome(record, at, round, i, expectation, plan, pipeline))
})

function outcome(record: GamedayRecord, at: RoundRecord, round: Round, index: number, expectation: Expectation, plan: Plan, pipeline: Pipeline): Outcome {
  const facts = factsOf(record, at, index, expectation, plan)
  const { beganMs, pendingMs, firingMs, notified, resolvedMs, watchedBy } = facts
  const seen = record.handlings.find(({ labels, startsAtMs }) => concerns(expectation, labels) && startsAtMs >= at.startMs && startsAtMs <= at.endMs)?.labels
  const toResolveMs = between(at.dose.lastMs, resolvedMs)
  return {
    round: at.index,
    expectation,
    verdict: verdictOf(facts, expectation, round),
    noticedBy: watchedBy,
    injectionMs: beganMs,
    pendingMs,
    firingMs,
    notifiedMs: notified?.atMs,
    resolvedMs,
    toDetectMs: between(beganMs, notified?.atMs),
    stages: { toPendingMs: between(beganMs, pendingMs), toFiringMs: between(pendingMs, firingMs), toNotifiedMs: between(firingMs, notified?.atMs) },
    floor: floorFor(expectation, plan, pipeline, seen),
    toResolveMs,
    recovered: recovered(round, facts, toResolveMs)
  }
}

const recovered = ({ recoverMs }: Round, { firingMs }: Facts, toResolveMs: number | undefined): boolean | undefined =>
  recoverMs === undefined || firingMs === undefined ? undefined : toResolveMs !== undefined && toResolveMs <= recoverMs

/** Times are read from several clocks, and from looks that are a moment apart: what comes out below nothing is nothing. */
const between = (fromMs: number | undefined, toMs: number | undefined): number | undefined =>
  fromMs === undefined || toMs === undefined ? undefined : Math.max(0, toMs - fromMs)
