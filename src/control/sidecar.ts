import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { arch, hostname, release, type } from 'node:os'
import { Switchboard } from '../chaos/switchboard.ts'
import { describeChanges } from '../config/changes.ts'
import { type Finding, formatFinding } from '../config/finding.ts'
import type { Config } from '../config/types.ts'
import { sharedClock } from '../core/clock.ts'
import { StartupError } from '../core/errors.ts'
import { createExposition } from '../telemetry/exposition.ts'
import { Fold } from '../telemetry/fold.ts'
import type { Logger } from '../telemetry/logger.ts'
import { ThreadMeter } from '../telemetry/thread-meter.ts'
import { createEndpoints } from './admin/endpoints.ts'
import { createGuard, tokenFileOf } from './admin/guard.ts'
import { AdminServer } from './admin/server.ts'
import type { JournalPlace } from './chaos-run/journal.ts'
import { ChaosControl, type StartOptions, type StartRefusal } from './chaos-control.ts'
import { type ConfigSource, digestNow, digestOf, type GoodConfig, loadSource, nameOf, readSource, renewals } from './config-store.ts'
import { Budgets } from './budgets.ts'
import { type DrawOf, drawsOf } from './explain-chaos.ts'
import { noteFileLimit } from './file-limit.ts'
import { Health } from './health.ts'
import type { PlanMessage } from './messages.ts'
import type { LedgerRow } from './ledger.ts'
import { type MirrorReport, reportMirrors } from './mirror-report.ts'
import { mirrorsOf } from './judges.ts'
import { NO_OUTCOMES, type Outcome, type OutcomeCounts } from './outcomes.ts'
import { Supervisor } from './supervisor.ts'
import { VERSION } from './version.ts'
import { watchFile } from './watch.ts'

/** How an attempt to load a config went. */
export type ReloadResult =
  | { readonly ok: true, readonly hash: string, readonly changes: readonly string[] }
  | { readonly ok: false, readonly message: string, readonly findings: readonly Finding[] }

export interface SidecarOptions {
  readonly source: ConfigSource
  readonly env: Readonly<Record<string, string | undefined>>
  readonly wallClock: () => number
  readonly log: Logger
  /** Least severity that is logged, in place of the config's. */
  readonly logLevel?: string | undefined
}

/** What `GET /api/v1/status` and `windtunnel status` show. */
export interface Status {
  readonly version: string
  readonly node: string
  readonly state: 'starting' | 'ready' | 'draining'
  readonly startedAt: string
  readonly config: { readonly source: string, readonly hash: string, readonly loadedAt: string }
  readonly lastReload: { readonly at: string } & ReloadResult
  readonly threads: number
  readonly listen: string
  readonly backends: readonly { readonly name: string, readonly url: string, /** False where nothing checks its health; it then counts as healthy. */ readonly checked: boolean, readonly healthy: boolean, readonly ejectedIn: number }[]
  readonly chaosRunning: readonly string[]
}

/** The whole of a running Windtunnel, as the main thread holds it: config, threads, admin API, chaos and health. */
export class Sidecar {
  readonly chaos: ChaosControl
  readonly fold: Fold = new Fold()
  private readonly options: SidecarOptions
  private readonly meter: ThreadMeter
  private readonly health: Health
  private readonly budgets: Budgets
  private readonly supervisor: Supervisor
  private readonly admin: AdminServer
  private readonly startedAtMs: number
  /** What listeners were made of; they stay as they are until a restart. */
  private readonly first: Config
  private current: GoodConfig
  private loadedAtMs: number
  private lastReload: Status['lastReload']
  /** Digest of what was last read; undefined where that failed, so that it is loaded when it can be read again. */
  private seen: string | undefined
  /** Settles when the start, or the last load that was asked for, is over. */
  private settled: Promise<unknown> = Promise.resolve()
  private nextLoad: Promise<ReloadResult> | undefined
  private started = false
  private stopWatching: (() => void) | undefined
  private adminPort = 0
  private drainingSince = 0

  /** @throws StartupError when the config does not hold */
  constructor(options: SidecarOptions) {
    this.options = options
    const { source, env, log, wallClock } = options
    const text = readSource(source)
    const loaded = loadSource(source, text, env)
    if (!loaded.ok) throw new StartupError('bad_config', describe(loaded.findings, loaded.message))
    log.level = options.logLevel ?? loaded.config.log.level
    for (const warning of loaded.warnings) log.warn({ path: warning.path, line: warning.line }, warning.message)
    this.current = loaded
    this.seen = digestOf(text, loaded)
    this.first = loaded.config
    this.startedAtMs = wallClock()
    this.loadedAtMs = this.startedAtMs
    this.lastReload = { at: new Date(this.startedAtMs).toISOString(), ok: true, hash: loaded.hash, changes: [] }
    this.meter = new ThreadMeter((series) => this.fold.add('main', series))
    const switchboard = new Switchboard()
    this.health = new Health(this.meter, log)
    this.budgets = new Budgets(this.meter, options.wallClock)
    this.supervisor = new Supervisor({
      plan: this.planOf(loaded),
      instance: randomBytes(4).toString('hex'),
      secret: randomBytes(16).toString('hex'),
      switchboard: switchboard.memory,
      health: this.health.memory,
      budgets: this.budgets.memory,
      fold: this.fold,
      meter: this.meter,
      log,
      onDataPlaneDeath: () => this.chaos.stopAll('a data-plane thread died', true)
    })
    this.chaos = new ChaosControl({ switchboard, clock: sharedClock(), wallClock, meter: this.meter, log, release: (experiment) => this.supervisor.release(experiment), collect: () => this.fold.collect() })
    const exposition = createExposition(this.fold, () => {
      this.meter.gauge('chaos_active', {}).set(switchboard.active)
      this.chaos.measure()
      this.budgets.measure()
    })
    const guard = createGuard(loaded.config.admin.address, () => this.current.config.admin.hosts, () => readToken(tokenFileOf(this.first.admin, this.current.config.admin)))
    this.admin = new AdminServer(createEndpoints(this, exposition), guard, log)
  }

  /** Starts everything, or nothing. @throws StartupError when a port cannot be had */
  async start(): Promise<void> {
    const starting = this.begin()
    this.settled = starting.catch(() => undefined)
    try {
      await starting
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  private async begin(): Promise<void> {
    const { config, hash } = this.current
    this.meter.gauge('build_info', { version: VERSION, node: process.version }).set(1)
    this.noteConfig(undefined, hash)
    this.adminPort = await this.admin.listen(config.admin.address)
    this.health.follow(this.planOf(this.current))
    this.budgets.follow(this.current.config)
    noteFileLimit(config, this.options.log)
    await this.supervisor.start()
    this.started = true
    this.chaos.take(config)
    this.chaos.startOnLoad()
    const { source } = this.options
    if (source.kind === 'file') this.stopWatching = watchFile(source.file, () => void this.reloadIfChanged())
  }

  get draining(): boolean {
    return this.drainingSince > 0
  }

  /** `host:port` that clients and the admin's clients connect to. */
  get addresses(): { readonly listen: string, readonly admin: string } {
    const { listen, admin } = this.first
    return { listen: at(listen.address.host, this.supervisor.port), admin: at(admin.address.host, this.adminPort) }
  }

  /** The effective config with secrets hidden. */
  get config(): { readonly source: string, readonly hash: string, readonly loadedAt: string, readonly config: unknown } {
    return { source: nameOf(this.options.source), hash: this.current.hash, loadedAt: new Date(this.loadedAtMs).toISOString(), config: this.current.redacted }
  }

  /** Loads the config again. One that does not hold changes nothing. One load at a time. */
  reload(): Promise<ReloadResult> {
    // a load that has begun may have read the file before it was changed, so whoever asks during it gets another
    this.nextLoad ??= this.settled.then(() => {
      this.nextLoad = undefined
      return this.load()
    })
    this.settled = this.nextLoad.catch(() => undefined)
    return this.nextLoad
  }

  /** Starts an experiment, after a load that is under way: what it is to hit is then known. @returns why not, if it was not */
  async startChaos(name: string, options?: StartOptions): Promise<StartRefusal | 'draining' | undefined> {
    await this.settled
    return this.draining ? 'draining' : this.chaos.start(name, options)
  }

  /** Where its runs of chaos experiments were, for journals. */
  get place(): JournalPlace {
    const { prometheus } = this.current.config.chaos ?? {}
    return { version: VERSION, platform: `${type()}-${release()}-${arch()}`, node: hostname(), adminUrl: `http://${this.addresses.admin}`, ...prometheus !== undefined && { prometheusUrl: prometheus } }
  }

  /** What chaos decided for a request, newest first; undefined when the analyst does not answer. */
  decisionsOn(requestId: string): Promise<readonly LedgerRow[] | undefined> {
    return this.supervisor.decisionsOn(requestId)
  }

  /** What chaos would draw for a request of this id, whatever its route. */
  drawsOf(requestId: string): readonly DrawOf[] {
    return drawsOf(this.current.config, requestId)
  }

  async mirrors(): Promise<readonly MirrorReport[]> {
    const snapshots = await this.supervisor.snapshot()
    return reportMirrors(mirrorsOf(this.current.config), this.fold, snapshots)
  }

  /** Tells the comparisons what turned out to be true about requests; undefined when they do not answer. */
  learn(outcomes: readonly Outcome[]): Promise<OutcomeCounts | undefined> {
    return outcomes.length === 0 ? Promise.resolve(NO_OUTCOMES) : this.supervisor.learn(outcomes)
  }

  status(): Status {
    const { config } = this.current
    const threads = this.supervisor.threads
    const ejected = this.fold.collect().get('backend_ejected') ?? []
    return {
      version: VERSION,
      node: process.version,
      state: this.draining ? 'draining' : this.started && threads.listening > 0 ? 'ready' : 'starting',
      startedAt: new Date(this.startedAtMs).toISOString(),
      config: { source: nameOf(this.options.source), hash: this.current.hash, loadedAt: new Date(this.loadedAtMs).toISOString() },
      lastReload: this.lastReload,
      threads: threads.count,
      listen: this.addresses.listen,
      backends: Object.entries(config.backends).map(([name, { url, health }]) => ({
        name,
        url,
        checked: health !== undefined,
        healthy: this.health.isHealthy(name),
        ejectedIn: ejected.find(({ labels }) => labels['backend'] === name)?.values[0] ?? 0
      })),
      chaosRunning: this.chaos.list().filter(({ state }) => state === 'running').map(({ name }) => name)
    }
  }

  /** Fails readiness, waits as configured, lets requests end, and stops. */
  async drain(): Promise<void> {
    if (this.draining) return
    const { shutdown } = this.current.config
    this.drainingSince = this.options.wallClock()
    this.stopWatching?.()
    this.chaos.stopAll('shutting down')
    this.options.log.info({ delayMs: shutdown.delay, graceMs: shutdown.grace }, 'draining')
    await new Promise((resolve) => setTimeout(resolve, shutdown.delay))
    await this.supervisor.drain(shutdown.grace)
    await this.stop()
    this.options.log.info('stopped')
  }

  /** Stops at once. */
  async stop(): Promise<void> {
    this.stopWatching?.()
    this.chaos.close()
    this.health.stop()
    this.admin.close()
    await this.supervisor.stop()
  }

  private async reloadIfChanged(): Promise<void> {
    try {
      // certificates are renewed under the names they had
      if (digestNow(readSource(this.options.source), this.current.config) !== this.seen) await this.reload()
    } catch {
      // the file is gone for a moment, as it is while an editor saves; a reload that is asked for says so
    }
  }

  private async load(): Promise<ReloadResult> {
    const { log, wallClock } = this.options
    const result = await this.tryLoad().catch((error: unknown) => refused(error))
    this.lastReload = { at: new Date(wallClock()).toISOString(), ...result }
    this.meter.counter('config_reloads_total', { result: result.ok ? 'success' : 'failure' }).add()
    this.meter.gauge('config_last_reload_successful', {}).set(result.ok ? 1 : 0)
    if (!result.ok) log.error({ problem: result.message }, 'config not taken; the one in force stays')
    else if (result.changes.length === 0) log.info({ hash: result.hash }, 'config loaded; nothing changed')
    else log.info({ hash: result.hash, changes: result.changes }, 'config loaded')
    return result
  }

  private async tryLoad(): Promise<ReloadResult> {
    const { source, env, log } = this.options
    if (this.draining) return refused('nothing is loaded while draining')
    this.seen = undefined
    const text = readSource(source)
    this.seen = digestNow(text, this.current.config) // or what is wrong would be tried again and again
    const loaded = loadSource(source, text, env)
    if (!loaded.ok) {
      // whoever can read this page need not be allowed to read the file
      const findings = loaded.findings.map((finding) => ({ ...finding, source: '' }))
      return { ok: false, message: describe(findings, loaded.message), findings }
    }
    const before = this.current
    const changes = [...describeChanges(before.config, loaded.config), ...renewals(before, loaded)]
    if (loaded.hash === before.hash && changes.length === 0) return { ok: true, hash: loaded.hash, changes }
    await this.supervisor.apply(this.planOf(loaded), () => this.chaos.stopAll('a config was loaded'))
    log.level = this.options.logLevel ?? loaded.config.log.level
    for (const warning of loaded.warnings) log.warn({ path: warning.path, line: warning.line }, warning.message)
    this.current = loaded
    this.seen = digestOf(text, loaded)
    this.loadedAtMs = this.options.wallClock()
    this.health.follow(this.planOf(loaded))
    this.budgets.follow(loaded.config)
    this.chaos.take(loaded.config)
    this.chaos.startOnLoad()
    this.noteConfig(before.hash, loaded.hash)
    return { ok: true, hash: loaded.hash, changes }
  }

  private planOf({ config, hash, tls, authorities }: GoodConfig): PlanMessage {
    return { config, hash, tls, authorities, healthSlots: this.health.assign(config), budgetSlots: this.budgets.assign(config) }
  }

  private noteConfig(before: string | undefined, hash: string): void {
    if (before !== undefined && before !== hash) {
      // a series for every config there ever was would grow with time
      this.meter.forget('config_info', { hash: before })
      this.fold.remove('main', 'config_info', { hash: before })
    }
    this.meter.gauge('config_info', { hash }).set(1)
    this.meter.gauge('config_last_reload_successful', {}).set(1)
    this.meter.gauge('config_last_reload_success_timestamp_seconds', {}).set(this.loadedAtMs / 1000)
  }
}

const at = (host: string, port: number): string => host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

const describe = (findings: readonly Finding[], message: string | undefined): string =>
  [...findings.map(formatFinding), ...message === undefined ? [] : [message]].join('\n')

const refused = (why: unknown): ReloadResult => ({ ok: false, message: why instanceof Error ? why.message : String(why), findings: [] })

// read for each write: a rotated secret holds at once, and a file that cannot be read opens nothing
function readToken(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  const token = readFileSync(file, 'utf8').trim()
  if (token === '') throw new Error(`admin.tokenFile: ${file} is empty`)
  return token
}
