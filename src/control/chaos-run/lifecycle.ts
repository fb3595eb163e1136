import { unreachable } from '../../core/unreachable.ts'
import { harmOf } from './arm-difference.ts'
import { type Arms, armsSince, NO_ARMS } from './arms.ts'
import { isWithin } from '../../config/schema/condition.ts'
import { haltOf } from './halts.ts'
import { confidenceOf, type RunPolicy, type StageSettings } from './policy.ts'
import type { Check, EndedHow, Reading, RunAction, RunEvent, RunPhase, RunReason, RunState, StageRecord } from './state.ts'
import { judge } from './verdict.ts'
import { about, newWatch, watchOn } from './watch.ts'

/** What `step` gives back: the run as it is now, and what is to be done, in this order. */
export interface Step {
  readonly state: RunState
  readonly actions: readonly RunAction[]
}

type Tick = Extract<RunEvent, { readonly kind: 'tick' }>
type Phase<At extends RunPhase['at']> = Extract<RunPhase, { readonly at: At }>

const MAX_CHECKS = 500

/** A run that begins when its time has come. */
export const newRun = (policy: RunPolicy, startsAtMs: number): RunState => ({
  phase: { at: 'waiting', startsAtMs }, begunMs: undefined, watches: policy.watched.map(() => newWatch(startsAtMs)), armsBefore: NO_ARMS, arms: NO_ARMS,
  stages: [], before: undefined, during: [], after: undefined, notRecovered: []
})

/** What becomes of a run by what happens to it. Once ended it stays as it is. */
export function step(state: RunState, event: RunEvent, policy: RunPolicy): Step {
  if (state.phase.at === 'ended') return { state, actions: [] }
  const { atMs } = event
  switch (event.kind) {
    case 'tick': return tick(state, event, policy)
    case 'stop': return end(state, policy, atMs, 'stopped', { code: 'stopped_early', text: event.by })
    case 'refused': return end(state, policy, atMs, 'stopped', { code: 'start_refused', text: event.why })
    case 'halt': return end(state, policy, atMs, 'halted', { code: 'halted_from_outside', text: event.why })
    case 'lease_expired': return end(state, policy, atMs, 'expired_lease', { code: 'lease_expired', text: 'its lease was not renewed' })
    default: return unreachable(event)
  }
}

function tick(state: RunState, event: Tick, policy: RunPolicy): Step {
  const { phase } = state
  switch (phase.at) {
    // ## waiting => baseline | running
    case 'waiting': return event.atMs < phase.startsAtMs ? { state, actions: [] } : policy.baselineMs > 0 ? beginBaseline(state, event) : beginStages(state, event, policy)
    // ## baseline => running | ended
    case 'baseline': return event.atMs < phase.sinceMs + policy.baselineMs ? { state, actions: [] } : leaveBaseline(state, event, policy)
    // ## running => running | recovering | ended
    case 'running': return run(state, phase, event, policy)
    // ## recovering => ended
    case 'recovering': return event.atMs < phase.sinceMs + policy.recoveryMs ? { state, actions: [] } : leaveRecovery(state, event, policy)
    case 'ended': return { state, actions: [] }
    default: return unreachable(phase)
  }
}

const beginBaseline = (state: RunState, { atMs }: Tick): Step =>
  ({ state: { ...state, phase: { at: 'baseline', sinceMs: atMs }, begunMs: atMs }, actions: [say(atMs, 'info', 'baseline')] })

// judged once, at its end: by then windows are full of what came before any fault
function leaveBaseline(state: RunState, event: Tick, policy: RunPolicy): Step {
  const checked = { ...state, before: checkOf(event) }
  for (const [i, one] of policy.watched.entries()) {
    const reading = event.readings[i] ?? NOTHING
    if (reading.value === undefined) {
      if (one.onNoData === 'halt') return end(checked, policy, event.atMs, 'aborted_baseline', about('baseline_unreadable', one, reading))
    } else if (!isWithin(one.condition, reading.value)) {
      return end(checked, policy, event.atMs, 'aborted_baseline', about('baseline_unhealthy', one, reading))
    }
  }
  return beginStages(checked, event, policy)
}

function beginStages(state: RunState, { atMs, arms }: Tick, policy: RunPolicy): Step {
  const [settings] = policy.stages
  if (settings === undefined) return end(state, policy, atMs, 'completed', { code: 'completed', text: 'it has no stages' })
  const begun: RunState = {
    ...state, phase: { at: 'running', sinceMs: atMs, stage: 0, stageSinceMs: atMs }, begunMs: state.begunMs ?? atMs, watches: policy.watched.map(() => newWatch(atMs)), armsBefore: arms, arms,
    stages: [{ stage: 0, settings, sinceMs: atMs, untilMs: undefined, arms: NO_ARMS, harm: [] }]
  }
  return { state: begun, actions: [{ do: 'start', settings }, say(atMs, 'info', stageText(0, policy))] }
}

function run(state: RunState, phase: Phase<'running'>, event: Tick, policy: RunPolicy): Step {
  const { atMs, readings, arms } = event
  const watches = policy.watched.map((one, i) => watchOn(state.watches[i] ?? newWatch(phase.sinceMs), one, readings[i] ?? NOTHING, atMs))
  const isChange = watches.some(({ violatedSinceMs }, i) => (violatedSinceMs === undefined) !== (state.watches[i]?.violatedSinceMs === undefined))
  const stageArms = armsSince(state.armsBefore, arms)
  const seen: RunState = { ...state, watches, arms, stages: withArms(state.stages, stageArms), during: isChange ? withCheck(state.during, event) : state.during }
  // before anything else, so that no stage begins and no run completes over a rule that is broken
  const reason = haltOf(policy, watches, seen.stages.at(-1)?.arms ?? NO_ARMS)
  if (reason !== undefined) return end({ ...seen, after: checkOf(event) }, policy, atMs, 'halted', reason)
  const { stage, sinceMs } = stageAt(phase, policy, atMs)
  if (stage === phase.stage) return { state: seen, actions: [] }
  const closed: RunState = { ...seen, stages: closeStage(seen.stages, policy, sinceMs), during: withCheck(state.during, event), after: checkOf(event) }
  const settings = policy.stages[stage]
  if (settings === undefined) return leaveStages(closed, event, policy)
  const next: RunState = {
    ...closed, phase: { ...phase, stage, stageSinceMs: sinceMs }, after: undefined,
    stages: [...closed.stages, { stage, settings, sinceMs, untilMs: undefined, arms: NO_ARMS, harm: [] }]
  }
  return { state: next, actions: [{ do: 'setStage', stage, settings }, say(atMs, 'info', stageText(stage, policy))] }
}

/** The stage it should be in by the clock, past those that were slept through; one past the last when all are over. */
function stageAt({ stage, stageSinceMs }: Phase<'running'>, { stages }: RunPolicy, atMs: number): { readonly stage: number, readonly sinceMs: number } {
  let [now, sinceMs] = [stage, stageSinceMs]
  for (let settings = stages[now]; settings !== undefined && atMs >= sinceMs + settings.durationMs; settings = stages[now]) {
    sinceMs += settings.durationMs
    now++
  }
  return { stage: now, sinceMs }
}

function leaveStages(state: RunState, { atMs }: Tick, policy: RunPolicy): Step {
  const reason: RunReason = { code: 'completed', text: 'its stages are over' }
  if (policy.recoveryMs === 0) return end(state, policy, atMs, 'completed', reason)
  return { state: { ...state, phase: { at: 'recovering', sinceMs: atMs } }, actions: [{ do: 'stop', reason }, say(atMs, 'info', 'recovering')] }
}

function leaveRecovery(state: RunState, event: Tick, policy: RunPolicy): Step {
  const notRecovered = policy.watched.flatMap((one, i) => {
    const { value } = event.readings[i] ?? NOTHING
    return one.role === 'hypothesis' && value !== undefined && !isWithin(one.condition, value) ? [about('not_recovered', one, { value })] : []
  })
  return end({ ...state, after: checkOf(event), notRecovered }, policy, event.atMs, 'completed', { code: 'completed', text: 'its stages are over' })
}

function end(state: RunState, policy: RunPolicy, atMs: number, how: EndedHow, reason: RunReason): Step {
  const closed: RunState = { ...state, stages: closeStage(state.stages, policy, atMs) }
  const verdict = judge(closed, policy, how, reason)
  // faults were stopped when recovery began
  const stops: readonly RunAction[] = state.phase.at === 'recovering' ? [] : [{ do: 'stop', reason }]
  const line = say(atMs, verdict.kind === 'PASS' ? 'info' : 'warn', `${how}: ${verdict.kind}: ${verdict.reasons.map(({ text }) => text).join('; ')}`)
  return { state: { ...closed, phase: { at: 'ended', atMs, how, reason, verdict } }, actions: [...stops, line] }
}

const NOTHING: Reading = { value: undefined }

const checkOf = ({ atMs, readings }: Tick): Check => ({ atMs, readings })

const withCheck = (during: readonly Check[], event: Tick): readonly Check[] => during.length < MAX_CHECKS ? [...during, checkOf(event)] : during

/** All but the last stage keep what they had; the last has what came since they ended. */
function withArms(stages: readonly StageRecord[], sinceStart: Arms): readonly StageRecord[] {
  const last = stages.at(-1)
  if (last === undefined) return stages
  const earlier = stages.slice(0, -1)
  return [...earlier, { ...last, arms: earlier.reduce((left, { arms }) => armsSince(arms, left), sinceStart) }]
}

function closeStage(stages: readonly StageRecord[], policy: RunPolicy, atMs: number): readonly StageRecord[] {
  const last = stages.at(-1)
  if (last === undefined || last.untilMs !== undefined) return stages
  return [...stages.slice(0, -1), { ...last, untilMs: atMs, harm: policy.harm.map((limit) => harmOf(last.arms, limit, confidenceOf(limit, policy))) }]
}

const say = (atMs: number, level: 'info' | 'warn', text: string): RunAction => ({ do: 'log', entry: { atMs, level, text } })

function stageText(stage: number, { stages }: RunPolicy): string {
  const { share, strength }: Partial<StageSettings> = stages[stage] ?? {}
  const set = [...share === undefined ? [] : [`${Number((share * 100).toPrecision(6))} %`], ...strength === undefined ? [] : [`strength ${strength}`]]
  return `stage ${stage + 1} of ${stages.length}${set.length === 0 ? '' : `: ${set.join(', ')}`}`
}
