import type { AlertRule, ScrapeConfig } from './prometheus-client.ts'
import { noticedBy, receiverOf } from './facts.ts'
import { type Floor, floorOf } from './floor.ts'
import type { Expectation, Plan } from './plan.ts'
import { readDuration } from './read-yaml.ts'
import type { Destination, Routing } from './routing.ts'
import { isTemplate, rulesFor } from './rules-for.ts'
import type { Labels } from './selector.ts'

/** How an alert travels, by the configs of Prometheus and Alertmanager; undefined where they could not be read. */
export interface Pipeline {
  readonly scrape: ScrapeConfig | undefined
  readonly rules: readonly AlertRule[]
  readonly routing: Routing | undefined
}

/** Where an expected alert goes, by the labels that are known of it; more come from the series it is about. */
export function destinationsOf(expectation: Expectation, { rules, routing, scrape }: Pipeline, seen?: Labels): readonly Destination[] {
  const [rule] = rulesFor(expectation, rules)
  const fixed = Object.fromEntries(Object.entries(rule?.labels ?? {}).filter(([, value]) => !isTemplate(value)))
  return routing?.route(seen ?? { ...scrape?.externalLabels, ...fixed, ...expectation.labels, alertname: expectation.alert }) ?? []
}

/**
 * How soon an expected alert can be noticed at all, by the fastest rule that may raise it; undefined where there is none.
 * @param seen labels of the alert once it has been seen in Alertmanager
 */
export function floorFor(expectation: Expectation, plan: Plan, pipeline: Pipeline, seen?: Labels): Floor | undefined {
  const destinations = destinationsOf(expectation, pipeline, seen)
  const receiver = receiverOf(expectation, plan)
  const destination = destinations.find((one) => one.receiver === receiver) ?? destinations[0]
  // what is seen in Alertmanager is seen before its group is waited for
  const groupWaitMs = noticedBy(expectation, plan) === 'webhook' ? destination?.groupWaitMs : undefined
  const floors = rulesFor(expectation, pipeline.rules).map(({ forMs, intervalMs, query }) =>
    floorOf({ scrapeMs: pipeline.scrape?.intervalMs, evaluationMs: intervalMs, forMs, groupWaitMs, windowMs: windowOf(query) }))
  return floors.toSorted((a, b) => a.mostMs - b.mostMs)[0]
}

/** The longest range a query looks back over, ms. */
export function windowOf(query: string): number | undefined {
  const ranges = [...query.matchAll(/\[((?:\d+(?:ms|[smhdwy]))+)(?::[^\]]*)?\]/g)].flatMap(([, text]) => readDuration(text) ?? [])
  return ranges.length === 0 ? undefined : Math.max(...ranges)
}
