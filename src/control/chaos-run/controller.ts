import { ArmMeter, type Arms, NO_ARMS } from './arms.ts'
import type { Folded } from './increases.ts'
import { newRun, step } from './lifecycle.ts'
import type { RunPolicy, StageSettings } from './policy.ts'
import type { PrometheusQuery } from './prometheus-query.ts'
import { createReader, type Reader } from './readers.ts'
import { recordOf, type RunRecord } from './record.ts'
import type { Reading, RunAction, RunEvent, RunLogEntry, RunReason, RunState } from './state.ts'

/** What a run can do to the world. Whatever it throws is kept from everyone else. */
export interface RunHands {
  /** Turns faults on. Returns why not, if they were not. */
  readonly start: (settings: StageSettings) => string | undefined
  readonly setStage: (settings: StageSettings, stage: number) => void
  /** Turns them off. Called once for each run, and again each second for as long as it throws. */
  readonly stop: (reason: RunReason) => void
  /** Times are of the wall clock. */
  readonly log: (entry: RunLogEntry) => void
  /** It is over: nothing of it is left. */
  readonly ended: (record: RunRecord) => void
}

export interface RunOptions {
  /** Unique among runs of this process. */
  readonly id: string
  readonly experiment: string
  readonly policy: RunPolicy
  /** What is a slow request, ms: see `ArmMeter`. Infinity where nobody asks. */
  readonly slowerThanMs: number
  /** On the clock, ms; now or earlier for at once. */
  readonly startsAtMs: number
  readonly hands: RunHands
  /** Monotonic, ms; and the wall's. */
  readonly clock: () => number
  readonly wallClock: () => number
  /** Calls again and again until what it returns is called. */
  readonly every: (ms: number, call: () => void) => () => void
  /** A snapshot of all counters. */
  readonly collect: () => Folded
  readonly query: PrometheusQuery | undefined
}

/** A run of an experiment, from its creation until it has ended. */
export interface Run {
  /** Looks for the first time, which may start it and even end it, and from then on once a second. */
  readonly begin: () => void
  readonly state: () => RunState
  /** The latest number of each condition, in the order of the policy. */
  readonly readings: () => readonly Reading[]
  /** Somebody wants no more of it. */
  readonly stop: (by: string) => void
  /** Something says that it must end: it fails. */
  readonly halt: (why: string) => void
  readonly leaseExpired: () => void
  /** Ends it, if it has not ended, and lets go of everything. */
  readonly dispose: () => void
}

const TICK_MS = 1000
const MAX_LOG = 500

/** A run that is to `begin`: it looks, lets `step` decide and does what that says. It throws nothing at anyone. */
export function createRun({ id, experiment, policy, slowerThanMs, startsAtMs, hands, clock, wallClock, every, collect, query }: RunOptions): Run {
  const createdMs = clock()
  const offsetMs = wallClock() - createdMs
  const closed = new AbortController()
  const readers: readonly Reader[] = policy.watched.map(({ condition }) => createReader(condition, query, closed.signal))
  const armMeter = new ArmMeter(experiment, slowerThanMs)
  const lookFromMs = startsAtMs - TICK_MS - Math.max(0, ...policy.watched.map(({ condition }) => condition.kind === 'own' ? condition.window : TICK_MS))
  const log: RunLogEntry[] = []
  const unread = { noData: 0, failed: 0 }
  let state = newRun(policy, startsAtMs)
  let readings: readonly Reading[] = policy.watched.map(() => ({ value: undefined }))
  let arms: Arms = NO_ARMS
  // a stop that did not succeed is tried until it does
  let unstopped: RunReason | undefined
  let isClosed = false
  let cancel = (): void => undefined

  const note = (atMs: number, level: RunLogEntry['level'], text: string): void => {
    const entry = { atMs, level, text }
    if (log.length < MAX_LOG) log.push(entry)
    attempt(() => hands.log({ ...entry, atMs: atMs + offsetMs }))
  }

  const stopFaults = (reason: RunReason): void => {
    const failure = attempt(() => hands.stop(reason))
    if (failure !== undefined && unstopped === undefined) note(clock(), 'warn', `faults could not be stopped: ${failure}`)
    unstopped = failure === undefined ? undefined : reason
  }

  const perform = (action: RunAction, atMs: number): void => {
    switch (action.do) {
      case 'start': {
        let refusal: string | undefined
        const failure = attempt(() => { refusal = hands.start(action.settings) })
        const why = refusal ?? failure
        if (why !== undefined) handle({ kind: 'refused', atMs, why })
        return
      }
      case 'setStage': {
        const failure = attempt(() => hands.setStage(action.settings, action.stage))
        if (failure !== undefined) handle({ kind: 'halt', atMs, why: `stage ${action.stage + 1} could not be set: ${failure}` })
        return
      }
      case 'stop': return stopFaults(action.reason)
      default: return note(action.entry.atMs, action.entry.level, action.entry.text)
    }
  }

  const close = (): void => {
    if (isClosed || unstopped !== undefined) return
    const record = recordOf(state, { id, experiment, policy, createdAtMs: createdMs + offsetMs, log: [...log], unread: { ...unread } }, offsetMs)
    if (record === undefined) return
    isClosed = true
    cancel()
    closed.abort()
    attempt(() => hands.ended(record))
  }

  const handle = (event: RunEvent): void => {
    const next = step(state, event, policy)
    state = next.state
    for (const action of next.actions) {
      perform(action, event.atMs)
      // an action that failed, or asked for an end, has led somewhere else
      if (state !== next.state) break
    }
    close()
  }

  const look = (atMs: number): void => {
    let folded: Folded | undefined
    attempt(() => { folded = collect() })
    readings = readers.map(({ read }) => read(folded, atMs))
    if (folded !== undefined) arms = armMeter.take(folded)
    if (state.phase.at === 'waiting') return
    for (const { value, problem } of readings) {
      if (value !== undefined) continue
      if (problem === undefined) unread.noData++
      else unread.failed++
    }
  }

  const tick = (): void => {
    if (isClosed) return
    if (unstopped !== undefined) stopFaults(unstopped)
    const atMs = clock()
    const failure = attempt(() => {
      // a start that is days away needs no numbers yet
      if (state.phase.at === 'waiting' && atMs < lookFromMs) return
      look(atMs)
      handle({ kind: 'tick', atMs, readings, arms })
    })
    if (failure === undefined) return
    // a mistake of our own: who cannot watch must not go on
    const why = `it could not be watched: ${failure}`
    if (attempt(() => handle({ kind: 'halt', atMs, why })) !== undefined) stopFaults({ code: 'halted_from_outside', text: why })
  }

  const tell = (event: RunEvent): void => void attempt(() => handle(event))
  const stop = (by: string): void => tell({ kind: 'stop', atMs: clock(), by })
  return {
    begin: () => {
      cancel()
      cancel = every(TICK_MS, tick)
      tick()
    },
    state: () => state,
    readings: () => readings,
    stop,
    halt: (why) => tell({ kind: 'halt', atMs: clock(), why }),
    leaseExpired: () => tell({ kind: 'lease_expired', atMs: clock() }),
    dispose: () => {
      stop('it was disposed of')
      if (unstopped !== undefined) stopFaults(unstopped)
      // nobody will try again: it is over, with faults that others must end
      unstopped = undefined
      attempt(close)
    }
  }
}

/** What went wrong, or undefined. */
function attempt(what: () => void): string | undefined {
  try {
    what()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
