import { arrivalWeights } from '../../stats/arrival-weights.ts'
import { logCoinEvidence } from '../../stats/coin-evidence.ts'
import { eBenjaminiHochberg } from '../../stats/e-benjamini-hochberg.ts'
import type { FieldCount } from '../tally/field-count.ts'
import type { JointCount } from '../tally/joint-count.ts'

/** One way in which a field may differ, and how much speaks for it. */
export interface Hypothesis {
  /** `rate`, or the name of a measure. */
  readonly by: string
  /** Natural logarithm of an e-value against "the shadow behaves as the primary's own model does". */
  readonly logEvidence: number
  /** Number of the request with which it turned up. */
  readonly since: number
}

/** By how often it differs. */
export const rateHypothesis = ({ onlyShadow, onlyBaseline, since }: JointCount): Hypothesis => ({ by: RATE, logEvidence: logCoinEvidence(onlyShadow, onlyBaseline), since })

export const RATE = 'rate'

/** All that can be said of a field: by how often it differs, and by each measure. None where no request has both answers. */
export function hypothesesOf({ counts, comparator, measures }: FieldCount): readonly Hypothesis[] {
  if (counts.both === 0) return []
  const measured = measures.flatMap(({ above, below, excess, since }, i): readonly Hypothesis[] => {
    const name = comparator?.measures[i]?.name
    return name === undefined || excess.count === 0 ? [] : [{ by: name, logEvidence: logCoinEvidence(above, below), since }]
  })
  return [rateHypothesis(counts), ...measured]
}

/** Which hypotheses are rejected, all taken together: weighted e-BH, by when they turned up. */
export function rejectedOf(hypotheses: readonly Pick<Hypothesis, 'logEvidence' | 'since'>[], confidence: number): readonly boolean[] {
  const weights = arrivalWeights(hypotheses.map(({ since }) => since))
  return eBenjaminiHochberg(hypotheses.map(({ logEvidence }, i) => logEvidence + Math.log((weights[i] ?? 0) * hypotheses.length)), 1 - confidence)
}
