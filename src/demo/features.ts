import { ENERGY_CLASSES, type House, NEIGHBOURHOODS } from './house.ts'

const oneHot = (house: House): readonly number[] => NEIGHBOURHOODS.map((name) => name === house.neighbourhood ? 1 : 0)

/** What trees are given: each fact as it is, and one column per neighbourhood. They find bends and combinations themselves. */
export function plainFeatures(house: House): readonly number[] {
  const { rooms, area_m2: area, age_years: age, distance_km: distance, garden, energy } = house
  return [area, rooms, area / rooms, age, distance, garden ? 1 : 0, ENERGY_CLASSES.indexOf(energy), ...oneHot(house)]
}

/** What a linear model is given: squares for what bends, and that a square metre's price depends on where it is. */
export function engineeredFeatures(house: House): readonly number[] {
  const { rooms, area_m2: area, age_years: age, distance_km: distance, garden, energy } = house
  const neighbourhood = oneHot(house)
  return [
    area, area * area, rooms, age, age * age, distance, distance * distance, garden ? 1 : 0, ENERGY_CLASSES.indexOf(energy),
    ...neighbourhood, ...neighbourhood.map((there) => there * area)
  ]
}
