import type { Switchboard } from '../chaos/switchboard.ts'
import type { ExperimentConfig } from '../config/chaos-types.ts'
import type { Meter } from '../core/meter.ts'
import type { Logger } from '../telemetry/logger.ts'

export interface ChaosSwitchOptions {
  readonly switchboard: Switchboard
  readonly clock: () => number
  readonly wallClock: () => number
  readonly meter: Meter
  readonly log: Logger
  /** Lets requests go that are being held back. */
  readonly release: (experiment?: string) => void
}

/** Faults of an experiment that are on. */
export interface Lit {
  readonly slot: number
  readonly startedAtMs: number
  readonly endsAtMs: number
  readonly dryRun: boolean
  /** On the shared clock. */
  readonly endsMs: number
  readonly timer: NodeJS.Timeout
}

// data-plane threads run experiments only so long without being told to go on: a main thread that hangs stops them
const HEARTBEAT_MS = 500
const PULSE_LEASE_MS = 3000

/** Turns the faults of experiments on and off, each for a time: once that is over, or nobody tells them to go on, they end. */
export class ChaosSwitch {
  private readonly options: ChaosSwitchOptions
  /** Hears of faults that ended by themselves. */
  private readonly onOff: (name: string, reason: string) => void
  private pulse: NodeJS.Timeout | undefined
  private readonly lit = new Map<string, Lit>()

  constructor(options: ChaosSwitchOptions, onOff: (name: string, reason: string) => void) {
    this.options = options
    this.onOff = onOff
  }

  /** Turns faults on for `durationMs`, or anew. @param slot of the experiment on the switchboard */
  on({ name, route, percent }: ExperimentConfig, slot: number, durationMs: number, dryRun: boolean): void {
    const { switchboard, clock, wallClock, log } = this.options
    clearTimeout(this.lit.get(name)?.timer)
    const [nowMs, atMs] = [clock(), wallClock()]
    const timer = setTimeout(() => this.fade(name, 'its duration is over'), durationMs)
    const lit: Lit = { slot, startedAtMs: atMs, endsAtMs: atMs + durationMs, endsMs: nowMs + durationMs, dryRun, timer }
    this.lit.set(name, lit)
    switchboard.start(slot, { nowMs, untilMs: Math.min(lit.endsMs, nowMs + PULSE_LEASE_MS), dry: dryRun })
    this.pulse ??= setInterval(() => this.goOn(), HEARTBEAT_MS)
    this.pulse.unref()
    this.gauge(name, 1)
    log.warn({ experiment: name, route, percent, durationMs, ...dryRun && { dryRun } }, 'chaos experiment started')
  }

  /** Sets how many are hit (0..1; NaN as configured) and how strongly (0..1). */
  adjust(name: string, share: number, strength: number): void {
    const lit = this.lit.get(name)
    if (lit !== undefined) this.options.switchboard.adjust(lit.slot, share, strength)
  }

  /** Turns them off, whatever is thought of them, and lets go whom they hold. */
  off(name: string, slot: number, reason: string): void {
    this.options.switchboard.stop(slot)
    this.options.release(name)
    this.forget(name, reason)
  }

  /** Turns everything off at once. @returns the names of those that were on */
  allOff(reason: string): readonly string[] {
    this.options.switchboard.stopAll()
    this.options.release()
    const names = [...this.lit.keys()]
    for (const name of names) this.forget(name, reason)
    return names
  }

  find(name: string): Lit | undefined {
    return this.lit.get(name)
  }

  // the data plane's permission, renewed: without it faults end by themselves
  private goOn(): void {
    const { switchboard, clock } = this.options
    const nowMs = clock()
    for (const [name, { slot, endsMs }] of [...this.lit]) {
      if (nowMs >= endsMs) continue // its timer is about to say so
      if (switchboard.isRunning(slot, nowMs)) switchboard.extend(slot, Math.min(endsMs, nowMs + PULSE_LEASE_MS))
      else this.fade(name, 'this thread was away too long') // it has lapsed, and is not to come back unasked
    }
  }

  private fade(name: string, reason: string): void {
    const lit = this.lit.get(name)
    if (lit === undefined) return
    this.off(name, lit.slot, reason)
    this.onOff(name, reason)
  }

  private forget(name: string, reason: string): void {
    const lit = this.lit.get(name)
    if (lit === undefined) return
    clearTimeout(lit.timer)
    this.lit.delete(name)
    if (this.lit.size === 0) {
      clearInterval(this.pulse)
      this.pulse = undefined
    }
    this.gauge(name, 0)
    this.options.log.warn({ experiment: name, reason }, 'chaos experiment stopped')
  }

  private gauge(experiment: string, value: number): void {
    this.options.meter.gauge('chaos_experiment_running', { experiment }).set(value)
  }
}
