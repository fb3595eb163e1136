import { asFields, numberFrom, oneOf, readBoolean, wholeFrom } from './fields.ts'
import { ENERGY_CLASSES, type House, NEIGHBOURHOODS } from './house.ts'
import { Refusal } from './json-server.ts'

/** Houses that one request may ask about. */
export const MAX_INSTANCES = 256

const readRooms = numberFrom(1, 30)
const readArea = numberFrom(10, 2000)
const readAge = numberFrom(0, 1000)
const readDistance = numberFrom(0, 100)
const readNeighbourhood = oneOf(NEIGHBOURHOODS)
const readEnergy = oneOf(ENERGY_CLASSES)
const ROW_LENGTH = 7

/** The houses of a predict request: objects, or rows of numbers in the order of `HouseRow`. Throws a `Refusal` that names the field. */
export function readInstances(body: unknown): readonly House[] {
  const { instances } = asFields(body, 'the body') as { instances?: unknown } // holds: any object may lack it
  if (!Array.isArray(instances) || instances.length === 0 || instances.length > MAX_INSTANCES) {
    throw new Refusal(400, `instances: expected a list of 1 to ${MAX_INSTANCES} houses`, 'instances')
  }
  return instances.map((instance: unknown, i) => Array.isArray(instance) ? readRow(instance, `instances[${i}]`) : readHouse(instance, `instances[${i}]`))
}

function readHouse(instance: unknown, at: string): House {
  const fields = asFields(instance, at)
  return {
    rooms: readRooms(fields['rooms'], `${at}.rooms`),
    area_m2: readArea(fields['area_m2'], `${at}.area_m2`),
    age_years: readAge(fields['age_years'], `${at}.age_years`),
    distance_km: readDistance(fields['distance_km'], `${at}.distance_km`),
    garden: readBoolean(fields['garden'], `${at}.garden`),
    neighbourhood: readNeighbourhood(fields['neighbourhood'], `${at}.neighbourhood`),
    energy: readEnergy(fields['energy'], `${at}.energy`)
  }
}

function readRow(row: readonly unknown[], at: string): House {
  if (row.length !== ROW_LENGTH) throw new Refusal(400, `${at}: expected ${ROW_LENGTH} numbers; got ${row.length}`, at)
  const place = (i: number, count: number): number => wholeFrom(0, count - 1)(row[i], `${at}[${i}]`)
  return {
    rooms: readRooms(row[0], `${at}[0]`),
    area_m2: readArea(row[1], `${at}[1]`),
    age_years: readAge(row[2], `${at}[2]`),
    distance_km: readDistance(row[3], `${at}[3]`),
    garden: place(4, 2) === 1,
    neighbourhood: NEIGHBOURHOODS[place(5, NEIGHBOURHOODS.length)] ?? NEIGHBOURHOODS[0],
    energy: ENERGY_CLASSES[place(6, ENERGY_CLASSES.length)] ?? ENERGY_CLASSES[0]
  }
}
