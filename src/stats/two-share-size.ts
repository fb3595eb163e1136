import { normalQuantile } from './normal-quantile.ts'
import { logDifferenceEvidence } from './share-difference.ts'

/** What is to be found, and how surely. All are shares, 0..1. */
export interface WantedDifference {
  /** Of the first group; larger than that of the second. */
  readonly first: number
  readonly second: number
  /** Chance of calling a difference that is not there. */
  readonly alpha: number
  /** Chance of finding this one. */
  readonly power: number
  /** Trials of the second group for each of the first. */
  readonly ratio: number
}

/**
 * Trials of the first group that a test of two shares looked at once, two-sided, takes; not whole. An approximation by the
 * normal distribution: fair from about five expected events a group on. In R, with `ratio` 1: `power.prop.test(p1, p2, power =)$n`.
 *
 * Source: J. L. Fleiss, B. Levin, M. C. Paik, Statistical Methods for Rates and Proportions (3rd edition, 2003), section 4.4,
 * without the correction for continuity.
 *
 * @example oneLookSize({ first: 0.75, second: 0.5, alpha: 0.05, power: 0.9, ratio: 1 }) // 76.7
 */
export function oneLookSize({ first, second, alpha, power, ratio }: WantedDifference): number {
  const pooled = (first + ratio * second) / (1 + ratio)
  const underNull = normalQuantile(1 - alpha / 2) * Math.sqrt((1 + 1 / ratio) * pooled * (1 - pooled))
  const inTruth = normalQuantile(power) * Math.sqrt(first * (1 - first) + second * (1 - second) / ratio)
  return ((underNull + inTruth) / (first - second)) ** 2
}

/**
 * Trials of the first group within which `logDifferenceEvidence` that is looked at all along shows a difference of more than
 * `beyond`; Infinity where there is none. An approximation: the number at which counts as unlucky as `power` allows, by the
 * normal distribution, are evidence enough. About two to three times what one look takes.
 *
 * @example watchedSize({ first: 0.05, second: 0.01, alpha: 0.05, power: 0.8, ratio: 1 }, 0) // 732
 */
export function watchedSize({ first, second, alpha, power, ratio }: WantedDifference, beyond: number): number {
  if (first - second <= beyond) return Infinity
  const enough = -Math.log(alpha)
  const shows = (trials: number): boolean => {
    const ofFirst = first * (1 - first) / trials
    const ofSecond = second * (1 - second) / (trials * ratio)
    const perError = normalQuantile(power) / Math.sqrt(ofFirst + ofSecond)
    const [low, high] = [Math.max(0, first - perError * ofFirst), Math.min(1, second + perError * ofSecond)]
    return low - high > beyond && logDifferenceEvidence({ events: low * trials, trials }, { events: high * trials * ratio, trials: trials * ratio }, beyond) >= enough
  }
  let most = 1
  while (!shows(most)) most *= 2
  let least = most / 2
  while (most - least > 1) {
    const middle = Math.ceil((least + most) / 2)
    if (middle === most) break
    if (shows(middle)) most = middle
    else least = middle
  }
  return most
}
