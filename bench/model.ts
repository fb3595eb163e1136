/*
 * The traffic of all scenarios: a prediction asked for with about 130 octets and given with about 250, by a thousand users.
 */

/** Where predictions are asked for. */
export const PATH = '/v1/models/house:predict'

/** Users that requests come from, each with a header of its own; sticky routing tells them apart. */
export const USERS = 1000

export const userOf = (index: number): string => `user-${index % USERS}`

/** What is asked. */
export const QUESTION: string = JSON.stringify({
  instances: [{ rooms: 4, area_m2: 112.5, year: 1987, lat: 52.51629, lon: 13.37771, district: 'mitte', garden: true, energy: 'C' }]
})

/** What a model says to it. */
export const answer = ({ score, model }: { readonly score: number, readonly model: string }): string => JSON.stringify({
  id: 'prediction-7f3a',
  model,
  predictions: [
    { price: 412_350.75, label: 'sell', score },
    { price: 398_120.5, label: 'hold', score: 0.2431 }
  ],
  usage: { features: 8, trees: 120 },
  notes: 'estimated from comparable sales of the last twelve months nearby'
})

/** What models answer: the same from `stable` and `canary`, and one field that differs from `next`. */
export const ANSWERS: { readonly stable: string, readonly next: string } = {
  stable: answer({ score: 0.7569, model: 'house' }),
  next: answer({ score: 0.7571, model: 'house' })
}

/** A whole request as a client sends it. */
export const requestOf = (user: string, path: string = PATH): Buffer => Buffer.from(
  `POST ${path} HTTP/1.1\r\nhost: models.test\r\ncontent-type: application/json\r\nx-user-id: ${user}\r\ncontent-length: ${Buffer.byteLength(QUESTION)}\r\n\r\n${QUESTION}`
)
