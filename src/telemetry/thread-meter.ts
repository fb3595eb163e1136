import type { Counter, Gauge, Histogram, Labels, Meter } from '../core/meter.ts'
import { METRICS, SECONDS_BUCKETS } from './metrics.ts'

/** One series of one thread, in memory that the scraping thread reads. */
export interface Series {
  readonly metric: string
  readonly labels: Labels
  /** float64: one value; for a histogram a count per bucket, one for the rest, and the sum. */
  readonly memory: SharedArrayBuffer
}

const MAX_SERIES = 8192

/**
 * Keeps a thread's numbers in shared memory: counting is an addition, scraping reads without asking, and what a thread
 * counted outlives it.
 */
export class ThreadMeter implements Meter {
  private readonly announce: (series: Series) => void
  private readonly cells = new Map<string, Cell>()

  /** `announce` hears of each new series. */
  constructor(announce: (series: Series) => void) {
    this.announce = announce
  }

  counter(name: string, labels: Labels): Counter {
    return this.cell(name, labels)
  }

  gauge(name: string, labels: Labels): Gauge {
    return this.cell(name, labels)
  }

  histogram(name: string, labels: Labels): Histogram {
    return this.cell(name, labels)
  }

  /** Makes room for others: a series of these labels would be a new one. Whoever heard of it has to let go of it as well. */
  forget(name: string, labels: Labels): void {
    this.cells.delete(keyOf(name, labels))
  }

  private cell(name: string, labels: Labels): Cell {
    const definition = METRICS.get(name)
    if (definition === undefined) throw new Error(`no such metric: ${name}`)
    const key = keyOf(name, labels)
    const known = this.cells.get(key)
    if (known !== undefined) return known
    if (this.cells.size >= MAX_SERIES && name !== 'series_dropped_total') {
      this.counter('series_dropped_total', {}).add()
      return new Cell(new SharedArrayBuffer((SECONDS_BUCKETS.length + 2) * 8))
    }
    const memory = new SharedArrayBuffer(definition.kind === 'histogram' ? (SECONDS_BUCKETS.length + 2) * 8 : 8)
    const cell = new Cell(memory)
    this.cells.set(key, cell)
    this.announce({ metric: name, labels, memory })
    return cell
  }
}

// labels in the order its metric declares them
const keyOf = (name: string, labels: Labels): string => `${name}\n${(METRICS.get(name)?.labels ?? []).map((label) => labels[label] ?? '').join('\n')}`

class Cell implements Counter, Gauge, Histogram {
  private readonly values: Float64Array

  constructor(memory: SharedArrayBuffer) {
    this.values = new Float64Array(memory)
  }

  add(amount = 1): void {
    this.values[0] = (this.values[0] ?? 0) + amount
  }

  set(value: number): void {
    this.values[0] = value
  }

  observe(value: number): void {
    const { values } = this
    let bucket = 0
    while (bucket < SECONDS_BUCKETS.length && value > (SECONDS_BUCKETS[bucket] ?? 0)) bucket++
    values[bucket] = (values[bucket] ?? 0) + 1
    const sum = SECONDS_BUCKETS.length + 1
    values[sum] = (values[sum] ?? 0) + value
  }
}
