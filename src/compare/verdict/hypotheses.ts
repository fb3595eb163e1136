import { logCoinEvidence } from '../../stats/coin-evidence.ts'
import type { FieldCount } from '../tally/field-count.ts'
import type { JointCount } from '../tally/joint-count.ts'

/** One way in which a field may differ, and how much speaks for it. */
export interface Hypothesis {
  /** `rate`, or the name of a measure. */
  readonly by: string
  /** Natural logarithm of an e-value against "the shadow behaves as the primary's own model does". */
  readonly logEvidence: number
}

/** By how often it differs. */
export const rateHypothesis = ({ onlyShadow, onlyBaseline }: JointCount): Hypothesis => ({ by: RATE, logEvidence: logCoinEvidence(onlyShadow, onlyBaseline) })

export const RATE = 'rate'

/** All that can be said of a field: by how often it differs, and by each measure. None where no request has both answers. */
export function hypothesesOf({ counts, comparator, measures }: FieldCount): readonly Hypothesis[] {
  if (counts.both === 0) return []
  const measured = measures.flatMap(({ above, below, excess }, i): readonly Hypothesis[] => {
    const name = comparator?.measures[i]?.name
    return name === undefined || excess.count === 0 ? [] : [{ by: name, logEvidence: logCoinEvidence(above, below) }]
  })
  return [rateHypothesis(counts), ...measured]
}
