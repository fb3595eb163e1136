import type { IncomingMessage, ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { AlertmanagerClient } from '../../../../src/control/gameday/alertmanager-client.ts'
import { loadPlan } from '../../../../src/control/gameday/load-plan.ts'
import type { Plan } from '../../../../src/control/gameday/plan.ts'
import { preflight } from '../../../../src/control/gameday/preflight.ts'
import { PrometheusClient } from '../../../../src/control/gameday/prometheus-client.ts'
import { type GamedayReport, reportOf } from '../../../../src/control/gameday/report.ts'
import { runGameday } from '../../../../src/control/gameday/runner.ts'
import type { Sources } from '../../../../src/control/gameday/watchers.ts'
import { WindtunnelClient } from '../../../../src/control/gameday/windtunnel-client.ts'
import { formatFinding } from '../../../../src/config/finding.ts'
import { Origin, sendJson } from '../../../clients/support/origin.ts'

/** What an alert does, in ms from the start of an experiment; without one, from when alerts are first asked for after the preflight. */
export interface Script {
  readonly alert: string
  readonly labels?: Readonly<Record<string, string>>
  readonly experiment?: string | undefined
  /** Each: when it becomes pending, when it fires, and when it is over if that is before the experiment is stopped. */
  readonly spells: readonly (readonly [pendingMs: number, firingMs: number, endMs?: number])[]
  /** How long it stays once the experiment is stopped; 30 by default. */
  readonly lingerMs?: number
  readonly receivers?: readonly string[]
  readonly silencedBy?: readonly string[]
  readonly inhibitedBy?: readonly string[]
  /** From firing to the webhook; never by default. */
  readonly notifyMs?: number
}

export interface Rule {
  readonly name: string
  readonly health?: 'ok' | 'err'
  readonly lastError?: string
  readonly duration?: number
  readonly labels?: Readonly<Record<string, string>>
}

interface State {
  startedMs: number
  stoppedMs: number | undefined
  injected: number
}

/** A Windtunnel's admin API, a Prometheus and an Alertmanager, as far as a game day looks at them, with everything scripted. */
export class FakeStack {
  scripts: readonly Script[] = []
  rules: readonly Rule[] = []
  /** Injections per ms while an experiment runs. */
  perMs = 1
  /** How long experiments last. */
  durationMs = 60_000
  /** What Prometheus's clock is ahead, ms. */
  aheadMs = 0
  /** Which of them do not answer. */
  readonly down = new Set<'prometheus' | 'alertmanager' | 'stop' | 'counts'>()
  readonly calls: string[] = []
  webhook: string | undefined
  private readonly experiments: Map<string, State | undefined>
  private startMs: number | undefined
  private asked = 0
  private readonly notified = new Set<string>()
  private readonly origin: Origin

  private constructor(origin: Origin, experiments: readonly string[]) {
    this.origin = origin
    this.experiments = new Map(experiments.map((name) => [name, undefined]))
  }

  static async start(...experiments: readonly string[]): Promise<FakeStack> {
    const origin: Origin = await Origin.start((request, response) => stack.serve(request, response))
    const stack = new FakeStack(origin, experiments)
    const timer = setInterval(() => void stack.notify(), 5)
    onTestFinished(() => {
      clearInterval(timer)
      return origin.close()
    })
    return stack
  }

  get admin(): string {
    return this.origin.url
  }

  get yamlHead(): string {
    return `version: 1\nprometheus: ${this.admin}/prometheus\nalertmanager: ${this.admin}/alertmanager\npoll: 10ms\ncontrol: { before: 60ms, between: 40ms, after: 60ms, quiet: 200ms }\n`
  }

  isRunning(name: string): boolean {
    const state = this.experiments.get(name)
    return state !== undefined && state.stoppedMs === undefined && Date.now() < state.startedMs + this.durationMs
  }

  get sources(): Sources {
    return {
      prometheus: new PrometheusClient({ name: 'Prometheus', url: `${this.admin}/prometheus`, timeoutMs: 1000 }),
      alertmanager: new AlertmanagerClient({ name: 'Alertmanager', url: `${this.admin}/alertmanager`, timeoutMs: 1000 }),
      windtunnel: new WindtunnelClient({ name: 'Windtunnel', url: this.admin, timeoutMs: 1000 })
    }
  }

  /** Holds a game day of this YAML, below `yamlHead`, and judges it. */
  async hold(yaml: string, { signal = new AbortController().signal, said = [], onStart = (): void => undefined }: { signal?: AbortSignal, said?: string[], onStart?: () => void } = {}): Promise<GamedayReport> {
    const plan = this.plan(yaml)
    const { sources } = this
    const { pipeline, clock, settleMs } = await preflight({ plan, sources, target: new URL(this.admin).host, now: Date.now, signal })
    onStart()
    const record = await runGameday({ plan, sources, clock, settleMs, now: Date.now, say: (line) => {
      said.push(line)
      this.webhook ??= /http:\/\/\S+/.exec(line)?.[0]
    }, signal })
    return reportOf(record, plan, pipeline)
  }

  plan(yaml: string): Plan {
    const loaded = loadPlan(this.yamlHead + yaml, { file: 'gameday.yaml', env: {}, readFile: () => '' })
    if (!loaded.ok) throw new Error(loaded.findings.map(formatFinding).join('\n'))
    return loaded.plan
  }

  private injected(name: string): number {
    const state = this.experiments.get(name)
    if (state === undefined) return 0
    const endMs = Math.min(state.stoppedMs ?? Infinity, state.startedMs + this.durationMs, Date.now())
    return state.injected + Math.floor((endMs - state.startedMs) * this.perMs)
  }

  private active(): { script: Script, state: 'pending' | 'firing', activeAtMs: number, firedAtMs: number }[] {
    const now = Date.now()
    const startMs = this.startMs ?? now
    return this.scripts.flatMap((script) => {
      const experiment = script.experiment === undefined ? undefined : this.experiments.get(script.experiment)
      if (script.experiment !== undefined && experiment === undefined) return []
      const base = experiment?.startedMs ?? startMs
      const lastMs = experiment === undefined ? Infinity : (experiment.stoppedMs ?? base + this.durationMs) + (script.lingerMs ?? 30)
      return script.spells.flatMap(([pendingMs, firingMs, endMs = Infinity]) => {
        const overMs = Math.min(base + endMs, lastMs)
        if (now < base + pendingMs || now >= overMs || base + pendingMs > (experiment?.stoppedMs ?? Infinity)) return []
        return [{ script, state: now >= base + firingMs ? 'firing' as const : 'pending' as const, activeAtMs: base + pendingMs, firedAtMs: base + firingMs }]
      })
    })
  }

  private async notify(): Promise<void> {
    if (this.webhook === undefined || this.down.has('alertmanager')) return
    await Promise.all(this.active().map(async ({ script, state, firedAtMs }) => {
      const key = `${script.alert} ${firedAtMs}`
      const { receivers: [receiver = 'gameday'] = [], notifyMs = Infinity } = script
      if (state !== 'firing' || this.notified.has(key) || Date.now() < firedAtMs + notifyMs || script.silencedBy !== undefined) return
      this.notified.add(key)
      const alert = { status: 'firing', labels: labelsOf(script), annotations: {}, startsAt: this.iso(firedAtMs), endsAt: '0001-01-01T00:00:00Z', generatorURL: '', fingerprint: key }
      await fetch(this.webhook!, { method: 'POST', body: JSON.stringify({ version: '4', groupKey: '{}', status: 'firing', receiver, alerts: [alert] }) })
    }))
  }

  private iso(ms: number): string {
    return new Date(ms + this.aheadMs).toISOString()
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').replace(/\?.*$/, '')
    if (request.method === 'POST') this.calls.push(path)
    const gone = (path.startsWith('/prometheus') && this.down.has('prometheus')) || (path.startsWith('/alertmanager') && this.down.has('alertmanager')) ||
      (path.endsWith('/stop') && this.down.has('stop')) || (path === '/metrics' && this.down.has('counts'))
    if (gone) return void response.destroy()
    const [, name, verb] = /^\/api\/v1\/chaos\/([^/]+)\/(\w+)$/.exec(path) ?? []
    if (name !== undefined && verb !== undefined) return this.chaos(decodeURIComponent(name), verb, response)
    switch (path) {
      case '/api/v1/chaos': return sendJson(response, this.listing())
      case '/metrics': return void response.end([...this.experiments.keys()].map((one) => `windtunnel_chaos_injected_total{experiment="${one}",fault="delay",arm="primary"} ${this.injected(one)}\n`).join(''))
      case '/prometheus/api/v1/alerts':
        if (this.asked++ > 0) this.startMs ??= Date.now()
        return sendJson(response, { status: 'success', data: { alerts: this.active().map(({ script, state, activeAtMs }) => ({ labels: labelsOf(script), annotations: {}, state, activeAt: this.iso(activeAtMs), value: '1e+00' })) } })
      case '/prometheus/api/v1/rules': return sendJson(response, { status: 'success', data: { groups: [{ name: 'group', file: 'r.yml', interval: 0.02, rules: this.rules.map(({ health = 'ok', duration = 0, labels = {}, ...rule }) => ({ ...rule, health, duration, labels, query: 'rate(x[1m]) > 1', annotations: {}, alerts: [], type: 'alerting' })) }] } })
      case '/prometheus/api/v1/status/config': return sendJson(response, { status: 'success', data: { yaml: `global:\n  scrape_interval: 1m\nscrape_configs:\n- job_name: windtunnel\n  scrape_interval: 30ms\n  static_configs:\n  - targets:\n    - ${new URL(this.admin).host}\n` } })
      case '/prometheus/api/v1/alertmanagers': return sendJson(response, { status: 'success', data: { activeAlertmanagers: [{ url: this.admin }], droppedAlertmanagers: [] } })
      case '/prometheus/api/v1/query': {
        const time = (Date.now() + this.aheadMs) / 1000
        return sendJson(response, { status: 'success', data: { resultType: 'scalar', result: [time, String(time)] } })
      }
      case '/alertmanager/api/v2/alerts': return sendJson(response, this.active().filter(({ state }) => state === 'firing').map(({ script, firedAtMs }) => ({
        labels: labelsOf(script), annotations: {}, startsAt: this.iso(firedAtMs), endsAt: this.iso(firedAtMs + 1000), updatedAt: this.iso(firedAtMs), fingerprint: 'f', generatorURL: '',
        receivers: (script.receivers ?? ['gameday']).map((one) => ({ name: one })),
        status: { state: script.silencedBy !== undefined || script.inhibitedBy !== undefined ? 'suppressed' : 'active', silencedBy: script.silencedBy ?? [], inhibitedBy: script.inhibitedBy ?? [] }
      })))
      case '/alertmanager/api/v2/status': return sendJson(response, { config: { original: 'route:\n  receiver: gameday\n  group_wait: 40ms\n  routes:\n  - receiver: elsewhere\n    matchers: [team="other"]\nreceivers:\n- name: gameday\n- name: elsewhere\n' } })
      default: return sendJson(response, { error: { code: 'not_found', message: `there is nothing at ${path}` } }, 404)
    }
  }

  private listing(): unknown {
    return { experiments: [...this.experiments.keys()].map((name) => ({ name, state: this.isRunning(name) ? 'running' : 'stopped', durationMs: this.durationMs })) }
  }

  private chaos(name: string, verb: string, response: ServerResponse): void {
    if (!this.experiments.has(name)) return sendJson(response, { error: { code: 'unknown_experiment', message: `there is no chaos experiment ${name}` } }, 404)
    if (verb === 'start') this.experiments.set(name, { startedMs: Date.now(), stoppedMs: undefined, injected: this.injected(name) })
    else if (verb === 'stop') {
      const state = this.experiments.get(name)
      if (state !== undefined) state.stoppedMs ??= Date.now()
    } else return sendJson(response, { error: { code: 'not_found', message: 'there is nothing' } }, 404)
    sendJson(response, this.listing())
  }
}

const labelsOf = ({ alert, labels }: Script): Record<string, string> => ({ alertname: alert, ...labels })
