import { ENERGY_CLASSES, type House, type Neighbourhood, NEIGHBOURHOODS } from './house.ts'
import { createRng, type Rng } from '../core/rng.ts'

/** A house and what it was sold for, in euros. */
export interface Sale {
  readonly house: House
  readonly price: number
}

interface Place {
  /** Price of a square metre against the city's. */
  readonly level: number
  /** How far from the middle it lies, km. */
  readonly nearest: number
  readonly farthest: number
  /** Whether old houses are sought after here. */
  readonly period: boolean
}

const PLACES: Readonly<Record<Neighbourhood, Place>> = {
  'old-town': { level: 1.3, nearest: 0.2, farthest: 2.5, period: true },
  riverside: { level: 1.2, nearest: 1, farthest: 7, period: false },
  hillside: { level: 1.15, nearest: 3, farthest: 10, period: true },
  station: { level: 0.88, nearest: 0.5, farthest: 4, period: false },
  harbour: { level: 1, nearest: 2, farthest: 9, period: false },
  fields: { level: 0.8, nearest: 8, farthest: 22, period: false }
}

const NOISE = 0.045

/** A house as the city has them: rooms grow with area, gardens with distance, energy classes worsen with age. */
export function drawHouse(rng: Rng): House {
  const neighbourhood = rng.pick(NEIGHBOURHOODS)
  const { nearest, farthest, period } = PLACES[neighbourhood]
  const distance = nearest + (farthest - nearest) * rng.uniform()
  const area = Math.min(320, Math.max(28, 95 + 38 * rng.normal() + 3 * distance))
  const rooms = Math.min(10, Math.max(1, Math.round(area / 27 + 0.8 * rng.normal())))
  const age = Math.floor((period ? 140 : 80) * rng.uniform() * (0.3 + 0.7 * rng.uniform()))
  const energy = Math.round(age / 16 + 1.2 * rng.normal())
  return {
    rooms,
    area_m2: Math.round(area),
    age_years: age,
    distance_km: Math.round(distance * 10) / 10,
    garden: rng.uniform() < 0.2 + distance / 30,
    neighbourhood,
    energy: ENERGY_CLASSES[Math.min(6, Math.max(0, energy))] ?? 'D'
  }
}

/**
 * What a house is worth in this made-up city, in euros. Not linear on purpose: closeness counts less with every kilometre,
 * the second hundred square metres are cheaper, a garden is worth most where there are few, and age lowers the price until,
 * in two neighbourhoods, it begins to raise it. Only + - * / are used, so that all machines agree to the last bit.
 */
export function worthOf(house: House): number {
  const { level, period } = PLACES[house.neighbourhood]
  const closeness = 1 / (1 + house.distance_km / 3)
  const perSquareMetre = level * (2300 + 3200 * closeness)
  const effectiveArea = Math.min(house.area_m2, 100) + 0.62 * Math.max(0, house.area_m2 - 100)
  const crowding = house.area_m2 / house.rooms
  const layout = crowding < 18 ? 0.9 : crowding > 45 ? 0.94 : 1
  const worn = 1 - 0.0045 * Math.min(house.age_years, 60)
  const charm = period && house.age_years > 60 ? 0.0075 * (house.age_years - 60) : 0
  const energy = 1.06 - 0.012 * ENERGY_CLASSES.indexOf(house.energy) - (house.energy > 'E' ? 0.05 : 0)
  const garden = house.garden ? 12_000 + 75_000 * closeness : 0
  return perSquareMetre * effectiveArea * layout * (worn + charm) * energy + garden
}

/** `count` sales: houses drawn by `seed`, sold for what they are worth give or take 4.5 %. */
export function drawSales(seed: number, count: number): readonly Sale[] {
  const rng = createRng(seed)
  return Array.from({ length: count }, () => {
    const house = drawHouse(rng)
    return { house, price: Math.round(worthOf(house) * (1 + NOISE * rng.normal())) }
  })
}
