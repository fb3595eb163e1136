/** The neighbourhoods of the made-up city. */
export const NEIGHBOURHOODS = ['old-town', 'riverside', 'hillside', 'station', 'harbour', 'fields'] as const
export type Neighbourhood = (typeof NEIGHBOURHOODS)[number]

/** Best first. */
export const ENERGY_CLASSES = ['A', 'B', 'C', 'D', 'E', 'F', 'G'] as const
export type EnergyClass = (typeof ENERGY_CLASSES)[number]

/** A house as the models' clients describe it. */
export interface House {
  readonly rooms: number
  readonly area_m2: number
  readonly age_years: number
  /** To the middle of the city. */
  readonly distance_km: number
  readonly garden: boolean
  readonly neighbourhood: Neighbourhood
  readonly energy: EnergyClass
}

/** The same house as a row of numbers, in this order; the last two are places in their lists, from 0. */
export type HouseRow = readonly [rooms: number, area: number, age: number, distance: number, garden: number, neighbourhood: number, energy: number]

/** Writes a house as a row. */
export function rowOf(house: House): HouseRow {
  const { rooms, area_m2: area, age_years: age, distance_km: distance, garden, neighbourhood, energy } = house
  return [rooms, area, age, distance, garden ? 1 : 0, NEIGHBOURHOODS.indexOf(neighbourhood), ENERGY_CLASSES.indexOf(energy)]
}
