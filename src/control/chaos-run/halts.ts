import { harmOf, isHarmful } from './arm-difference.ts'
import type { Arms } from './arms.ts'
import { confidenceOf, type RunPolicy } from './policy.ts'
import type { RunReason, Watch } from './state.ts'
import { about } from './watch.ts'

/** Why a run must end now, or undefined: a stop rule that is broken, one that cannot be read, or surely too much harm in this stage. */
export function haltOf(policy: RunPolicy, watches: readonly Watch[], stageArms: Arms): RunReason | undefined {
  return brokenRule(policy, watches) ?? unreadableRule(policy, watches) ?? surelyHarmed(policy, stageArms)
}

function brokenRule({ watched }: RunPolicy, watches: readonly Watch[]): RunReason | undefined {
  for (const [i, one] of watched.entries()) {
    const watch = watches[i]
    if (one.role === 'stop' && watch?.broken === true) return about('stop_rule', one, { value: watch.brokenBy })
  }
  return undefined
}

function unreadableRule({ watched, noDataMs }: RunPolicy, watches: readonly Watch[]): RunReason | undefined {
  for (const [i, one] of watched.entries()) {
    const watch = watches[i]
    // the longest gap counts even if it is over: for so long nobody would have stopped it
    if (one.onNoData !== 'halt' || watch === undefined || watch.longestGapMs < noDataMs) continue
    const { problem } = watch.last
    return about('unreadable', one, { value: undefined, problem: `no data for ${Math.round(noDataMs / 1000)} s${problem === undefined ? '' : ` (${problem})`}` })
  }
  return undefined
}

function surelyHarmed(policy: RunPolicy, arms: Arms): RunReason | undefined {
  // asked from the first request on: it is as sure with few as with many, and who is harmed does not wait for more
  for (const limit of policy.harm) {
    const confidence = confidenceOf(limit, policy)
    if (!isHarmful(arms, limit, confidence)) continue
    const { experiment, control, low, more } = harmOf(arms, limit, confidence)
    const what = limit.of === 'slow' ? 'slow requests' : 'errors'
    return {
      code: 'harm', value: low, limit: more,
      text: `${percent(experiment)} ${what} under faults, ${percent(control)} in the control group: surely more than ${percent(more)} apart`
    }
  }
  return undefined
}

const percent = (share: number | undefined): string => share === undefined ? 'no' : `${Number((share * 100).toPrecision(3))} %`
