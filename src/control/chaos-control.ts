import type { Switchboard } from '../chaos/switchboard.ts'
import type { Config, ExperimentConfig } from '../config/types.ts'
import type { Meter } from '../core/meter.ts'
import type { Logger } from '../telemetry/logger.ts'

/** An experiment as the API shows it. */
export interface ExperimentState {
  readonly name: string
  readonly route: string
  readonly percent: number
  readonly durationMs: number
  readonly faults: readonly string[]
  readonly state: 'running' | 'stopped'
  /** ISO 8601; of the last start in this process. */
  readonly startedAt: string | undefined
  /** ISO 8601; when it ends by itself. */
  readonly endsAt: string | undefined
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

interface Running {
  readonly startedAtMs: number
  readonly endsAtMs: number
  readonly timer: NodeJS.Timeout
}

/**
 * Starts and stops experiments. All are off until started; each ends by itself; a new config, a thread that dies and a
 * restart turn all of them off.
 */
export class ChaosControl {
  private readonly options: ChaosControlOptions
  private experiments: readonly ExperimentConfig[] = []
  private readonly running = new Map<string, Running>()

  constructor(options: ChaosControlOptions) {
    this.options = options
  }

  /** Takes a config's experiments, all of them off. Call `startOnLoad` once every thread serves by that config. */
  take(config: Config): void {
    this.stopAll('a config was loaded')
    this.experiments = config.chaos?.experiments ?? []
  }

  startOnLoad(): void {
    for (const { name, start } of this.experiments) if (start === 'on-load') this.start(name)
  }

  /** Starts one, or starts its time anew. False when there is none of that name. */
  start(name: string): boolean {
    const slot = this.experiments.findIndex((experiment) => experiment.name === name)
    const experiment = this.experiments[slot]
    if (experiment === undefined) return false
    const { switchboard, clock, wallClock, log } = this.options
    clearTimeout(this.running.get(name)?.timer)
    const timer = setTimeout(() => this.end(name, slot, 'its duration is over'), experiment.duration)
    switchboard.start(slot, clock() + experiment.duration)
    const now = wallClock()
    this.running.set(name, { startedAtMs: now, endsAtMs: now + experiment.duration, timer })
    this.gauge(name, 1)
    log.warn({ experiment: name, route: experiment.route, percent: experiment.percent, durationMs: experiment.duration }, 'chaos experiment started')
    return true
  }

  /** Stops one and lets go what it holds. False when there is none of that name. */
  stop(name: string): boolean {
    const slot = this.experiments.findIndex((experiment) => experiment.name === name)
    if (slot < 0) return false
    this.end(name, slot, 'it was stopped')
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

  list(): readonly ExperimentState[] {
    return this.experiments.map(({ name, route, percent, duration, faults }) => {
      const running = this.running.get(name)
      return {
        name,
        route,
        percent,
        durationMs: duration,
        faults: faults.map(({ kind }) => kind),
        state: running === undefined ? 'stopped' : 'running',
        startedAt: running && new Date(running.startedAtMs).toISOString(),
        endsAt: running && new Date(running.endsAtMs).toISOString()
      }
    })
  }

  private end(name: string, slot: number, reason: string): void {
    this.options.switchboard.stop(slot)
    this.options.release(name)
    if (this.running.has(name)) this.forget(name, reason)
  }

  private forget(name: string, reason: string): void {
    clearTimeout(this.running.get(name)?.timer)
    this.running.delete(name)
    this.gauge(name, 0)
    this.options.log.warn({ experiment: name, reason }, 'chaos experiment stopped')
  }

  private gauge(experiment: string, value: number): void {
    this.options.meter.gauge('chaos_experiment_running', { experiment }).set(value)
  }
}
