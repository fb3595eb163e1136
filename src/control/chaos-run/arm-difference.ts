import { logDifferenceEvidence, shareDifferenceBounds, type ShareCounts } from '../../stats/share-difference.ts'
import type { ArmCounts, Arms } from './arms.ts'
import type { HarmLimit, HarmOf } from './policy.ts'

/** How much worse the group under faults fares than the control group. All are shares, 0..1. */
export interface HarmReadout {
  readonly of: HarmOf
  readonly experiment: number | undefined
  readonly control: number | undefined
  /** Bounds of the difference that may be looked at at any time, each by itself as sure as `confidence`. */
  readonly low: number
  readonly high: number
  /** The limit, which is passed where `low` is above it. */
  readonly more: number
  readonly confidence: number
}

/**
 * Whether the group under faults is surely worse than the control group by more than a limit. It may be asked after every
 * request: with harm within the limit it is ever told so with a chance of 1 - `confidence` at most. Two things are taken for
 * granted: requests fail one by one, and whatever changes with time changes for both groups alike while their sizes stay in
 * proportion; so it is asked of each stage by itself.
 */
export function isHarmful(arms: Arms, { of, more }: HarmLimit, confidence: number): boolean {
  const [experiment, control] = countsOf(arms, of)
  if (experiment.trials === 0 || control.trials === 0) return false
  return experiment.events / experiment.trials - control.events / control.trials > more && logDifferenceEvidence(experiment, control, more) >= -Math.log1p(-confidence)
}

/** The numbers behind it; takes a few ms where `isHarmful` takes a hundredth of that. */
export function harmOf(arms: Arms, { of, more }: HarmLimit, confidence: number): HarmReadout {
  const [experiment, control] = countsOf(arms, of)
  const [low, high] = shareDifferenceBounds(experiment, control, confidence)
  return { of, experiment: shareOf(experiment), control: shareOf(control), low, high, more, confidence }
}

const countsOf = ({ experiment, control }: Arms, of: HarmOf): readonly [ShareCounts, ShareCounts] => [countOf(experiment, of), countOf(control, of)]

// counters are read one after the other while requests go on, so that one may be a few ahead
const countOf = (counts: ArmCounts, of: HarmOf): ShareCounts => ({ events: Math.min(counts[of], counts.requests), trials: counts.requests })

const shareOf = ({ events, trials }: ShareCounts): number | undefined => trials === 0 ? undefined : events / trials
