import { collectDefaultMetrics, type Metric, type MetricObject, Registry } from 'prom-client'
import type { Fold, FoldedSeries } from './fold.ts'
import { METRICS, PREFIX, SECONDS_BUCKETS, type MetricDefinition } from './metrics.ts'

/** The page Prometheus scrapes, and its content type. */
export interface Exposition {
  readonly contentType: string
  render(): Promise<string>
}

/**
 * Puts folded series and the process's own metrics on a page.
 * @param refresh sets gauges that are only known when asked
 */
export function createExposition(fold: Fold, refresh: () => void): Exposition {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  let folded: ReadonlyMap<string, readonly FoldedSeries[]> = new Map()
  for (const [name, definition] of METRICS) {
    const metric = { name: PREFIX + name, get: () => Promise.resolve(describe(name, definition, folded.get(name) ?? [])) }
    registry.registerMetric(metric as unknown as Metric) // holds: name and get are all the registry asks of a metric
  }
  return {
    contentType: registry.contentType,
    render: () => {
      refresh()
      folded = fold.collect()
      return registry.metrics()
    }
  }
}

// gauges under the names of counters, which Prometheus's own checker refuses; each is the sum of one that stays
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

interface Value {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

function describe(name: string, definition: MetricDefinition, series: readonly FoldedSeries[]): MetricObject {
  const full = PREFIX + name
  const values: Value[] = definition.kind === 'histogram'
    ? series.flatMap((one) => histogramValues(full, one))
    : series.map(({ labels, values: [value = 0] }) => ({ value, labels }))
  return { name: full, help: definition.help, type: definition.kind, values, aggregator: 'sum' } as unknown as MetricObject // holds: as the registry's own metrics return
}

function histogramValues(name: string, { labels, values }: FoldedSeries): Value[] {
  let count = 0
  const buckets = SECONDS_BUCKETS.map((le, i) => {
    count += values[i] ?? 0
    return { value: count, labels: { le, ...labels }, metricName: `${name}_bucket` }
  })
  count += values[SECONDS_BUCKETS.length] ?? 0
  return [
    ...buckets,
    { value: count, labels: { le: '+Inf', ...labels }, metricName: `${name}_bucket` },
    { value: values[SECONDS_BUCKETS.length + 1] ?? 0, labels, metricName: `${name}_sum` },
    { value: count, labels, metricName: `${name}_count` }
  ]
}
