/**
 * The largest share that could still have shown no event in `trials` with probability 1 - `confidence`: what "we saw none"
 * is worth. Exact; at 95 % it is close to 3 / trials, the rule of three. No trials say nothing: 1. In R:
 * `binom.test(0, trials, alternative = "less", conf.level = confidence)$conf.int[2]`.
 *
 * Source: J. A. Hanley, A. Lippman-Hand, If nothing goes wrong, is everything all right? JAMA 249 (1983) 1743-1745.
 *
 * @example zeroEventsBound(100) // 0.0295
 */
export function zeroEventsBound(trials: number, confidence: number = 0.95): number {
  if (trials === 0) return 1
  // 1 - (1 - confidence)^(1/trials), without losing digits where it is small
  return -Math.expm1(Math.log1p(-confidence) / trials)
}
