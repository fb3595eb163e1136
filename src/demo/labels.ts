/** Cheapest first. */
export const LABELS = ['budget', 'mid', 'premium'] as const
export type Label = (typeof LABELS)[number]
/** How probable each label is; they add up to 1 but for rounding to 4 places. */
export type Scores = Readonly<Record<Label, number>>

/** Euros: below the first is budget, from the second on premium. */
export const LABEL_BOUNDS = [320_000, 560_000] as const

/** The label that a price has, once it is known. */
export function labelOfPrice(price: number): Label {
  return price < LABEL_BOUNDS[0] ? 'budget' : price < LABEL_BOUNDS[1] ? 'mid' : 'premium'
}

/**
 * How probable each label is, given the price a model says and how far off it usually is: an ordered logit (McCullagh, 1980)
 * whose spread is the model's own error.
 * @param relativeError root mean square of (said - paid) / paid on houses the model has not seen
 */
export function scoreLabels(price: number, relativeError: number): Scores {
  const spread = relativeError * Math.abs(price) * Math.sqrt(3) / Math.PI // a logistic of this scale has that deviation
  const below = LABEL_BOUNDS.map((bound) => 1 / (1 + Math.exp((price - bound) / spread)))
  const [budget = 0, notPremium = 0] = below
  return { budget: round(budget), mid: round(notPremium - budget), premium: round(1 - notPremium) }
}

/** The most probable label; the cheaper one of two that are as probable. */
export function likeliest(scores: Scores): Label {
  return LABELS.reduce((best, label) => scores[label] > scores[best] ? label : best, LABELS[0])
}

const round = (share: number): number => Math.round(share * 10_000) / 10_000
