import { keyOf } from '../core/hash.ts'
import { rowOf } from './house.ts'
import { CHAT_MODEL, EMBEDDING_MODEL } from './llm-server.ts'
import { drawHouse } from './market.ts'
import { createRng, type Rng } from '../core/rng.ts'

export type RequestKind = 'predict' | 'chat' | 'embedding' | 'unknown_path' | 'malformed'

/** A request to be sent: always a POST of JSON, or of what should have been JSON. */
export interface PlannedRequest {
  readonly kind: RequestKind
  readonly path: string
  /** Value of x-user-id. */
  readonly user: string
  readonly body: string
}

const PREDICT = '/v1/models/house:predict'

// shares of all requests; what is left is predictions
const CHAT_SHARE = 0.08
const EMBEDDING_SHARE = 0.03
const UNKNOWN_PATH_SHARE = 0.01
const MALFORMED_SHARE = 0.01

const QUESTIONS = [
  'What does a shadow model do?',
  'Tell me about the house by the river.',
  'Why do we test in a wind tunnel?',
  'What happens when the canary falls silent?',
  'Which house has a garden?',
  'How does a tree know the price?',
  'What went wrong at the harbour?',
  'Who can stop a test?',
  'Is the new model better?'
]

/** The request at place `index` of the traffic of `seed`. It does not depend on what was sent before. */
export function planRequest(seed: number, index: number, users: number): PlannedRequest {
  const rng = createRng(keyOf(`${seed} ${index}`))
  const user = userOf(rng, users)
  const point = rng.uniform()
  if (point < CHAT_SHARE) return { kind: 'chat', path: '/v1/chat/completions', user, body: chatBody(rng) }
  if (point < CHAT_SHARE + EMBEDDING_SHARE) {
    return { kind: 'embedding', path: '/v1/embeddings', user, body: JSON.stringify({ model: EMBEDDING_MODEL, input: [rng.pick(QUESTIONS)] }) }
  }
  const predict = JSON.stringify({ instances: instances(rng) })
  if (point > 1 - UNKNOWN_PATH_SHARE) return { kind: 'unknown_path', path: '/v1/models/castle:predict', user, body: predict }
  if (point > 1 - UNKNOWN_PATH_SHARE - MALFORMED_SHARE) return { kind: 'malformed', path: PREDICT, user, body: predict.slice(0, -3) }
  return { kind: 'predict', path: PREDICT, user, body: predict }
}

/** Some users ask far more often than others. */
function userOf(rng: Rng, users: number): string {
  return `user-${String(Math.floor(rng.uniform() ** 2 * users) + 1).padStart(4, '0')}`
}

/** 1 to 4 houses of one neighbourhood, as someone looks at who wants to live there; every tenth list as rows of numbers. */
function instances(rng: Rng): readonly unknown[] {
  const asRows = rng.uniform() < 0.1
  const { neighbourhood } = drawHouse(rng)
  return Array.from({ length: rng.whole(1, 4) }, () => {
    const house = { ...drawHouse(rng), neighbourhood }
    return asRows ? rowOf(house) : house
  })
}

function chatBody(rng: Rng): string {
  const messages = [{ role: 'system', content: 'Answer in plain prose.' }, { role: 'user', content: rng.pick(QUESTIONS) }]
  return JSON.stringify({ model: CHAT_MODEL, messages, stream: true, max_tokens: rng.whole(16, 64), seed: rng.whole(1, 1_000_000) })
}
