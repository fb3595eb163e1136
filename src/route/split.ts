import { draw, type Key, saltOf } from '../core/hash.ts'

/** One side of a split. */
export interface Arm<T> {
  readonly name: string
  /** Relative to the other arms; 0 is reached by no unit. */
  readonly weight: number
  readonly target: T
}

/** Gives every unit its arm. */
export type Split<T> = (unit: Key) => Arm<T>

/**
 * Weighted rendezvous hashing: each arm scores `-weight / ln(u)`, with u its own draw for the unit, and the highest score
 * has the unit. An arm gets units in proportion to its weight, and changing a weight, adding or removing an arm moves only
 * the units that arm gains or loses. Weights may be of any resolution.
 *
 * Source: R. Schindelhauer, C. Schomaker, Weighted Distributed Hash Tables, 2005; J. Resch, New Hashing Algorithms for Data
 * Storage, 2015.
 *
 * @param name what the split is of; splits of other names are independent of it
 * @throws RangeError when no arm has a weight above 0
 */
export function compileSplit<T>(name: string, arms: readonly Arm<T>[]): Split<T> {
  const live = arms.filter(({ weight }) => weight > 0)
  const [first] = live
  if (first === undefined) throw new RangeError(`split ${name}: no arm has a weight above 0`)
  if (live.length === 1) return () => first
  const salts = live.map((arm) => saltOf('split', name, arm.name))
  return (unit) => {
    let best = first
    let bestScore = -1
    for (let i = 0; i < live.length; i++) {
      const arm = live[i] ?? first
      const score = -arm.weight / Math.log(draw(salts[i] ?? 0, unit))
      if (score > bestScore) {
        bestScore = score
        best = arm
      }
    }
    return best
  }
}
