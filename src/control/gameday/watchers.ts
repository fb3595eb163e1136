import { setTimeout as sleep } from 'node:timers/promises'
import type { AlertmanagerClient } from './alertmanager-client.ts'
import type { Observer } from './observer.ts'
import type { PrometheusClient } from './prometheus-client.ts'
import type { Source } from './record.ts'
import type { WindtunnelClient } from './windtunnel-client.ts'

/** Whom a game day asks. */
export interface Sources {
  readonly prometheus: PrometheusClient
  readonly alertmanager: AlertmanagerClient | undefined
  readonly windtunnel: WindtunnelClient
}

export interface WatchOptions {
  readonly pollMs: number
  readonly now: () => number
  /** Told which experiments run, and when that was asked. */
  readonly onRunning: (names: ReadonlySet<string>, sentMs: number) => void
}

/** The first injection is when everything begins to be counted from, so that it is looked for more often. */
const COUNTS_EVERY_MS = 250
/** Rules seldom change, and their list can be long. */
const RULES_EVERY_POLLS = 10

/** Asks all sources again and again, each at its own pace so that none waits for another, until the signal. Never rejects. */
export async function watchAll({ prometheus, alertmanager, windtunnel }: Sources, observer: Observer, { pollMs, now, onRunning }: WatchOptions, signal: AbortSignal): Promise<void> {
  const repeat = async (source: Source, everyMs: number, look: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      try {
        await look() // oxlint-disable-line no-await-in-loop -- one look after the other
      } catch (error) {
        if (signal.aborted) return
        observer.failed(source, now(), error instanceof Error ? error.message : String(error))
      }
      await sleep(everyMs, undefined, { signal }).catch(() => undefined) // oxlint-disable-line no-await-in-loop -- the pace
    }
  }
  await Promise.all([
    repeat('Prometheus', pollMs, async () => {
      const alerts = await prometheus.alerts(signal)
      observer.alerts(now(), alerts)
    }),
    repeat('Prometheus', pollMs * RULES_EVERY_POLLS, async () => {
      const rules = await prometheus.rules(signal)
      observer.rules(now(), rules)
    }),
    ...alertmanager === undefined ? [] : [repeat('Alertmanager', pollMs, async () => {
      const alerts = await alertmanager.alerts(signal)
      observer.handling(now(), alerts)
    })],
    repeat('Windtunnel', Math.min(pollMs, COUNTS_EVERY_MS), async () => {
      const sentMs = now()
      const [counts, experiments] = await Promise.all([windtunnel.injected(signal), windtunnel.experiments(signal)])
      observer.injected(sentMs, now(), counts)
      onRunning(new Set(experiments.filter(({ state }) => state === 'running').map(({ name }) => name)), sentMs)
    })
  ])
}
