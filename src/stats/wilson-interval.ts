import { normalQuantile } from './normal-quantile.ts'

/**
 * Wilson's score interval for a share, seen as `events` in `trials` (0 <= events <= trials): the shares that a score test
 * at 1 - `confidence` would not reject. Holds its confidence far better than share +/- 1.96 standard errors where events
 * are few: 95 % on average over shares, and 84 % at its worst, where 0.18 events are expected and one is seen after all. No
 * trials say nothing: [0, 1]. In R: `prop.test(events, trials, conf.level = confidence, correct = FALSE)$conf.int`.
 *
 * Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212;
 * method 3 of R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998)
 * 857-872.
 *
 * @example wilsonInterval(15, 148) // [0.0624, 0.1605]
 */
export function wilsonInterval(events: number, trials: number, confidence: number = 0.95): readonly [low: number, high: number] {
  if (trials === 0) return [0, 1]
  const z = normalQuantile((1 + confidence) / 2)
  const share = events / trials
  const weight = z * z / trials
  const middle = (share + weight / 2) / (1 + weight)
  const halfWidth = z / (1 + weight) * Math.sqrt(share * (1 - share) / trials + weight / (4 * trials))
  // the ends are exactly 0 and 1 where nothing or everything happened; rounding would leave them a hair off
  return [events === 0 ? 0 : Math.max(0, middle - halfWidth), events === trials ? 1 : Math.min(1, middle + halfWidth)]
}
