import { z } from 'zod'
import { AskError, askJson, type Server } from './ask.ts'
import { readDuration, readYaml } from './read-yaml.ts'
import type { Labels } from './selector.ts'

/** An alert that is pending or firing. */
export interface PrometheusAlert {
  readonly labels: Labels
  readonly state: 'pending' | 'firing'
  /** When its condition began to hold, by Prometheus's clock, ms since 1970. */
  readonly activeAtMs: number
}

/** A rule that raises alerts. */
export interface AlertRule {
  readonly alert: string
  /** Labels it puts on its alerts. */
  readonly labels: Labels
  readonly query: string
  readonly forMs: number
  /** Evaluation interval of its group. */
  readonly intervalMs: number
  readonly group: string
  /** Why it cannot be evaluated; undefined when it can. */
  readonly problem: string | undefined
}

/** What of Prometheus's own config matters here. */
export interface ScrapeConfig {
  /** ms; undefined when the config does not say. */
  readonly intervalMs: number | undefined
  /** The job that scrapes the Windtunnel in question; undefined when none names its address. */
  readonly job: string | undefined
  /** Labels that alerts have in addition once they leave Prometheus. */
  readonly externalLabels: Labels
}

const labels = z.record(z.string(), z.string())
const time = z.string().transform((text, context) => {
  const ms = Date.parse(text)
  if (Number.isFinite(ms)) return ms
  context.addIssue({ code: 'custom', message: `not a time: ${text}` })
  return z.NEVER
})
const success = <T extends z.ZodType>(data: T) => z.object({ status: z.literal('success'), data }) // oxlint-disable-line typescript/explicit-function-return-type -- zod says it

const ALERTS = success(z.object({ alerts: z.array(z.object({ labels, state: z.string(), activeAt: time })) }))
const RULES = success(z.object({
  groups: z.array(z.object({
    name: z.string(),
    interval: z.number(),
    rules: z.array(z.object({
      type: z.string(), name: z.string(), query: z.string(), duration: z.number().default(0), labels: labels.default({}),
      health: z.string(), lastError: z.string().optional()
    }))
  }))
}))
const CONFIG = success(z.object({ yaml: z.string() }))
const SCALAR = success(z.object({ result: z.tuple([z.number(), z.string()]) }))
const ALERTMANAGERS = success(z.object({ activeAlertmanagers: z.array(z.object({ url: z.string() })) }))
const YAML = z.object({
  global: z.object({ scrape_interval: z.string().optional(), external_labels: z.record(z.string(), z.coerce.string()).nullish() }).optional(),
  scrape_configs: z.array(z.object({
    job_name: z.string(), scrape_interval: z.string().optional(),
    static_configs: z.array(z.object({ targets: z.array(z.string()).nullish() })).nullish()
  })).nullish()
})

/** Reads a Prometheus. All of it rejects with an AskError. Source: Prometheus, "HTTP API". */
export class PrometheusClient {
  private readonly server: Server

  constructor(server: Server) {
    this.server = server
  }

  async alerts(signal: AbortSignal): Promise<readonly PrometheusAlert[]> {
    const { data } = await askJson(this.server, 'GET', '/api/v1/alerts', ALERTS, signal)
    return data.alerts.flatMap(({ labels: of, state, activeAt }) => state === 'pending' || state === 'firing' ? { labels: of, state, activeAtMs: activeAt } : [])
  }

  async rules(signal: AbortSignal): Promise<readonly AlertRule[]> {
    const { data } = await askJson(this.server, 'GET', '/api/v1/rules?type=alert', RULES, signal)
    return data.groups.flatMap(({ name: group, interval, rules }) => rules.filter(({ type }) => type === 'alerting').map((rule): AlertRule => ({
      alert: rule.name, labels: rule.labels, query: rule.query, forMs: rule.duration * 1000, intervalMs: interval * 1000, group,
      problem: rule.health === 'err' ? rule.lastError ?? 'its evaluation fails' : undefined
    })))
  }

  /** @param target where the Windtunnel in question is scraped, as "host:port" */
  async scrapeConfig(target: string, signal: AbortSignal): Promise<ScrapeConfig> {
    const { data } = await askJson(this.server, 'GET', '/api/v1/status/config', CONFIG, signal)
    const parsed = YAML.safeParse(readYaml(data.yaml))
    if (!parsed.success) throw new AskError(`Prometheus at ${this.server.url} shows a config that cannot be read`)
    const { global, scrape_configs: jobs } = parsed.data
    const job = jobs?.find(({ static_configs: lists }) => lists?.some(({ targets }) => targets?.includes(target) === true) === true)
    return { intervalMs: readDuration(job?.scrape_interval ?? global?.scrape_interval), job: job?.job_name, externalLabels: global?.external_labels ?? {} }
  }

  /** Addresses of the Alertmanagers it sends to. */
  async alertmanagers(signal: AbortSignal): Promise<readonly string[]> {
    const { data } = await askJson(this.server, 'GET', '/api/v1/alertmanagers', ALERTMANAGERS, signal)
    return data.activeAlertmanagers.map(({ url }) => url)
  }

  /** Its clock, ms since 1970. */
  async time(signal: AbortSignal): Promise<number> {
    const { data } = await askJson(this.server, 'GET', '/api/v1/query?query=time()', SCALAR, signal)
    return data.result[0] * 1000
  }
}
