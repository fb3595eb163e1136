import type { Ejection } from '../core/ejection.ts'
import type { DailyBudget } from './daily-budget.ts'
import type { MirrorOutcome } from './mirror.ts'
import type { RateLimit } from './rate-limit.ts'

/** What may keep a copy from being made, whatever it holds; undefined is no limit. */
export interface Limits {
  /** Whether the thread or the primary is in trouble, so that copies have to wait for better times. */
  readonly isShedding: (() => boolean) | undefined
  readonly breaker: Ejection | undefined
  readonly rate: RateLimit | undefined
  readonly budget: DailyBudget | undefined
}

/** Takes of all of them what one copy takes, or says whose limit is reached. What costs nothing to ask is asked first. */
export function spend({ isShedding, breaker, rate, budget }: Limits, clock: () => number): MirrorOutcome | undefined {
  if (isShedding?.() === true) return 'dropped_shed'
  if (breaker?.admit(clock()) === false) return 'dropped_breaker'
  if (rate?.take(clock()) === false) return refused(breaker, 'dropped_rate')
  if (budget?.take() === false) return refused(breaker, 'dropped_budget')
  return undefined
}

// the probe that the breaker may have let through is left to another copy
function refused(breaker: Ejection | undefined, outcome: MirrorOutcome): MirrorOutcome {
  breaker?.abandoned(breaker.epoch)
  return outcome
}
