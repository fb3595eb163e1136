import type { Decision, FaultRecord, Group, Injection } from '../core/exchange.ts'
import { draw, type Key } from '../core/hash.ts'
import type { Counter } from '../core/meter.ts'
import type { RequestView } from '../core/request-view.ts'
import { detailOf } from './detail.ts'
import { Draws } from './draws.ts'
import { drawnBy, type Experiment, inBlock, inScope, keyFor, type Keys, shareNow, strengthNow, strikersOf } from './experiment.ts'
import type { Effect } from './fault.ts'
import type { ShareLimit } from './share-limit.ts'
import type { Switchboard } from './switchboard.ts'

/** An effect to be had, and whose it is. */
export interface Strike {
  readonly effect: Effect
  readonly injection: Injection
  readonly record: FaultRecord
  /** Place of its experiment on the switchboard. */
  readonly slot: number
  /** Whether clients are told of it. */
  readonly mark: boolean
}

/** What all experiments share, and the limits they are under together. */
export interface Chaos {
  readonly switchboard: Switchboard
  readonly share: ShareLimit
  /** Requests that may be under a fault at once, over all threads. */
  readonly maxActive: number
  /** Requests that may be hit in a minute, over all threads. */
  readonly maxPerMinute: number
  /** Lower-case name of the header that exempts a request from everything. */
  readonly exemptHeader: string
  /** Whether requests in scope that are not drawn are recorded too. */
  readonly recordsMisses: boolean
  /** Whether what answers were changed from and to is kept. */
  readonly keepsChanges: boolean
  readonly injected: (injection: Injection, side: Decision['side']) => Counter
  readonly skipped: (experiment: string, reason: string) => Counter
  readonly eligible: (experiment: string, side: Decision['side']) => Counter
}

/** What is asked about. */
export interface Subject {
  readonly request: RequestView
  /** That it would go to, or its copy. */
  readonly backend: string
  readonly keys: Keys
  readonly nowMs: number
  readonly side: Decision['side']
}

/** What running experiments do to a request. */
export interface Verdict {
  /** In the order they happen. */
  readonly strikes: readonly Strike[]
  readonly decisions: readonly Decision[]
}

/** For almost every request. */
export const UNTOUCHED: Verdict = { strikes: [], decisions: [] }

/** Whether any experiment that is running must see the body to know its scope. */
export function needsBody(experiments: readonly Experiment[], chaos: Chaos, nowMs: number): boolean {
  return experiments.some(({ slot, scope }) => scope.needsBody && chaos.switchboard.isRunning(slot, nowMs))
}

/**
 * What running experiments do to a request. One with strikes holds one place of `maxActive`, which `Switchboard.leave` gives
 * back. A fault that throws is left out and counted, as is an experiment that does.
 */
export function decide(experiments: readonly Experiment[], chaos: Chaos, subject: Subject): Verdict {
  let decisions: Decision[] | undefined
  let strikes: Strike[] | undefined
  for (const experiment of experiments) {
    if (!chaos.switchboard.isRunning(experiment.slot, subject.nowMs)) continue
    if (experiment.scope.arm !== subject.side && experiment.scope.arm !== 'both') continue
    try {
      const decided = decideOne(experiment, chaos, subject)
      if (decided === undefined) continue
      decisions ??= []
      decisions.push(decided.decision)
      if (decided.strikes.length > 0) strikes = strikes === undefined ? decided.strikes : [...strikes, ...decided.strikes]
    } catch {
      chaos.skipped(experiment.name, 'error').add()
    }
  }
  if (decisions === undefined) return UNTOUCHED
  if (strikes === undefined) return { strikes: UNTOUCHED.strikes, decisions }
  const refusal = refusalBy(chaos, subject)
  if (refusal === undefined) return { strikes: strikes.toSorted((a, b) => order(a.effect) - order(b.effect)), decisions }
  for (const decision of decisions) {
    if (decision.group !== 'experiment' || decision.skip !== '') continue
    decision.skip = refusal
    for (const record of decision.faults) skipRecord(record, refusal)
    chaos.skipped(decision.experiment, refusal).add()
  }
  return { strikes: UNTOUCHED.strikes, decisions }
}

// which faults hit; none is the usual case, and costs nothing where they all hit together
function hitsOf({ faults, share: configured }: Experiment, isHit: boolean, share: number, key: Key): readonly boolean[] {
  if (!isHit && faults.every((fault) => fault.share === undefined)) return NONE
  const hits = faults.map(({ salt, share: own }) => own === undefined ? isHit : draw(salt, key) < own * (configured === 0 ? 1 : share / configured))
  return hits.includes(true) ? hits : NONE
}

const NONE: readonly boolean[] = []

interface Decided {
  readonly decision: Decision
  readonly strikes: Strike[]
}

function decideOne(experiment: Experiment, chaos: Chaos, { request, backend, keys, nowMs, side }: Subject): Decided | undefined {
  const { switchboard } = chaos
  const { name, slot, scope, block, control } = experiment
  const asked = askedShare(experiment, request)
  if (asked === undefined || !inScope(scope, request, backend, keys.unit)) return undefined
  chaos.eligible(name, side).add()
  const before = switchboard.count(slot)
  const share = Math.min(shareNow(experiment, switchboard, nowMs), asked)
  const key = keyFor(experiment, request, keys)
  const drawn = block === 0 ? drawnBy(experiment, key) : -1
  const isHit = block === 0 ? drawn < share : inBlock(experiment, share, before)
  const hits = hitsOf(experiment, isHit, share, key)
  const isExempt = (hits.length > 0 || control > 0) && request.header(chaos.exemptHeader) !== undefined
  if (hits.length === 0) {
    const group: Group = control > 0 && drawn >= 1 - control && !isExempt ? 'control' : 'rest'
    return group === 'rest' && !chaos.recordsMisses ? undefined : { decision: { experiment: name, side, group, drawn, share, skip: '', faults: [] }, strikes: [] }
  }
  const skip = isExempt ? 'exempt' : switchboard.isDry(slot) ? 'dry_run' : ''
  if (skip !== '') {
    chaos.skipped(name, skip).add()
    return { decision: { experiment: name, side, group: isExempt ? 'rest' : 'experiment', drawn, share, skip, faults: [] }, strikes: [] }
  }
  const strikes = strikesOf(experiment, chaos, { request, key, nowMs }, hits)
  return { decision: { experiment: name, side, group: 'experiment', drawn, share, skip: '', faults: strikes.map(({ record }) => record) }, strikes: strikes.filter(({ record }) => record.result === 'planned') }
}

function strikesOf(experiment: Experiment, chaos: Chaos, { request, key, nowMs }: Pick<Subject, 'request' | 'nowMs'> & { readonly key: Key }, hits: readonly boolean[]): Strike[] {
  const strength = strengthNow(experiment, chaos.switchboard, nowMs)
  const strikers = strikersOf(experiment, chaos.switchboard)
  const strikes: Strike[] = []
  experiment.faults.forEach(({ kind, salt }, i) => {
    const striker = strikers[i]
    if (striker === undefined || hits[i] !== true) return
    let effect: Effect
    try {
      effect = striker({ draws: new Draws(salt, key), strength, request, key, nowMs })
    } catch {
      effect = { do: 'nothing', reason: 'error' }
    }
    const record: FaultRecord = { kind, result: 'planned', reason: '', detail: detailOf(effect), change: undefined }
    if (effect.do === 'nothing') {
      skipRecord(record, effect.reason)
      chaos.skipped(experiment.name, effect.reason).add()
    }
    strikes.push({ effect, injection: { experiment: experiment.name, fault: kind }, record, slot: experiment.slot, mark: experiment.mark })
  })
  return strikes
}

// a header can ask for less than is configured, and for nothing that is not running; what is no number asks for no less
function askedShare({ trigger, name }: Experiment, request: RequestView): number | undefined {
  if (trigger === undefined) return 1
  const value = request.header(trigger)
  if (value === undefined) return undefined
  for (const part of value.split(',')) {
    const [asked = '', percent] = part.trim().split(';percent=')
    if (asked !== name) continue
    const number = percent === undefined ? 100 : Number(percent)
    return number >= 0 && number <= 100 ? number / 100 : 1
  }
  return undefined
}

function refusalBy({ share, switchboard, maxActive, maxPerMinute }: Chaos, { nowMs, side }: Subject): string | undefined {
  // a copy disturbs no client, so that the share of those that are disturbed is not its affair
  if (side === 'primary' && !share.take()) return 'share_limit'
  if (!switchboard.enter(maxActive)) return 'active_limit'
  if (switchboard.takeOfMinute(maxPerMinute, nowMs)) return undefined
  switchboard.leave()
  return 'minute_limit'
}

function skipRecord(record: FaultRecord, reason: string): void {
  record.result = 'skipped'
  record.reason = reason
}

const ORDER: Readonly<Record<Effect['do'], number>> = { nothing: 0, wait: 0, answer: 1, break: 1, degrade: 2, events: 3, octets: 4 }
const order = ({ do: what }: Effect): number => ORDER[what]
