import { z } from 'zod'
import { askJson, type Server } from './ask.ts'
import { readYaml } from './read-yaml.ts'
import { type Routing, routing } from './routing.ts'
import type { Labels } from './selector.ts'

/** An alert as Alertmanager has it. */
export interface AlertmanagerAlert {
  readonly labels: Labels
  readonly state: 'active' | 'suppressed' | 'unprocessed'
  /** When it fired, by Prometheus's clock, ms since 1970. */
  readonly startsAtMs: number
  readonly receivers: readonly string[]
  /** Ids of silences, fingerprints of inhibiting alerts, names of mute intervals: why it is suppressed. */
  readonly suppressedBy: readonly string[]
}

const time = z.string().transform((text, context) => {
  const ms = Date.parse(text)
  if (Number.isFinite(ms)) return ms
  context.addIssue({ code: 'custom', message: `not a time: ${text}` })
  return z.NEVER
})

const ALERTS = z.array(z.object({
  labels: z.record(z.string(), z.string()),
  startsAt: time,
  receivers: z.array(z.object({ name: z.string() })),
  status: z.object({
    state: z.enum(['active', 'suppressed', 'unprocessed']),
    silencedBy: z.array(z.string()).nullish(), inhibitedBy: z.array(z.string()).nullish(), mutedBy: z.array(z.string()).nullish()
  })
}))
const STATUS = z.object({ config: z.object({ original: z.string() }) })

/** Reads an Alertmanager. All of it rejects with an AskError. Source: Alertmanager's OpenAPI document, API v2. */
export class AlertmanagerClient {
  private readonly server: Server

  constructor(server: Server) {
    this.server = server
  }

  async alerts(signal: AbortSignal): Promise<readonly AlertmanagerAlert[]> {
    const alerts = await askJson(this.server, 'GET', '/api/v2/alerts', ALERTS, signal)
    return alerts.map(({ labels, startsAt, receivers, status: { state, silencedBy, inhibitedBy, mutedBy } }): AlertmanagerAlert => ({
      labels, state, startsAtMs: startsAt, receivers: receivers.map(({ name }) => name),
      suppressedBy: [
        ...(silencedBy ?? []).map((id) => `silence ${id}`),
        ...(inhibitedBy ?? []).map((fingerprint) => `inhibited by ${fingerprint}`),
        ...(mutedBy ?? []).map((interval) => `muted by ${interval}`)
      ]
    }))
  }

  /** How it routes; undefined when its config does not say so in a way that is understood. */
  async routing(signal: AbortSignal): Promise<Routing | undefined> {
    const { config: { original } } = await askJson(this.server, 'GET', '/api/v2/status', STATUS, signal)
    return routing(readYaml(original))
  }
}
