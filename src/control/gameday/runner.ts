import { setTimeout as sleep } from 'node:timers/promises'
import type { ClockDifference } from './compare-clocks.ts'
import { narrator } from './narrator.ts'
import { Observer } from './observer.ts'
import type { Expectation, Plan, Round } from './plan.ts'
import { startReceiver } from './receiver.ts'
import type { ControlWindow, GamedayRecord, RoundRecord } from './record.ts'
import { createFault } from './fault.ts'
import { concerns, type Labels } from './selector.ts'
import { type Sources, watchAll } from './watchers.ts'

export interface RunnerOptions {
  readonly plan: Plan
  readonly sources: Sources
  readonly clock: ClockDifference
  /** How long after a fault its last traces may still reach a rule, ms. */
  readonly settleMs: number
  readonly now: () => number
  /** Told what happens, a line at a time. */
  readonly say: (line: string) => void
  /** Breaks everything off; a fault is taken away first. */
  readonly signal: AbortSignal
}

/** Time for alerts to resolve where a round does not say. */
const DEFAULT_RECOVER_MS = 300_000
const TICK_MS = 100

/**
 * Runs a game day: control, then for each round the fault, its end and the recovery, and control again. Whatever happens, a
 * fault that was started is stopped. @throws Error when the receiver's address cannot be had
 */
export async function runGameday({ plan, sources, clock, settleMs, now, say, signal }: RunnerOptions): Promise<GamedayRecord> {
  const startMs = now()
  const observer = new Observer(startMs, clock.aheadMs)
  const narrate = narrator(observer, say)
  const controls: ControlWindow[] = []
  const rounds: RoundRecord[] = []
  const watching = new AbortController()
  const fault = createFault({ windtunnel: sources.windtunnel, now, say, signal })

  const until = async (holds: () => boolean, deadlineMs: number): Promise<void> => {
    for (;;) {
      signal.throwIfAborted()
      narrate()
      const leftMs = deadlineMs - now()
      if (leftMs <= 0 || holds()) return
      await sleep(Math.min(leftMs, TICK_MS, plan.pollMs), undefined, { signal }) // oxlint-disable-line no-await-in-loop -- polling is the point
    }
  }
  const rest = (ms: number): Promise<void> => until(() => false, now() + ms)
  const isActive = (isMeant: (labels: Labels) => boolean): boolean => observer.active().some(isMeant)

  const control = async (name: string, ms: number): Promise<void> => {
    if (ms === 0) return
    const from = now()
    say(`control ${name}: ${ms / 1000} s without a fault`)
    try {
      await rest(ms)
    } finally {
      controls.push({ name, startMs: from, endMs: now() })
    }
  }

  /** Expectations whose alerts do not become quiet. */
  const quiet = async ({ name, expect }: Round): Promise<readonly number[]> => {
    const busy = (): number[] => expect.flatMap((expectation, i) => isActive((labels) => concerns(expectation, labels)) ? [i] : [])
    if (busy().length === 0) return []
    const from = now()
    say(`${name}: waits for ${busy().map((i) => expect[i]?.alert).join(', ')} to resolve, ${plan.control.quietMs / 1000} s at most`)
    try {
      await until(() => busy().length === 0, from + plan.control.quietMs)
    } finally {
      controls.push({ name: `waiting for ${name}`, startMs: from, endMs: now() })
    }
    return busy()
  }

  const run = async (round: Round, index: number): Promise<RoundRecord> => {
    const busy = await quiet(round)
    const { name, experiment, expect, allow, forMs, recoverMs } = round
    const from = now()
    const dose = observer.meter(experiment ?? '', from)
    const notes: string[] = []
    const skipped = expect.length > 0 && busy.length === expect.length
    const ended = (stopMs: number): RoundRecord => ({ index, startMs: from, stopMs, endMs: now(), dose, busy, skipped, notes })
    if (skipped) {
      say(`${name}: left out, its alerts are active without it`)
      return ended(from)
    }
    if (experiment === null) {
      say(`${name}: ${(forMs ?? 0) / 1000} s with nothing injected`)
      await rest(forMs ?? 0)
      return ended(now())
    }
    await fault.during(experiment, notes, async (durationMs) => {
      await until(() => fault.isOver(), now() + (forMs ?? durationMs ?? 0))
    })
    const stopMs = now()
    const deadlineMs = (dose.firstMs ?? from) + Math.max(0, ...expect.map(({ withinMs }) => withinMs))
    const toldHere = (receiver: string | undefined): boolean => plan.receiver !== undefined && (receiver ?? plan.receiver.name) === plan.receiver.name
    const isNoticed = (expectation: Expectation): boolean => toldHere(expectation.receiver)
      ? observer.deliveries.some(({ labels, status, atMs }) => status === 'firing' && atMs >= from && concerns(expectation, labels))
      : observer.spells.some(({ labels, firingSeenMs }) => firingSeenMs !== undefined && firingSeenMs >= from && concerns(expectation, labels))
    const isSettled = (): boolean => dose.count === 0 || expect.every(isNoticed)
    await until(isSettled, deadlineMs)
    await rest(dose.count === 0 ? 0 : settleMs)
    const concerned = (labels: Labels): boolean => allow.includes(labels['alertname'] ?? '') || expect.some((expectation) => concerns(expectation, labels))
    if (isActive(concerned)) say(`${name}: waits for its alerts to resolve`)
    await until(() => !isActive(concerned), Math.max(now(), (dose.lastMs ?? stopMs) + (recoverMs ?? DEFAULT_RECOVER_MS)))
    return ended(stopMs)
  }

  const receiver = plan.receiver === undefined ? undefined : await startReceiver(plan.receiver.listen, (notification) => observer.notification(now(), notification))
  if (receiver !== undefined) say(`listens for notifications at http://${receiver.address}`)
  const watched = watchAll(sources, observer, { pollMs: plan.pollMs, now, onRunning: fault.saw }, watching.signal)
  let brokenOff: string | undefined
  try {
    await until(() => observer.hasAnswered('Prometheus'), now() + plan.pollMs * 5)
    await control('before', plan.control.beforeMs)
    for (const [i, round] of plan.rounds.entries()) {
      rounds.push(await run(round, i)) // oxlint-disable-line no-await-in-loop -- one fault at a time
      if (fault.stuck() !== undefined) throw new Error(fault.stuck())
      if (i < plan.rounds.length - 1) await control('between', plan.control.betweenMs) // oxlint-disable-line no-await-in-loop -- and then a rest
    }
    await control('after', plan.control.afterMs)
  } catch (error) {
    brokenOff = fault.stuck() ?? (signal.aborted ? 'it was interrupted' : undefined)
    if (brokenOff === undefined) throw error
  } finally {
    watching.abort()
    await watched
    await receiver?.close()
  }
  observer.close(now())
  const { spells, handlings, deliveries, gaps, ruleReadings } = observer
  return { startMs, endMs: now(), controls, rounds, spells, handlings, deliveries, gaps, ruleReadings, clockErrorMs: clock.errorMs, brokenOff }
}

