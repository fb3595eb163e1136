import { closest } from '../../config/suggest.ts'
import { formatDuration } from '../../core/scalars.ts'
import { AskError } from './ask.ts'
import { checkAlerts } from './check-alerts.ts'
import { type ClockDifference, compareClocks } from './compare-clocks.ts'
import type { Pipeline } from './pipeline.ts'
import type { Plan } from './plan.ts'
import type { Problem } from './problem.ts'
import { rulesFor } from './rules-for.ts'
import { seconds } from './verdict.ts'
import type { Sources } from './watchers.ts'
import type { Experiment } from './windtunnel-client.ts'

/** What is known before anything is started. */
export interface Preflight {
  readonly problems: readonly Problem[]
  readonly pipeline: Pipeline
  readonly experiments: readonly Experiment[]
  readonly clock: ClockDifference
  /** How long after a fault its last traces may still reach a rule, ms. */
  readonly settleMs: number
}

export interface PreflightOptions {
  readonly plan: Plan
  readonly sources: Sources
  /** The admin API's "host:port", by which Prometheus may scrape it. */
  readonly target: string
  readonly now: () => number
  readonly signal: AbortSignal
}

/** Traces are not waited for any longer than this, however slow the rules are. */
const MAX_SETTLE_MS = 120_000

/** Asks everyone once, and says what will not work. @throws AskError when someone does not answer at all */
export async function preflight({ plan, sources: { prometheus, alertmanager, windtunnel }, target, now, signal }: PreflightOptions): Promise<Preflight> {
  const problems: Problem[] = []
  const doubt = (path: Problem['path'], message: string): void => void problems.push({ severity: 'warning', path, message })
  // what is only for the better is done without
  const optional = async <T>(path: Problem['path'], what: string, asked: Promise<T> | undefined): Promise<T | undefined> => {
    try {
      return await asked
    } catch (error) {
      if (!(error instanceof AskError)) throw error
      doubt(path, `${what}: ${error.message}`)
      return undefined
    }
  }
  const [experiments, rules, clock, scrape, routing, sendsTo] = await Promise.all([
    windtunnel.experiments(signal),
    prometheus.rules(signal),
    compareClocks(() => prometheus.time(signal), now),
    optional(['prometheus'], 'its scrape interval is not known', prometheus.scrapeConfig(target, signal)),
    alertmanager?.routing(signal),
    optional(['prometheus'], 'it is not known where it sends alerts', prometheus.alertmanagers(signal)),
    alertmanager?.alerts(signal),
    prometheus.alerts(signal)
  ])
  const pipeline: Pipeline = { scrape, rules, routing }
  if (scrape !== undefined && scrape.job === undefined) doubt(['prometheus'], `no scrape job names ${target}; its global interval is taken`)
  if (alertmanager !== undefined && sendsTo?.length === 0) doubt(['prometheus'], 'it sends alerts to no Alertmanager')
  if (clock.aheadMs !== 0 && Math.abs(clock.aheadMs) > 1000) doubt(['prometheus'], `its clock is ${seconds(Math.abs(clock.aheadMs))} ${clock.aheadMs > 0 ? 'ahead' : 'behind'}; times are corrected`)
  problems.push(...checkExperiments(plan, experiments), ...checkAlerts(plan, pipeline))
  const evaluationMs = Math.max(0, ...plan.rounds.flatMap(({ expect }) => expect.flatMap((expectation) => rulesFor(expectation, rules).map(({ intervalMs }) => intervalMs))))
  return { problems, pipeline, experiments, clock, settleMs: Math.min((scrape?.intervalMs ?? 0) + evaluationMs, MAX_SETTLE_MS) }
}

function checkExperiments({ rounds }: Plan, experiments: readonly Experiment[]): readonly Problem[] {
  const names = experiments.map(({ name }) => name)
  const running = experiments.filter(({ state }) => state === 'running')
  const problems: Problem[] = running.length === 0 ? [] : [{
    severity: 'error', path: ['rounds'], message: `experiments are running already: ${running.map(({ name }) => name).join(', ')}; control windows would not be free of faults`
  }]
  rounds.forEach(({ experiment, forMs }, i) => {
    if (experiment === null) return
    const found = experiments.find(({ name }) => name === experiment)
    if (found === undefined) {
      const suggestion = closest(experiment, names)
      const message = `the running config has no such experiment${suggestion === undefined ? names.length === 0 ? '' : `; it has ${names.join(', ')}` : ''}`
      problems.push({ severity: 'error', path: ['rounds', i, 'experiment'], message, suggestion })
    } else if (forMs === undefined && found.durationMs === undefined) {
      problems.push({ severity: 'error', path: ['rounds', i], message: 'the duration of the experiment is not known; set `for`' })
    } else if (forMs !== undefined && found.durationMs !== undefined && forMs > found.durationMs) {
      problems.push({ severity: 'warning', path: ['rounds', i, 'for'], message: `the experiment ends by itself after ${formatDuration(found.durationMs)}` })
    }
  })
  return problems
}
