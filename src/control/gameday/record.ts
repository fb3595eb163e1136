import type { AlertRule } from './prometheus-client.ts'
import type { Labels } from './selector.ts'

// Everything that was observed, as plain data. All times are ms since 1970 by our own clock, others' corrected for the difference.

/** One stay of an alert in Prometheus, from when its condition held until it did not. */
export interface Spell {
  readonly labels: Labels
  readonly activeAtMs: number
  readonly firstSeenMs: number
  /** When it was first seen firing; undefined while it was only pending. */
  readonly firingSeenMs: number | undefined
  /** When it was first seen no more; undefined while it is there. */
  readonly endedMs: number | undefined
}

/** An alert in Alertmanager, from when it fired. */
export interface Handling {
  readonly labels: Labels
  /** When it fired. */
  readonly startsAtMs: number
  /** When it was first seen active, that is not suppressed. */
  readonly activeSeenMs: number | undefined
  readonly suppressedSeenMs: number | undefined
  readonly suppressedBy: readonly string[]
  readonly receivers: readonly string[]
}

/** An alert in a notification that arrived at our receiver. */
export interface Delivery {
  readonly atMs: number
  readonly receiver: string
  readonly labels: Labels
  readonly status: 'firing' | 'resolved'
  readonly startsAtMs: number
}

/** Faults injected in a round. */
export interface Dose {
  readonly count: number
  /** When the count was first seen to have grown. */
  readonly firstMs: number | undefined
  /** When it had not yet: the first injection lies between the two. */
  readonly notBeforeMs: number | undefined
  /** When it was last seen to have grown. */
  readonly lastMs: number | undefined
}

/** Whom we ask. */
export type Source = 'Prometheus' | 'Alertmanager' | 'Windtunnel'

/** Time in which a source did not answer. */
export interface Gap {
  readonly source: Source
  readonly fromMs: number
  readonly toMs: number
  readonly reason: string
}

/** Rules as they stood from some time on. */
export interface RuleReading {
  readonly atMs: number
  readonly rules: readonly AlertRule[]
}

/** Time without a fault. */
export interface ControlWindow {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
}

export interface RoundRecord {
  /** Of the plan's rounds. */
  readonly index: number
  readonly startMs: number
  /** When the fault was taken away. */
  readonly stopMs: number
  /** When nothing more was waited for. */
  readonly endMs: number
  readonly dose: Dose
  /** Expectations, by index, whose alerts were pending or firing before the round and would not stop. */
  readonly busy: readonly number[]
  /** Whether the experiment was not started, as all its alerts were busy. */
  readonly skipped: boolean
  readonly notes: readonly string[]
}

/** A game day as it was observed. */
export interface GamedayRecord {
  readonly startMs: number
  readonly endMs: number
  readonly controls: readonly ControlWindow[]
  readonly rounds: readonly RoundRecord[]
  readonly spells: readonly Spell[]
  readonly handlings: readonly Handling[]
  readonly deliveries: readonly Delivery[]
  readonly gaps: readonly Gap[]
  readonly ruleReadings: readonly RuleReading[]
  /** Furthest that a corrected time may be off, ms. */
  readonly clockErrorMs: number
  /** Why it was broken off; undefined when it was not. */
  readonly brokenOff: string | undefined
}
