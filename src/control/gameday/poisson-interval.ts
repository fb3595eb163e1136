import { logGamma } from '../../stats/special.ts'
import { turningPoint } from '../../stats/turning-point.ts'

/**
 * Garwood's exact interval for the mean of a Poisson variable that was seen to be `events`: the means that neither tail of
 * (1 - `confidence`) / 2 would reject. Never below its confidence. In R: `poisson.test(events, conf.level = confidence)$conf.int`.
 *
 * Source: F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936) 437-442.
 *
 * @example poissonInterval(0) // [0, 3.689]
 */
export function poissonInterval(events: number, confidence: number = 0.95): readonly [low: number, high: number] {
  const tail = (1 - confidence) / 2
  // generous: a normal tail of 10 standard deviations, and room where there are few
  const far = events + 10 * Math.sqrt(events + 1) + 30
  const high = turningPoint(events, far, (mean) => atMost(events, mean) > tail)
  const low = events === 0 ? 0 : turningPoint(0, events, (mean) => 1 - atMost(events - 1, mean) < tail)
  return [low, high]
}

/** The probability that a Poisson variable of this mean is `events` or fewer, term by term. */
function atMost(events: number, mean: number): number {
  if (mean === 0) return 1
  let sum = 0
  for (let count = 0; count <= events; count++) sum += Math.exp(count * Math.log(mean) - mean - logGamma(count + 1))
  return Math.min(1, sum)
}
