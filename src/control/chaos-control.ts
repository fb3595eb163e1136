import { existsSync } from 'node:fs'
import { type Experiment, shareNow, strengthNow } from '../chaos/experiment.ts'
import type { ExperimentConfig } from '../config/chaos-types.ts'
import type { Config } from '../config/types.ts'
import { faultsMs, policyOf } from './chaos-policy.ts'
import { createRun, type Run } from './chaos-run/controller.ts'
import { RunHistory } from './chaos-run/history.ts'
import type { Folded } from './chaos-run/increases.ts'
import type { RunPolicy } from './chaos-run/policy.ts'
import { createPrometheusQuery, type PrometheusQuery } from './chaos-run/prometheus-query.ts'
import type { RunRecord } from './chaos-run/record.ts'
import { createSchedule, type Schedule } from './chaos-run/schedule.ts'
import { ChaosSwitch, type ChaosSwitchOptions } from './chaos-switch.ts'
import { compileExperiments } from './compile-chaos.ts'

/** An experiment as the API shows it. */
export interface ExperimentState {
  readonly name: string
  readonly route: string
  readonly arm: 'primary' | 'shadow' | 'both'
  readonly percent: number
  readonly durationMs: number
  readonly faults: readonly string[]
  readonly state: 'running' | 'stopped'
  /** Where its run is: its faults are on in `running` alone. Absent where it has no run. */
  readonly phase: 'waiting' | 'baseline' | 'running' | 'recovering' | undefined
  /** Whether this run only says what it would do. */
  readonly dryRun: boolean
  /** ISO 8601; since its faults are on. */
  readonly startedAt: string | undefined
  /** ISO 8601; when they end by themselves. */
  readonly endsAt: string | undefined
  /** ISO 8601; when it ends unless it is renewed. */
  readonly leaseUntil: string | undefined
  /** ISO 8601; when it starts by itself. */
  readonly nextStart: string | undefined
  /** Of its last run that had one to reach. */
  readonly lastVerdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | undefined
}

export interface ChaosControlOptions extends ChaosSwitchOptions {
  /** A snapshot of all counters. */
  readonly collect: () => Folded
}

/** How a run is started. */
export interface StartOptions {
  readonly dryRun?: boolean
  /** ms within which it must be renewed, in place of what the config says. */
  readonly leaseMs?: number
}

/** Why nothing was started. */
export type StartRefusal = 'unknown' | 'killed' | 'outside_window'

interface Lease {
  readonly ms: number
  timer: NodeJS.Timeout
  untilMs: number
}

const KILL_FILE_MS = 50
const SCHEDULE_MS = 1000
const QUERY_MS = 5000

/**
 * Starts and stops experiments. All are off until started; each ends by itself; a new config, a thread that dies and a
 * restart turn all of them off, as does this thread when it no longer tells the others to go on.
 */
export class ChaosControl {
  private readonly options: ChaosControlOptions
  private readonly lights: ChaosSwitch
  private readonly history = new RunHistory()
  private experiments: readonly ExperimentConfig[] = []
  private compiled: readonly Experiment[] = []
  private schedules: readonly (Schedule | undefined)[] = []
  private nextStarts: (number | undefined)[] = []
  private prometheus: { readonly query: PrometheusQuery, readonly close: () => Promise<void> } | undefined
  private killFile: string | undefined
  private killWatch: NodeJS.Timeout | undefined
  private scheduleWatch: NodeJS.Timeout | undefined
  private readonly runs = new Map<string, Run>()
  private readonly leases = new Map<string, Lease>()
  private runCount = 0

  constructor(options: ChaosControlOptions) {
    this.options = options
    this.lights = new ChaosSwitch(options, (name, reason) => this.wentOff(name, reason))
  }

  /** Takes a config's experiments, all of them off. Call `startOnLoad` once every thread serves by that config. */
  take(config: Config): void {
    const { chaos } = config
    this.stopAll('a config was loaded')
    void this.prometheus?.close()
    this.prometheus = chaos?.prometheus === undefined ? undefined : createPrometheusQuery({ url: chaos.prometheus, timeoutMs: QUERY_MS })
    this.experiments = chaos?.experiments ?? []
    this.compiled = [...compileExperiments(config).values()].flat()
    this.schedules = this.experiments.map(({ schedule }) => schedule && createSchedule(schedule))
    this.nextStarts = this.schedules.map((schedule) => schedule?.nextStart(this.options.wallClock()))
    this.killFile = chaos?.killFile
    clearInterval(this.killWatch)
    clearInterval(this.scheduleWatch)
    this.killWatch = this.killFile === undefined ? undefined : setInterval(() => this.lookForKillFile(), KILL_FILE_MS)
    this.killWatch?.unref()
    this.scheduleWatch = this.schedules.every((schedule) => schedule === undefined) ? undefined : setInterval(() => this.lookAtTheClock(), SCHEDULE_MS)
    this.scheduleWatch?.unref()
  }

  startOnLoad(): void {
    this.experiments.forEach(({ name, start }, i) => {
      if (start !== 'on-load') return
      const startsAtMs = this.schedules[i]?.startOnLoad(this.options.wallClock())
      if (startsAtMs === undefined || startsAtMs <= this.options.wallClock()) this.start(name)
      else this.nextStarts[i] = Math.min(startsAtMs, this.nextStarts[i] ?? Infinity)
    })
  }

  /** Starts one, or starts it anew. @returns why not, if it was not */
  start(name: string, { dryRun = false, leaseMs }: StartOptions = {}): StartRefusal | undefined {
    const slot = this.experiments.findIndex((experiment) => experiment.name === name)
    const experiment = this.experiments[slot]
    if (experiment === undefined) return 'unknown'
    if (this.isKilled()) return 'killed'
    if (this.schedules[slot]?.refusal(this.options.wallClock()) !== undefined) return 'outside_window'
    this.runs.get(name)?.stop('it was started anew')
    const policy = policyOf(experiment)
    const lease = leaseMs ?? experiment.lease
    if (lease !== undefined) this.lend(name, lease)
    if (policy === undefined) this.lights.on(experiment, slot, experiment.duration, dryRun)
    else this.run(experiment, slot, policy, dryRun)
    return undefined
  }

  /** Whoever started it still wants it. False when it is not running. */
  renew(name: string): boolean {
    if (!this.isRunning(name)) return false
    const lease = this.leases.get(name)
    if (lease !== undefined) this.lend(name, lease.ms)
    return true
  }

  /** Stops one and lets go what it holds. False when there is none of that name. */
  stop(name: string, reason = 'it was stopped'): boolean {
    const slot = this.experiments.findIndex((experiment) => experiment.name === name)
    if (slot < 0) return false
    this.lights.off(name, slot, reason)
    this.end(name, (run) => run.stop(reason))
    return true
  }

  /** Stops everything at once. Returns how many were running. @param isHalt whether runs fail by it */
  stopAll(reason: string, isHalt = false): number {
    const names = new Set([...this.lights.allOff(reason), ...this.runs.keys()])
    for (const name of names) this.end(name, (run) => isHalt ? run.halt(reason) : run.stop(reason))
    return names.size
  }

  /** Stops everything for good. */
  close(): void {
    this.stopAll('shutting down')
    clearInterval(this.killWatch)
    clearInterval(this.scheduleWatch)
    void this.prometheus?.close()
  }

  isRunning(name: string): boolean {
    return this.lights.find(name) !== undefined || this.runs.has(name)
  }

  /** Runs that have ended, the newest first. */
  get ended(): readonly RunRecord[] {
    return this.history.list()
  }

  findEnded(id: string): RunRecord | undefined {
    return this.history.find(id)
  }

  /** Brings the gauges up to date. */
  measure(): void {
    const { switchboard, meter, clock } = this.options
    const nowMs = clock()
    for (const experiment of this.compiled) {
      const { name } = experiment
      const isOn = this.lights.find(name) !== undefined
      meter.gauge('chaos_share', { experiment: name }).set(isOn ? shareNow(experiment, switchboard, nowMs) : 0)
      meter.gauge('chaos_strength', { experiment: name }).set(isOn ? strengthNow(experiment, switchboard, nowMs) : 0)
    }
  }

  list(): readonly ExperimentState[] {
    return this.experiments.map(({ name, route, where, percent, duration, faults }, i) => {
      const lit = this.lights.find(name)
      const phase = this.runs.get(name)?.state().phase.at
      return {
        name,
        route,
        arm: where.arm,
        percent,
        durationMs: duration,
        faults: faults.map(({ kind }) => kind),
        state: this.isRunning(name) ? 'running' : 'stopped',
        phase: phase === 'ended' ? undefined : phase,
        dryRun: lit?.dryRun ?? false,
        startedAt: iso(lit?.startedAtMs),
        endsAt: iso(lit?.endsAtMs),
        leaseUntil: iso(this.leases.get(name)?.untilMs),
        nextStart: iso(this.nextStarts[i]),
        lastVerdict: this.history.list().find(({ experiment }) => experiment === name)?.verdict.kind
      }
    })
  }

  private run(experiment: ExperimentConfig, slot: number, policy: RunPolicy, dryRun: boolean): void {
    const { name, slow } = experiment
    const { clock, wallClock, collect, log } = this.options
    const adjust = (share: number | undefined, strength: number | undefined): void => this.lights.adjust(name, share ?? Number.NaN, strength ?? 1)
    const run = createRun({
      id: `${name}-${++this.runCount}`,
      experiment: name,
      policy,
      slowerThanMs: slow,
      startsAtMs: clock(),
      clock, wallClock, collect,
      query: this.prometheus?.query,
      every: (ms, call) => {
        const timer = setInterval(call, ms)
        timer.unref()
        return () => clearInterval(timer)
      },
      hands: {
        start: ({ share, strength }) => {
          if (this.isKilled()) return 'the kill file is there'
          this.lights.on(experiment, slot, faultsMs(policy), dryRun)
          adjust(share, strength)
          return undefined
        },
        setStage: ({ share, strength }) => adjust(share, strength),
        stop: ({ text }) => this.lights.off(name, slot, text),
        log: ({ level, text }) => log[level]({ experiment: name }, text),
        ended: (record) => {
          this.history.add(record)
          this.options.meter.counter('chaos_runs_total', { experiment: name, verdict: record.verdict.kind }).add()
          if (this.runs.get(name) !== run) return
          this.runs.delete(name)
          this.giveBack(name)
        }
      }
    })
    this.runs.set(name, run)
    run.begin()
  }

  // faults that ended by themselves: a run that is to last as long knows, and whatever else ended them is its end as well
  private wentOff(name: string, reason: string): void {
    const run = this.runs.get(name)
    if (run === undefined) this.giveBack(name)
    else if (reason !== 'its duration is over') run.halt(reason)
  }

  private end(name: string, tell: (run: Run) => void): void {
    const run = this.runs.get(name)
    if (run !== undefined) tell(run)
    this.giveBack(name)
  }

  private lend(name: string, ms: number): void {
    clearTimeout(this.leases.get(name)?.timer)
    const timer = setTimeout(() => {
      const slot = this.experiments.findIndex((experiment) => experiment.name === name)
      this.lights.off(name, slot, 'its lease was not renewed')
      this.end(name, (run) => run.leaseExpired())
    }, ms)
    this.leases.set(name, { ms, timer, untilMs: this.options.wallClock() + ms })
  }

  private giveBack(name: string): void {
    clearTimeout(this.leases.get(name)?.timer)
    this.leases.delete(name)
  }

  private lookAtTheClock(): void {
    const nowMs = this.options.wallClock()
    this.nextStarts.forEach((atMs, i) => {
      if (atMs === undefined || atMs > nowMs) return
      this.nextStarts[i] = this.schedules[i]?.nextStart(nowMs)
      const name = this.experiments[i]?.name ?? ''
      const refusal = this.isRunning(name) ? 'it is running' : this.start(name)
      if (refusal !== undefined) this.options.log.warn({ experiment: name, reason: refusal }, 'a scheduled chaos experiment was not started')
    })
  }

  private isKilled(): boolean {
    const killed = this.killFile !== undefined && existsSync(this.killFile)
    if (this.killFile !== undefined) this.options.meter.gauge('chaos_killed', {}).set(killed ? 1 : 0)
    return killed
  }

  private lookForKillFile(): void {
    if (this.isKilled() && this.experiments.some(({ name }) => this.isRunning(name))) this.stopAll('the kill file is there')
  }
}

const iso = (atMs: number | undefined): string | undefined => atMs === undefined ? undefined : new Date(atMs).toISOString()
