import type { Rng } from '../core/rng.ts'
import type { House } from './house.ts'

const PRAISE = ['bright', 'quiet', 'well kept', 'sunny']
const SIZES = ['small', 'roomy', 'large'] as const
const ENDS = ['worth a look', 'rarely on offer', 'ready to move in']

/** A sentence on a house, worded as chance has it. */
export function noteOn({ area_m2: area, garden }: House, rng: Rng): string {
  const size = area < 70 ? SIZES[0] : area < 130 ? SIZES[1] : SIZES[2]
  return `A ${rng.pick(PRAISE)}, ${size} house${garden ? ' with a garden' : ''}, ${rng.pick(ENDS)}.`
}

/** Days until a house is sold: a rule of thumb that all versions of the model share. */
export const daysToSell = ({ area_m2: area, age_years: age, distance_km: distance }: House): number => Math.round(20 + area / 5 + age / 4 + 2 * distance)
