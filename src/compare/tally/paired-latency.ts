import { meanSequence } from '../../stats/mean-sequence.ts'
import type { Interval } from '../interval.ts'
import { RunningMoments } from './running-moments.ts'

/** How two times compare, within one request. */
export type LatencyVerdict = 'slower' | 'faster' | 'equivalent' | 'inconclusive'

/** How long two answers to the same requests took. */
export interface LatencyReport {
  /** Requests in which both were timed, those of the warm-up left out. */
  readonly count: number
  readonly firstMeanMs: number
  readonly secondMeanMs: number
  /** Geometric mean of second / first within a request. */
  readonly ratio: number
  /** What that may be in the long run; holds whenever one looks. Null where there is too little to say. */
  readonly interval: Interval | null
  readonly verdict: LatencyVerdict
}

// times this near are the same for anyone who waits
const EQUIVALENT_RATIO = 1.1
// the interval is an approximation that wants some; with fewer it says nothing at all, or too much of times that are all one
const MIN_COUNT = 50

/**
 * Sums up times request by request. What makes a request slow makes it slow on both sides, so the ratio within a request says
 * more than two averages; its logarithm makes twice as slow and twice as fast weigh the same.
 */
export class PairedLatency {
  private readonly first: RunningMoments = new RunningMoments()
  private readonly second: RunningMoments = new RunningMoments()
  private readonly logRatio: RunningMoments = new RunningMoments()

  /** ms each; a request without both is left out. */
  add(firstMs: number, secondMs: number): void {
    const logRatio = Math.log(secondMs / firstMs)
    if (!(firstMs > 0 && secondMs > 0) || !Number.isFinite(logRatio)) return
    this.first.add(firstMs)
    this.second.add(secondMs)
    this.logRatio.add(logRatio)
  }

  report(confidence: number): LatencyReport {
    const { first, second, logRatio } = this
    const { count } = logRatio
    const interval = count < MIN_COUNT ? null : meanSequence(logRatio, confidence).map((end) => Math.exp(end)) as unknown as Interval // holds: two ends stay two
    return {
      count,
      firstMeanMs: first.mean,
      secondMeanMs: second.mean,
      ratio: Math.exp(logRatio.mean),
      interval,
      verdict: interval === null ? 'inconclusive' : verdictOf(interval)
    }
  }
}

function verdictOf([low, high]: Interval): LatencyVerdict {
  if (low > 1 / EQUIVALENT_RATIO && high < EQUIVALENT_RATIO) return 'equivalent'
  if (low > 1) return 'slower'
  return high < 1 ? 'faster' : 'inconclusive'
}
