import type { Exchange, ExchangeObserver } from '../core/exchange.ts'
import type { Counter, Histogram, Meter } from '../core/meter.ts'

// more than a config has: names of configs long gone are forgotten, their series stay with the meter
const MAX_ROUTES = 4096

/** Counts finished exchanges. Series are looked up by two short maps, and their codes by index. */
export function exchangeMetrics(meter: Meter): ExchangeObserver {
  const cells = new Map<string, Map<string, Cells>>()
  const countGroups = groupMetrics(meter)
  return (exchange) => {
    const { route, backend } = exchange
    let byBackend = cells.get(route)
    if (byBackend === undefined) {
      if (cells.size >= MAX_ROUTES) cells.clear()
      cells.set(route, byBackend = new Map())
    }
    let found = byBackend.get(backend)
    if (found === undefined) byBackend.set(backend, found = new Cells(meter, route, backend))
    found.count(exchange)
    if (exchange.decisions.length > 0) countGroups(exchange)
  }
}

/** Counts requests of the groups of chaos experiments: an error is what its client would call one. */
function groupMetrics(meter: Meter): (exchange: Exchange) => void {
  const groups = new Map<string, { readonly results: Map<string, Counter>, readonly duration: Histogram }>()
  return ({ decisions, status, ending, durationMs }) => {
    for (const { experiment, group, side } of decisions) {
      // who was drawn counts as drawn, though a limit has spared it: which ones are spared may depend on how they fare
      if (group === 'rest' || side === 'shadow') continue
      const key = `${group} ${experiment}`
      let found = groups.get(key)
      if (found === undefined) groups.set(key, found = { results: new Map(), duration: meter.histogram('chaos_group_duration_seconds', { experiment, group }) })
      const result = status >= 500 || status === 429 || ending === 'broken' ? 'error' : ending === 'client_gone' ? 'client_gone' : 'ok'
      let counter = found.results.get(result)
      if (counter === undefined) found.results.set(result, counter = meter.counter('chaos_group_requests_total', { experiment, group, result }))
      counter.add()
      found.duration.observe(durationMs / 1000)
    }
  }
}

class Cells {
  private readonly meter: Meter
  private readonly names: { readonly route: string, readonly backend: string }
  private readonly byStatus: Counter[] = []
  private readonly injectedByStatus: Counter[] = []
  private readonly duration: Histogram
  private firstByte: Histogram | undefined

  constructor(meter: Meter, route: string, backend: string) {
    this.meter = meter
    this.names = { route, backend }
    this.duration = meter.histogram('request_duration_seconds', this.names)
  }

  count({ status, durationMs, firstByteMs, code, injected }: Exchange): void {
    let counter = this.byStatus[status]
    if (counter === undefined) {
      counter = this.meter.counter('requests_total', { ...this.names, code: status === 0 ? 'none' : String(status) })
      this.byStatus[status] = counter
    }
    counter.add()
    this.duration.observe(durationMs / 1000)
    if (firstByteMs >= 0) {
      this.firstByte ??= this.meter.histogram('first_byte_seconds', this.names)
      this.firstByte.observe(firstByteMs / 1000)
    }
    if (injected.length > 0) this.countInjected(status)
    if (code !== '') this.meter.counter('request_errors_total', { ...this.names, reason: code }).add()
  }

  private countInjected(status: number): void {
    let counter = this.injectedByStatus[status]
    if (counter === undefined) {
      counter = this.meter.counter('injected_requests_total', { ...this.names, code: status === 0 ? 'none' : String(status) })
      this.injectedByStatus[status] = counter
    }
    counter.add()
  }
}
