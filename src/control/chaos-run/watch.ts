import { isWithin } from '../../config/schema/condition.ts'
import type { WatchedCondition } from './policy.ts'
import type { Reading, RunReason, Watch } from './state.ts'

/** A condition that is watched from now on. */
export const newWatch = (atMs: number): Watch => ({
  checks: 0, readable: 0, violations: 0, violatedSinceMs: undefined, longestViolationMs: 0, broken: false, brokenBy: undefined,
  lastReadMs: atMs, longestGapMs: 0, lowest: undefined, highest: undefined, last: { value: undefined }
})

/**
 * What is known of a condition after one more reading. Without a number it is neither kept nor violated: a violation goes on
 * until there is a number that is within bounds.
 */
export function watchOn(watch: Watch, { condition, forMs }: WatchedCondition, reading: Reading, atMs: number): Watch {
  const { value } = reading
  const seen = { ...watch, checks: watch.checks + 1, longestGapMs: Math.max(watch.longestGapMs, atMs - watch.lastReadMs), last: reading }
  if (value === undefined) return seen
  const known = { ...seen, readable: watch.readable + 1, lastReadMs: atMs, lowest: Math.min(watch.lowest ?? value, value), highest: Math.max(watch.highest ?? value, value) }
  if (isWithin(condition, value)) return { ...known, violatedSinceMs: undefined }
  const violatedSinceMs = watch.violatedSinceMs ?? atMs
  const violatedMs = atMs - violatedSinceMs
  const breaks = !watch.broken && violatedMs >= forMs
  return {
    ...known, violatedSinceMs, violations: watch.violations + 1, longestViolationMs: Math.max(watch.longestViolationMs, violatedMs),
    broken: watch.broken || breaks, brokenBy: breaks ? value : watch.brokenBy
  }
}

/** A condition's number, in a reason. */
export function about(code: RunReason['code'], { condition }: WatchedCondition, { value, problem }: Reading): RunReason {
  const { name, max, min } = condition
  if (value === undefined) return { code, text: `${name}: ${problem ?? 'no data'}`, condition: name }
  const isTooMuch = max !== undefined && value > max
  const limit = isTooMuch ? max : min
  return { code, text: `${name}: ${round(value)}${limit === undefined ? '' : ` (${isTooMuch ? 'max' : 'min'} ${limit})`}`, condition: name, value, ...limit !== undefined && { limit } }
}

const round = (value: number): number => Number(value.toPrecision(6))
