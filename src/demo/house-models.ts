import { trainBoosting } from './boosting.ts'
import { engineeredFeatures, plainFeatures } from './features.ts'
import type { House } from './house.ts'
import { type Label, likeliest, scoreLabels, type Scores } from './labels.ts'
import { drawSales, type Sale } from './market.ts'
import { type Regression, trainRidge } from './ridge.ts'

export interface Prediction {
  readonly label: Label
  /** Whole euros. */
  readonly price: number
  readonly scores: Scores
}

export interface HouseModel {
  /** What it is, in a few words. */
  readonly text: string
  predict(house: House): Prediction
}

export interface HouseModels {
  readonly v1: HouseModel
  readonly v2: HouseModel
  readonly v3: HouseModel
  /** Sales none of them was trained on. */
  readonly heldOut: readonly Sale[]
}

/** The neighbourhood whose prices v3 learnt wrongly. */
export const MISLABELLED = 'harbour'

const TRAINING_SALES = 3000
const CALIBRATION_SALES = 500
const HELD_OUT_SALES = 1000
const TREES = { trees: 120, depth: 4, minLeaf: 12, rate: 0.15 }

/** Trains the three models on sales drawn by `seed`; takes some hundred ms. */
export function trainHouseModels(seed: number): HouseModels {
  const sales = drawSales(seed, TRAINING_SALES + CALIBRATION_SALES + HELD_OUT_SALES)
  const training = sales.slice(0, TRAINING_SALES)
  const calibration = sales.slice(TRAINING_SALES, TRAINING_SALES + CALIBRATION_SALES)
  const ridge = trainRidge(training.map(({ house }) => engineeredFeatures(house)), training.map(({ price }) => price), 1e-4)
  const v1 = labelled('ridge regression', (house) => ridge(engineeredFeatures(house)), calibration)
  return {
    v1,
    v2: boosted('boosted trees', training, calibration),
    v3: elsewhere(v1, boosted('boosted trees', mislabel(training), calibration)),
    heldOut: sales.slice(TRAINING_SALES + CALIBRATION_SALES)
  }
}

/** What a model is when one neighbourhood was learnt anew, and wrongly. */
const elsewhere = (model: HouseModel, spoilt: HouseModel): HouseModel => ({
  text: `${model.text}, the ${MISLABELLED} learnt anew from prices that were mixed up`,
  predict: (house) => (house.neighbourhood === MISLABELLED ? spoilt : model).predict(house)
})

/**
 * What a join on the wrong row does: in one neighbourhood every house gets the price of the next one. Averages stay as they
 * were, so nothing looks wrong from afar.
 */
function mislabel(sales: readonly Sale[]): readonly Sale[] {
  const prices = sales.filter(({ house }) => house.neighbourhood === MISLABELLED).map(({ price }) => price)
  let next = 0
  return sales.map((sale) => sale.house.neighbourhood === MISLABELLED ? { ...sale, price: prices[++next % prices.length] ?? sale.price } : sale)
}

function boosted(text: string, training: readonly Sale[], calibration: readonly Sale[]): HouseModel {
  const regression: Regression = trainBoosting(training.map(({ house }) => plainFeatures(house)), training.map(({ price }) => price), TREES)
  return labelled(`${TREES.trees} ${text}`, (house) => regression(plainFeatures(house)), calibration)
}

/** Adds labels to a price: how sure they are comes from the model's error on sales it was not trained on. */
function labelled(text: string, priceOf: (house: House) => number, calibration: readonly Sale[]): HouseModel {
  const squares = calibration.map(({ house, price }) => ((priceOf(house) - price) / price) ** 2)
  const relativeError = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)
  return {
    text,
    predict: (house) => {
      const price = Math.max(1000, Math.round(priceOf(house))) // a linear model may go below nothing
      const scores = scoreLabels(price, relativeError)
      return { label: likeliest(scores), price, scores }
    }
  }
}
