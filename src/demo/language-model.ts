import { splitWords, type Word } from './words.ts'

/** A word's number; 0 is the end of a paragraph, and what stands before its beginning. */
export type WordId = number

/** See `WordId`. */
export const END: WordId = 0

/** A model of which word follows which. */
export interface LanguageModel {
  /** By number; `words[END]` is empty. */
  readonly words: readonly Word[]
  /** Words it looks at, the one to be said included: 3 is a trigram model. */
  readonly order: number
  idOf(word: Word): WordId | undefined
  /** How often the word came in training. */
  count(id: WordId): number
  /** How probable each word is after `context`, by number; they add up to 1. Words before the context count as END. */
  next(context: readonly WordId[]): Float64Array
}

/** What followed one context in training. */
interface Followers {
  total: number
  readonly counts: Map<WordId, number>
}

/**
 * Taken off every count; what is taken off is what the shorter context gets to say. 0.75 would be less surprised by new prose,
 * 0.5 stays closer to the prose it has read and makes better sentences.
 */
const DISCOUNT = 0.5

/**
 * Counts which words follow which, and backs off to shorter contexts by discounting (Kneser and Ney, 1995, interpolated as in
 * Chen and Goodman, 1998, section 4.1.6): p(w | h) = (c(h w) - d) / c(h) + d * kinds(h) / c(h) * p(w | h without its first
 * word), down to all words being as probable. Shorter contexts count a word once for each longer one it was seen after and
 * not each time, so that a word with one fixed neighbour is not thought to fit everywhere.
 */
export function trainLanguageModel(paragraphs: readonly string[], order: number): LanguageModel {
  const words: Word[] = ['']
  const ids = new Map<Word, WordId>([['', END]])
  const followers = new Map<string, Followers>()
  const uses: number[] = []

  const idFor = (word: Word): WordId => {
    const known = ids.get(word)
    if (known !== undefined) return known
    ids.set(word, words.length)
    return words.push(word) - 1
  }
  /** Counts the word; says whether it had been seen after this context before. */
  const learn = (context: string, id: WordId): boolean => {
    let entry = followers.get(context)
    if (entry === undefined) followers.set(context, entry = { total: 0, counts: new Map() })
    const count = entry.counts.get(id) ?? 0
    entry.total++
    entry.counts.set(id, count + 1)
    return count > 0
  }
  for (const paragraph of paragraphs) {
    const text = [...splitWords(paragraph).map(idFor), END]
    for (const [i, id] of text.entries()) {
      let length = order - 1
      while (!learn(contextOf(text.slice(0, i), length), id) && length > 0) length--
      uses[id] = (uses[id] ?? 0) + 1
    }
  }

  return {
    words,
    order,
    idOf: (word) => ids.get(word),
    count: (id) => uses[id] ?? 0,
    next: (context) => {
      let chances = new Float64Array(words.length).fill(1 / words.length)
      for (let length = 0; length < order; length++) {
        const entry = followers.get(contextOf(context, length))
        if (entry === undefined) break // a longer one was not seen either
        const { total, counts } = entry
        const left = DISCOUNT * counts.size / total
        chances = chances.map((chance) => chance * left)
        for (const [id, count] of counts) chances[id] = (chances[id] ?? 0) + (count - DISCOUNT) / total
      }
      return chances
    }
  }
}

/** The last `length` words, with END in place of those before the beginning. */
function contextOf(text: readonly WordId[], length: number): string {
  const missing = Math.max(0, length - text.length)
  return [...Array.from({ length: missing }, () => END), ...text.slice(text.length - length + missing)].join(' ')
}

/** Two to the mean surprise per word, in bits: how many words it hesitates between. Words it has never seen are left out. */
export function perplexity(model: LanguageModel, paragraphs: readonly string[]): number {
  let surprise = 0
  let count = 0
  for (const paragraph of paragraphs) {
    const text = [...splitWords(paragraph).flatMap((word) => model.idOf(word) ?? []), END]
    for (const [i, id] of text.entries()) surprise -= Math.log2(model.next(text.slice(0, i))[id] ?? 0)
    count += text.length
  }
  return 2 ** (surprise / count)
}
