/**
 * Which of many null hypotheses to reject, of which each `logEvidence` is the natural logarithm of evidence against one (see
 * `logShareEvidence`): of those that are rejected, a share of `alpha` at most is expected to hold, whatever binds them to one
 * another, fields of one answer for instance. Of n hypotheses the k with the most evidence are rejected, for the largest k
 * with at least n / (alpha k) for each. -Infinity and NaN are no evidence. The answers are in the order of the evidence.
 *
 * Source: R. Wang, A. Ramdas, False discovery rate control with e-values, Journal of the Royal Statistical Society B 84
 * (2022) 822-852, the procedure e-BH.
 *
 * @example eBenjaminiHochberg([40, 30, 1].map(Math.log), 0.05) // [true, true, false]: 30 is enough for the second of three
 */
export function eBenjaminiHochberg(logEvidence: readonly number[], alpha: number): readonly boolean[] {
  const descending = Float64Array.from(logEvidence, (one) => Number.isNaN(one) ? -Infinity : one).toSorted().toReversed()
  const needed = Math.log(descending.length / alpha)
  let threshold = Infinity
  descending.forEach((one, i) => {
    if (one >= needed - Math.log(i + 1)) threshold = one
  })
  return logEvidence.map((one) => one >= threshold)
}
