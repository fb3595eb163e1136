import { addValue, type Moments } from '../../stats/moments.ts'

// squares of what is larger are past the range of doubles, and one answer with 1e300 would make Infinity and NaN of all the rest
const LARGEST = 1e100

/** Moments of numbers that come one after another; those past 1e100 are taken for that. */
export class RunningMoments implements Moments {
  count = 0
  mean = 0
  squares = 0

  add(value: number): void {
    const { count, mean, squares } = addValue(this, Math.max(-LARGEST, Math.min(LARGEST, value)))
    this.count = count
    this.mean = mean
    this.squares = squares
  }
}
