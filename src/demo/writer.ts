import { END, type LanguageModel, type WordId } from './language-model.ts'
import type { Rng } from '../core/rng.ts'
import { splitWords, type Word, writeWord } from './words.ts'

export interface WritingPlan {
  readonly rng: Rng
  /** 0 always takes the likeliest word, 1 draws as the model says, above 1 more freely. */
  readonly temperature: number
  /** What to write about: words of it that the model knows, and that are not among the most common, are favoured. */
  readonly about: string
}

/** How much likelier a word becomes by being asked about. */
const FAVOUR = 12
/** Words that are more than this share of all are too common to be a topic. */
const COMMON_SHARE = 0.004

/** Writes one paragraph, piece by piece: each word with the space before it. */
export function* writeParagraph(model: LanguageModel, { rng, temperature, about }: WritingPlan): Generator<string, void> {
  const topic = topicOf(model, about)
  const text: WordId[] = []
  let before: Word | undefined
  while (true) {
    const weights = model.next(text.slice(-model.order + 1)).map((chance, id) => chance * (topic.has(id) ? FAVOUR : 1))
    if (text.length === 0) weights[END] = 0 // an empty paragraph is no answer
    const id = temperature < 0.01 ? likeliest(weights) : drawBy(weights.map((weight) => weight ** (1 / temperature)), rng)
    if (id === END) return
    const word = model.words[id] ?? ''
    yield writeWord(word, before)
    before = word
    text.push(id)
  }
}

function topicOf(model: LanguageModel, about: string): ReadonlySet<WordId> {
  const limit = COMMON_SHARE * model.words.reduce((sum, _, id) => sum + model.count(id), 0)
  return new Set(splitWords(about).flatMap((word) => {
    const id = model.idOf(word)
    return id === undefined || model.count(id) > limit ? [] : [id]
  }))
}

function likeliest(weights: Float64Array): WordId {
  return weights.reduce((best, weight, id) => weight > (weights[best] ?? 0) ? id : best, 0)
}

function drawBy(weights: Float64Array, rng: Rng): WordId {
  const point = rng.uniform() * weights.reduce((sum, weight) => sum + weight, 0)
  let passed = 0
  const found = weights.findIndex((weight) => (passed += weight) > point)
  return found < 0 ? likeliest(weights) : found // rounding at the very end
}
