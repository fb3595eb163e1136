import { SECONDS_BUCKETS } from '../../telemetry/metrics.ts'
import { type Folded, Increases } from './increases.ts'

/** Finished requests of one group. */
export interface ArmCounts {
  readonly requests: number
  /** 5xx, 429, broken off, or left by a client that would wait no longer. */
  readonly errors: number
  readonly slow: number
}

/** The group under faults, and the one it is held against. */
export interface Arms {
  readonly experiment: ArmCounts
  readonly control: ArmCounts
}

const NONE: ArmCounts = { requests: 0, errors: 0, slow: 0 }

export const NO_ARMS: Arms = { experiment: NONE, control: NONE }

/** What was counted from `before` to `now`. */
export const armsSince = (before: Arms, now: Arms): Arms => ({ experiment: less(now.experiment, before.experiment), control: less(now.control, before.control) })

const less = (now: ArmCounts, before: ArmCounts): ArmCounts => ({ requests: now.requests - before.requests, errors: now.errors - before.errors, slow: now.slow - before.slow })

const GROUPS = ['experiment', 'control'] as const

/** Counts the two groups of an experiment from the first snapshot it is given on. */
export class ArmMeter {
  private readonly meters: Readonly<Record<typeof GROUPS[number], GroupMeter>>

  /** @param slowerThanMs what is slow, rounded up to where a bucket of the histogram ends */
  constructor(experiment: string, slowerThanMs: number) {
    this.meters = { experiment: new GroupMeter(experiment, 'experiment', slowerThanMs), control: new GroupMeter(experiment, 'control', slowerThanMs) }
  }

  take(folded: Folded): Arms {
    return { experiment: this.meters.experiment.take(folded), control: this.meters.control.take(folded) }
  }
}

class GroupMeter {
  private readonly requests: Increases
  private readonly durations: Increases

  constructor(experiment: string, group: string, slowerThanMs: number) {
    // seconds as they are written, so that a bound is not missed by a rounding error
    const firstSlow = SECONDS_BUCKETS.findIndex((bound) => bound * 1000 >= slowerThanMs) + 1
    const slowBuckets = firstSlow === 0 ? [SECONDS_BUCKETS.length] : Array.from({ length: SECONDS_BUCKETS.length + 1 - firstSlow }, (_, i) => firstSlow + i)
    const where = { experiment, group }
    this.requests = new Increases('chaos_group_requests_total', where, 2, ({ labels, values: [count = 0] }) => [count, labels['result'] === 'ok' ? 0 : count])
    this.durations = new Increases('chaos_group_duration_seconds', where, 1, ({ values }) => [slowBuckets.reduce((sum, bucket) => sum + (values[bucket] ?? 0), 0)])
  }

  take(folded: Folded): ArmCounts {
    const [requests = 0, errors = 0] = this.requests.take(folded)
    const [slow = 0] = this.durations.take(folded)
    return { requests, errors, slow }
  }
}
