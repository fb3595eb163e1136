import { existsSync } from 'node:fs'
import type { Switchboard } from '../chaos/switchboard.ts'
import type { Config, ExperimentConfig } from '../config/types.ts'
import type { Meter } from '../core/meter.ts'
import type { Logger } from '../telemetry/logger.ts'

/** An experiment as the API shows it. */
export interface ExperimentState {
  readonly name: string
  readonly route: string
  readonly arm: 'primary' | 'shadow' | 'both'
  readonly percent: number
  readonly durationMs: number
  readonly faults: readonly string[]
  readonly state: 'running' | 'stopped'
  /** Whether this run only says what it would do. */
  readonly dryRun: boolean
  /** ISO 8601; of the run that goes on. */
  readonly startedAt: string | undefined
  /** ISO 8601; when it ends by itself. */
  readonly endsAt: string | undefined
  /** ISO 8601; when it ends unless it is renewed. */
  readonly leaseUntil: string | undefined
}

export interface ChaosControlOptions {
  readonly switchboard: Switchboard
  readonly clock: () => number
  readonly wallClock: () => number
  readonly meter: Meter
  readonly log: Logger
  /** Lets requests go that are being held back. */
  readonly release: (experiment?: string) => void
}

/** How a run is started. */
export interface StartOptions {
  readonly dryRun?: boolean
  /** ms within which it must be renewed, in place of what the config says. */
  readonly leaseMs?: number
}

/** Why nothing was started. */
export type StartRefusal = 'unknown' | 'killed'

interface Running {
  readonly slot: number
  readonly startedAtMs: number
  readonly endsAtMs: number
  /** On the shared clock. */
  readonly endsMs: number
  readonly timer: NodeJS.Timeout
  readonly dryRun: boolean
  readonly leaseMs: number | undefined
  leaseTimer: NodeJS.Timeout | undefined
  leaseUntilMs: number | undefined
}

// data-plane threads run experiments only so long without being told to go on: a main thread that hangs stops them
const HEARTBEAT_MS = 500
const PULSE_LEASE_MS = 3000
const KILL_FILE_MS = 50

/**
 * Starts and stops experiments. All are off until started; each ends by itself; a new config, a thread that dies and a
 * restart turn all of them off, as does this thread when it no longer tells the others to go on.
 */
export class ChaosControl {
  private readonly options: ChaosControlOptions
  private experiments: readonly ExperimentConfig[] = []
  private killFile: string | undefined
  private pulse: NodeJS.Timeout | undefined
  private watch: NodeJS.Timeout | undefined
  private readonly running = new Map<string, Running>()

  constructor(options: ChaosControlOptions) {
    this.options = options
  }

  /** Takes a config's experiments, all of them off. Call `startOnLoad` once every thread serves by that config. */
  take(config: Config): void {
    this.stopAll('a config was loaded')
    this.experiments = config.chaos?.experiments ?? []
    this.killFile = config.chaos?.killFile
    clearInterval(this.watch)
    this.watch = this.killFile === undefined ? undefined : setInterval(() => this.lookForKillFile(), KILL_FILE_MS)
    this.watch?.unref()
  }

  startOnLoad(): void {
    for (const { name, start } of this.experiments) if (start === 'on-load') this.start(name)
  }

  /** Starts one, or starts its time anew. @returns why not, if it was not */
  start(name: string, { dryRun = false, leaseMs }: StartOptions = {}): StartRefusal | undefined {
    const slot = this.experiments.findIndex((experiment) => experiment.name === name)
    const experiment = this.experiments[slot]
    if (experiment === undefined) return 'unknown'
    if (this.isKilled()) return 'killed'
    const { switchboard, clock, wallClock, log } = this.options
    this.forgetTimers(name)
    const { duration } = experiment
    const nowMs = clock()
    const atMs = wallClock()
    const run: Running = {
      slot, startedAtMs: atMs, endsAtMs: atMs + duration, endsMs: nowMs + duration, dryRun, leaseMs: leaseMs ?? experiment.lease,
      timer: setTimeout(() => this.end(name, slot, 'its duration is over'), duration), leaseTimer: undefined, leaseUntilMs: undefined
    }
    this.running.set(name, run)
    switchboard.start(slot, { nowMs, untilMs: Math.min(run.endsMs, nowMs + PULSE_LEASE_MS), dry: dryRun })
    this.pulse ??= setInterval(() => this.goOn(), HEARTBEAT_MS)
    this.pulse.unref()
    this.renew(name)
    this.gauge(name, 1)
    log.warn({ experiment: name, route: experiment.route, percent: experiment.percent, durationMs: duration, ...dryRun && { dryRun } }, 'chaos experiment started')
    return undefined
  }

  /** Whoever started it still wants it. False when it is not running. */
  renew(name: string): boolean {
    const run = this.running.get(name)
    if (run === undefined) return false
    const { leaseMs } = run
    if (leaseMs === undefined) return true
    clearTimeout(run.leaseTimer)
    run.leaseTimer = setTimeout(() => this.end(name, run.slot, 'its lease was not renewed'), leaseMs)
    run.leaseUntilMs = this.options.wallClock() + leaseMs
    return true
  }

  /** Sets how many a running one hits (0..1; NaN as configured) and how strongly (0..1). */
  adjust(name: string, share: number, strength: number): void {
    const run = this.running.get(name)
    if (run !== undefined) this.options.switchboard.adjust(run.slot, share, strength)
  }

  /** Stops one and lets go what it holds. False when there is none of that name. */
  stop(name: string, reason = 'it was stopped'): boolean {
    const slot = this.experiments.findIndex((experiment) => experiment.name === name)
    if (slot < 0) return false
    this.end(name, slot, reason)
    return true
  }

  /** Stops everything at once. Returns how many were running. */
  stopAll(reason: string): number {
    this.options.switchboard.stopAll()
    this.options.release()
    const stopped = [...this.running.keys()]
    for (const name of stopped) this.forget(name, reason)
    return stopped.length
  }

  /** Brings the gauges up to date. */
  measure(): void {
    const { switchboard, meter } = this.options
    this.experiments.forEach(({ name, percent }, slot) => {
      const set = switchboard.share(slot)
      const isRunning = this.running.has(name)
      meter.gauge('chaos_share', { experiment: name }).set(isRunning ? Number.isNaN(set) ? percent / 100 : set : 0)
      meter.gauge('chaos_strength', { experiment: name }).set(isRunning ? switchboard.strength(slot) : 0)
    })
  }

  /** Stops everything for good. */
  close(): void {
    this.stopAll('shutting down')
    clearInterval(this.watch)
  }

  isRunning(name: string): boolean {
    return this.running.has(name)
  }

  list(): readonly ExperimentState[] {
    return this.experiments.map(({ name, route, where, percent, duration, faults }) => {
      const run = this.running.get(name)
      return {
        name,
        route,
        arm: where.arm,
        percent,
        durationMs: duration,
        faults: faults.map(({ kind }) => kind),
        state: run === undefined ? 'stopped' : 'running',
        dryRun: run?.dryRun ?? false,
        startedAt: run && new Date(run.startedAtMs).toISOString(),
        endsAt: run && new Date(run.endsAtMs).toISOString(),
        leaseUntil: run?.leaseUntilMs === undefined ? undefined : new Date(run.leaseUntilMs).toISOString()
      }
    })
  }

  // the data plane's permission, renewed: without it faults end by themselves
  private goOn(): void {
    const { switchboard, clock } = this.options
    const nowMs = clock()
    for (const [name, { slot, endsMs }] of [...this.running]) {
      if (switchboard.isRunning(slot, nowMs)) switchboard.extend(slot, Math.min(endsMs, nowMs + PULSE_LEASE_MS))
      else this.end(name, slot, 'this thread was away too long') // it has lapsed, and is not to come back unasked
    }
  }

  private isKilled(): boolean {
    const killed = this.killFile !== undefined && existsSync(this.killFile)
    if (this.killFile !== undefined) this.options.meter.gauge('chaos_killed', {}).set(killed ? 1 : 0)
    return killed
  }

  private lookForKillFile(): void {
    if (this.isKilled() && this.running.size > 0) this.stopAll('the kill file is there')
  }

  private end(name: string, slot: number, reason: string): void {
    this.options.switchboard.stop(slot)
    this.options.release(name)
    if (this.running.has(name)) this.forget(name, reason)
  }

  private forget(name: string, reason: string): void {
    this.forgetTimers(name)
    this.running.delete(name)
    if (this.running.size === 0) {
      clearInterval(this.pulse)
      this.pulse = undefined
    }
    this.gauge(name, 0)
    this.options.log.warn({ experiment: name, reason }, 'chaos experiment stopped')
  }

  private forgetTimers(name: string): void {
    const run = this.running.get(name)
    clearTimeout(run?.timer)
    clearTimeout(run?.leaseTimer)
  }

  private gauge(experiment: string, value: number): void {
    this.options.meter.gauge('chaos_experiment_running', { experiment }).set(value)
  }
}
