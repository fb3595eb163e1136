import { type HouseModel, type HouseModels, MISLABELLED } from './house-models.ts'
import { labelOfPrice } from './labels.ts'
import type { Sale } from './market.ts'

/** How a model does on sales it has not seen. */
export interface Quality {
  /** Root mean square error of the price, euros. */
  readonly rmse: number
  /** Share of labels that are those of the price paid, 0..1. */
  readonly accuracy: number
}

/** Measures a model on sales. */
export function qualityOf(model: HouseModel, sales: readonly Sale[]): Quality {
  let squares = 0
  let right = 0
  for (const { house, price } of sales) {
    const said = model.predict(house)
    squares += (said.price - price) ** 2
    if (said.label === labelOfPrice(price)) right++
  }
  return { rmse: Math.sqrt(squares / sales.length), accuracy: right / sales.length }
}

/** How often two models disagree. */
export interface Disagreement {
  /** Share of sales whose labels differ, 0..1. */
  readonly label: number
  /** Share of sales whose prices differ by more than 15 % of the larger, 0..1. */
  readonly price: number
}

/** Prices that differ by less, as a share of the larger, count as the same; the demo's config compares by it too. */
export const PRICE_TOLERANCE = 0.15

/** Measures how two models differ on sales. */
export function disagreement(one: HouseModel, other: HouseModel, sales: readonly Sale[]): Disagreement {
  let label = 0
  let price = 0
  for (const { house } of sales) {
    const a = one.predict(house)
    const b = other.predict(house)
    if (a.label !== b.label) label++
    if (Math.abs(a.price - b.price) > PRICE_TOLERANCE * Math.max(a.price, b.price)) price++
  }
  return { label: label / sales.length, price: price / sales.length }
}

/** A line on each model and one on each pair that the demo sets against each other. */
export function describeHouseModels({ v1, v2, v3, heldOut }: HouseModels): readonly string[] {
  const there = heldOut.filter(({ house }) => house.neighbourhood === MISLABELLED)
  const elsewhere = heldOut.filter(({ house }) => house.neighbourhood !== MISLABELLED)
  const line = (name: string, model: HouseModel): string => {
    const { rmse, accuracy } = qualityOf(model, heldOut)
    return `${name}: ${model.text}, off by ${thousands(rmse)} (rmse), label right for ${percent(accuracy)}`
  }
  const apart = (other: HouseModel, sales: readonly Sale[]): string => {
    const { label, price } = disagreement(v1, other, sales)
    return `label ${percent(label)}, price by more than ${percent(PRICE_TOLERANCE)} ${percent(price)}`
  }
  return [
    line('v1', v1),
    line('v2', v2),
    line('v3', v3),
    `v1 and v2 disagree: ${apart(v2, heldOut)}`,
    `v1 and v3 disagree: at the ${MISLABELLED} ${apart(v3, there)}; elsewhere ${apart(v3, elsewhere)}`
  ]
}

const thousands = (euros: number): string => `${(euros / 1000).toFixed(1)} k`
const percent = (share: number): string => `${(share * 100).toFixed(1).replace('.0', '')} %`
