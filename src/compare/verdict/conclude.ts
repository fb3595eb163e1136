import { excessSequence } from '../../stats/excess-sequence.ts'
import { meanSequence } from '../../stats/mean-sequence.ts'
import type { Moments } from '../../stats/moments.ts'
import { shareSequence } from '../../stats/share-sequence.ts'
import type { Measure } from '../comparator.ts'
import type { JointCount } from '../tally/joint-count.ts'
import type { MeasureCount } from '../tally/measure-count.ts'
import { RATE } from './hypotheses.ts'
import type { Different, Equivalent, Verdict, VerdictOptions } from './verdict.ts'

/** What there is to conclude from. */
export interface Counted {
  readonly counts: JointCount
  /** Names and bounds of the measures, and what they came to. */
  readonly measures: readonly { readonly measure: Measure, readonly count: Measured }[]
}

/** What a measure came to, as far as it is concluded from. */
export type Measured = Pick<MeasureCount, 'above' | 'below'> & { readonly excess: Moments }

// the primary's own model differs from itself so often that one more difference says nothing
const NOISY = 0.9
/** The interval of a mean is an approximation that wants some; with few it says nothing, or too much of numbers that are all one. */
export const MIN_MEASURED = 100

/**
 * Concludes what is true of a field.
 * @param rejected which hypotheses ("rate", names of measures) are rejected, all fields taken together; strongest first
 * @param further requests that would decide it, looked for only where that is wanted
 */
export function conclude({ counts, measures }: Counted, rejected: readonly string[], options: VerdictOptions, further: () => number | null): Verdict {
  const [by] = rejected
  if (by !== undefined) return { kind: 'different', by, direction: directionOf(by, counts, measures) }
  const equivalent = equivalence({ counts, measures }, options)
  if (equivalent !== undefined) return equivalent
  const { shadowPairs, shadowDiffers, both } = counts
  if (shadowPairs === 0) return { kind: 'inconclusive', reason: 'no_pairs', more: null }
  if (both === 0 && shadowDiffers > 0) return { kind: 'inconclusive', reason: 'no_baseline', more: null }
  if (isNoisy(counts) && !measures.some(({ count }) => count.excess.count > 0)) return { kind: 'inconclusive', reason: 'too_noisy', more: null }
  return { kind: 'inconclusive', reason: 'too_few', more: further() }
}

/**
 * That any difference lies within the margin, as far as that can be told. Three ways lead there, and each may be wrong with a
 * third of what is allowed in all.
 */
export function equivalence({ counts, measures }: Counted, { margin, measureMargin, confidence }: VerdictOptions): Equivalent | undefined {
  const each = 1 - (1 - confidence) / 3
  const { shadowPairs, shadowDiffers, both, onlyShadow, onlyBaseline } = counts
  // differing less often than that from the primary is differing less often than that from noise
  if (shadowPairs > 0 && shareSequence(shadowDiffers, shadowPairs, each)[1] < margin) return { kind: 'equivalent', by: 'rare' }
  if (both > 0 && !isNoisy(counts)) {
    const [low, high] = excessSequence({ onlyFirst: onlyShadow, onlySecond: onlyBaseline, pairs: both }, each)
    if (low > -margin && high < margin) return { kind: 'equivalent', by: RATE }
  }
  // how often says nothing of a field that is nearly never the same: all its measures must agree then
  const bounded = measures.filter(({ measure: { max, kind } }) => kind === 'distance' && Number.isFinite(max))
  if (both === 0 || !isNoisy(counts) || bounded.length === 0) return undefined
  const eachMeasure = 1 - (1 - each) / bounded.length
  for (const { measure: { max }, count: { excess } } of bounded) {
    if (excess.count < MIN_MEASURED) return undefined
    const [low, high] = meanSequence(excess, eachMeasure)
    if (low / max <= -measureMargin || high / max >= measureMargin) return undefined
  }
  return { kind: 'equivalent', by: bounded.map(({ measure }) => measure.name).join(', ') }
}

/** Whether the primary's own model differs from itself nearly always. */
const isNoisy = ({ baselinePairs, baselineDiffers }: JointCount): boolean => baselinePairs > 0 && baselineDiffers > NOISY * baselinePairs

function directionOf(by: string, { onlyShadow, onlyBaseline }: JointCount, measures: Counted['measures']): Different['direction'] {
  if (by === RATE) return onlyShadow > onlyBaseline ? 'further' : 'nearer'
  const found = measures.find(({ measure }) => measure.name === by)
  const more = found !== undefined && found.count.above > found.count.below
  return found?.measure.kind === 'signed' ? (more ? 'higher' : 'lower') : (more ? 'further' : 'nearer')
}
