import type { Labels, Meter } from '../core/meter.ts'
import type { Series } from '../telemetry/thread-meter.ts'

/**
 * Gives an outcome to the sampled requests that a data-plane thread had under way when it died, so that each has one: what
 * it had sampled, less what it had counted itself and what it had handed to the comparison, which counts that.
 * @param series of the thread that died
 */
export function countLost(series: readonly Series[], meter: Meter): void {
  const rest = new Map<string, { readonly labels: Labels, count: number }>()
  for (const { metric, labels, memory } of series) {
    const sign = SIGNS.get(metric)
    if (sign === undefined) continue
    const { route = '', mirror = '', backend = '', leg = '' } = labels
    const name = { route, mirror, backend, leg }
    const key = [route, mirror, backend, leg].join('\n')
    const one = rest.get(key) ?? { labels: name, count: 0 }
    one.count += sign * (new Float64Array(memory)[0] ?? 0)
    rest.set(key, one)
  }
  for (const { labels, count } of rest.values()) if (count > 0) meter.counter('mirror_requests_total', { ...labels, outcome: 'dropped_thread' }).add(count)
}

const SIGNS: ReadonlyMap<string, 1 | -1> = new Map([['mirror_sampled_total', 1], ['mirror_requests_total', -1], ['mirror_pairs', -1]])
