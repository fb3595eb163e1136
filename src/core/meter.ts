/** Labels of one series, in the order its metric declares them. */
export type Labels = Readonly<Record<string, string>>

/** A number that only grows, for as long as its thread lives. */
export interface Counter {
  /** Adds `amount` (1 when left out), at the cost of one addition to memory. */
  add(amount?: number): void
}

/** A number that goes up and down. */
export interface Gauge {
  set(value: number): void
  add(amount: number): void
}

/** Counts values by size. */
export interface Histogram {
  /** Counts one value, in the metric's unit. */
  observe(value: number): void
}

/**
 * Where a thread's numbers are kept. Series are made when a plan is compiled or a status is first seen, and asking twice
 * for one gives the same; counting into one takes no look-up.
 */
export interface Meter {
  counter(name: string, labels: Labels): Counter
  gauge(name: string, labels: Labels): Gauge
  histogram(name: string, labels: Labels): Histogram
}
