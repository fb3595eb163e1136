import { logCoinEvidence } from '../../stats/coin-evidence.ts'
import { scaleMoments } from '../../stats/moments.ts'
import { JointCount } from '../tally/joint-count.ts'
import { type Counted, equivalence } from './conclude.ts'
import type { VerdictOptions } from './verdict.ts'

// beyond so many requests in all, "never" is the better answer
const MOST = 1e9

/**
 * How many further requests would decide what is open about a field, if they went on as those so far, as many of them with a
 * baseline: to be found different with evidence `logEvidence`, or equivalent; null where no number would. Of the counts of
 * differences the fraction is kept, so what is small today is not rounded away.
 */
export function requestsToDecide({ counts, measures }: Counted, options: VerdictOptions, logEvidence: number): number | null {
  const now = counts.shadowPairs
  if (now === 0) return null
  const decides = (times: number): boolean => {
    const then = scaled(counts, times)
    if (then.both > 0 && logCoinEvidence(then.onlyShadow, then.onlyBaseline) >= logEvidence) return true
    if (measures.some(({ count: { above, below } }) => logCoinEvidence(above * times, below * times) >= logEvidence)) return true
    const measured = measures.map(({ measure, count: { above, below, excess } }) => ({ measure, count: { above: above * times, below: below * times, excess: scaleMoments(excess, times) } }))
    return equivalence({ counts: then, measures: measured }, options) !== undefined
  }
  let enough = 2
  while (!decides(enough)) {
    if (now * enough > MOST) return null
    enough *= 2
  }
  let few = enough / 2
  while ((enough - few) * now > Math.max(1, 0.01 * enough * now)) {
    const middle = (few + enough) / 2
    if (decides(middle)) enough = middle
    else few = middle
  }
  return Math.ceil((enough - 1) * now)
}

function scaled(counts: JointCount, times: number): JointCount {
  const then = new JointCount()
  then.shadowPairs = counts.shadowPairs * times
  then.shadowDiffers = counts.shadowDiffers * times
  then.baselinePairs = counts.baselinePairs * times
  then.baselineDiffers = counts.baselineDiffers * times
  then.both = counts.both * times
  then.bothDiffer = counts.bothDiffer * times
  then.onlyShadow = counts.onlyShadow * times
  then.onlyBaseline = counts.onlyBaseline * times
  return then
}
