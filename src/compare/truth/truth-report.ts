import { logCoinEvidence } from '../../stats/coin-evidence.ts'
import { excessSequence } from '../../stats/excess-sequence.ts'
import { pairedAccuracy } from '../../stats/paired-accuracy.ts'
import type { Interval } from '../interval.ts'
import type { MeasureCount } from '../tally/measure-count.ts'

/** Which model is right more often, on the same requests. */
export interface TruthReport {
  /** Outcomes that were told: `again` and `late` ones count for nothing, `unknown` ones were about no request compared here. */
  readonly outcomes: { readonly joined: number, readonly again: number, readonly late: number, readonly unknown: number, readonly waiting: number }
  /** Predictions that wait for an outcome, that were given up, and that were too large to keep. */
  readonly predictions: { readonly pending: number, readonly forgotten: number, readonly unread: number }
  /** Null before the first outcome. */
  readonly accuracy: AccuracyReport | null
  /** How wrong predictions are; null where that is not measured. */
  readonly error: ErrorReport | null
}

/** Counts of requests by who was right. */
export interface RightCounts {
  readonly bothRight: number
  readonly onlyPrimaryRight: number
  readonly onlyShadowRight: number
  readonly bothWrong: number
}

export interface AccuracyReport extends RightCounts {
  readonly requests: number
  readonly primary: ShareReport
  readonly shadow: ShareReport
  /** Shadow less primary; `sequence` holds whenever one looks, `interval` at one look. */
  readonly difference: ShareReport & { readonly sequence: Interval }
  /** McNemar's exact test, for one look. */
  readonly p: number
  /** Natural logarithm of the e-value, whenever one looks. */
  readonly logEvidence: number
  readonly verdict: 'shadow_better' | 'primary_better' | 'inconclusive'
}

export interface ShareReport {
  readonly share: number
  readonly interval: Interval
}

export interface ErrorReport {
  readonly measure: string
  readonly requests: number
  readonly primaryMean: number
  readonly shadowMean: number
  /** Requests on which the shadow was more, and less, wrong than the primary. */
  readonly shadowWorse: number
  readonly shadowBetter: number
  /** Natural logarithm of the e-value against "as often worse as better", whenever one looks. */
  readonly logEvidence: number
}

/** Null before the first outcome. */
export function accuracyReport({ bothRight, onlyPrimaryRight, onlyShadowRight, bothWrong }: RightCounts, confidence: number): AccuracyReport | null {
  const found = pairedAccuracy({ bothRight, onlyPrimaryRight, onlyOtherRight: onlyShadowRight, bothWrong }, confidence)
  if (found === undefined) return null
  const { count, primary, other, difference, pValue, logEvidence } = found
  const sure = logEvidence >= -Math.log(1 - confidence)
  return {
    requests: count,
    bothRight,
    onlyPrimaryRight,
    onlyShadowRight,
    bothWrong,
    primary: { share: primary.value, interval: primary.interval },
    shadow: { share: other.value, interval: other.interval },
    difference: {
      share: difference.value,
      interval: difference.interval,
      sequence: excessSequence({ onlyFirst: onlyShadowRight, onlySecond: onlyPrimaryRight, pairs: count }, confidence)
    },
    p: pValue,
    logEvidence,
    verdict: !sure ? 'inconclusive' : onlyShadowRight > onlyPrimaryRight ? 'shadow_better' : 'primary_better'
  }
}

/** @param errors of the shadow, and of the primary in place of a baseline */
export const errorReport = (measure: string, { shadow, baseline, excess, above, below }: MeasureCount): ErrorReport =>
  ({ measure, requests: excess.count, primaryMean: baseline.mean, shadowMean: shadow.mean, shadowWorse: above, shadowBetter: below, logEvidence: logCoinEvidence(above, below) })
