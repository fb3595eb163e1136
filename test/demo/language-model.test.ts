import { describe, expect, it } from 'vitest'
import { PARAGRAPHS } from '../../src/demo/corpus.ts'
import { END, perplexity, trainLanguageModel } from '../../src/demo/language-model.ts'
import { createRng } from '../../src/core/rng.ts'
import { splitWords, writeWord } from '../../src/demo/words.ts'
import { writeParagraph } from '../../src/demo/writer.ts'

const models = [1, 2, 3, 4].map((order) => trainLanguageModel(PARAGRAPHS, order))
const trigrams = models[2]!
const written = (seed: number, temperature: number, about = '', model = trigrams): string => {
  let text = ''
  for (const piece of writeParagraph(model, { rng: createRng(seed), temperature, about })) {
    text += piece
    if (text.length > 600) break
  }
  return text
}
/** Every fifth paragraph. */
const unseen = (_: string, i: number): boolean => i % 5 === 0
/** All runs of three words. */
const runs = (text: string): readonly string[] => splitWords(text).map((_, i, words) => words.slice(i, i + 3).join(' ')).slice(0, -2)
const mentions = (about: string): number => Array.from({ length: 40 }, (_, seed) => written(seed, 0.7, about)).filter((text) => /harbour/i.test(text)).length

describe('words', () => {
  it.each([
    ['The fan, at last: it turns!', ['the', 'fan', ',', 'at', 'last', ':', 'it', 'turns', '!']],
    ["It's 20 m² (well-known)", ["it's", '20', 'm²', 'well-known']],
    ['Größe 東京', ['größe', '東京']],
    [' \n ', []]
  ])('of %j are found', (text, words) => {
    expect(splitWords(text)).toEqual(words)
  })

  it('are written back with spaces and capitals where they belong', () => {
    const words = splitWords('A fan turns, slowly. It stops.')
    expect(words.map((word, i) => writeWord(word, words[i - 1])).join('')).toBe('A fan turns, slowly. It stops.')
  })

  it('of the corpus come back as they were', () => {
    for (const paragraph of PARAGRAPHS) {
      const words = splitWords(paragraph)
      expect(words.map((word, i) => writeWord(word, words[i - 1])).join('')).toBe(paragraph)
    }
  })
})

describe('the language model', () => {
  it('gives probabilities that add up to 1 after any context, seen or not', () => {
    const rng = createRng(1)
    for (const model of models) {
      for (let i = 0; i < 100; i++) {
        const context = Array.from({ length: rng.whole(0, 5) }, () => rng.whole(0, model.words.length - 1))
        const chances = model.next(context)
        expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 9)
        expect(Math.min(...chances)).toBeGreaterThan(0)
      }
    }
  })

  it('has counted by hand: probabilities of a tiny corpus', () => {
    // "a b", "a c": bigrams after a: b, c; continuations: a after the beginning, b and c after a, the end after b and c
    const model = trainLanguageModel(['a b', 'a c'], 2)
    const id = (word: string): number => model.idOf(word)!
    const uniform = 1 / 4
    const unigram = (kinds: number): number => (kinds - 0.5) / 5 + 0.5 * 4 / 5 * uniform
    expect(model.next([id('a')])[id('b')]).toBeCloseTo((1 - 0.5) / 2 + 0.5 * 2 / 2 * unigram(1), 12)
    expect(model.next([id('a')])[END]).toBeCloseTo(0.5 * 2 / 2 * unigram(2), 12)
    expect(model.next([])[id('a')]).toBeCloseTo((2 - 0.5) / 2 + 0.5 * 1 / 2 * unigram(1), 12)
    expect(model.next([id('b')])[END]).toBeCloseTo((1 - 0.5) / 1 + 0.5 * unigram(2), 12)
  })

  it('is less surprised by prose it has not read when it looks at more than one word', () => {
    const read = PARAGRAPHS.filter((paragraph, i) => !unseen(paragraph, i))
    const [one, two, three] = [1, 2, 3].map((order) => perplexity(trainLanguageModel(read, order), PARAGRAPHS.filter(unseen)))
    expect(two).toBeLessThan(0.8 * one!)
    expect(three).toBeLessThan(0.9 * one!)
  })

  it('knows what it has read better with every word it looks back at', () => {
    const surprises = models.map((model) => perplexity(model, PARAGRAPHS))
    expect(surprises).toEqual(surprises.toSorted((a, b) => b - a))
  })
})

describe('the writer', () => {
  it('writes the same for the same seed and other things for other seeds', () => {
    expect(written(5, 0.7)).toBe(written(5, 0.7))
    expect(new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => written(seed, 0.7))).size).toBeGreaterThan(5)
  })

  it('does not depend on the seed at temperature 0', () => {
    expect(written(1, 0)).toBe(written(2, 0))
  })

  it('wanders farther from what it has read the higher the temperature', () => {
    const known = new Set(PARAGRAPHS.flatMap(runs))
    const strange = (temperature: number): number => {
      const seen = Array.from({ length: 30 }, (_, seed) => runs(written(seed, temperature))).flat()
      return seen.filter((run) => !known.has(run)).length / seen.length
    }
    expect(strange(0.3)).toBeLessThan(strange(0.7))
    expect(strange(0.7)).toBeLessThan(strange(1.5))
  })

  it('writes about what it is asked about', () => {
    expect(mentions('What happened at the harbour?')).toBeGreaterThan(2 * mentions(''))
  })

  it('never answers nothing, though it has read empty paragraphs', () => {
    const model = trainLanguageModel(['', '', '', 'a fan'], 3)
    for (let seed = 0; seed < 50; seed++) expect(written(seed, 1, '', model)).toMatch(/^(?:A|Fan)\b/)
    expect(written(1, 0, '', model)).toBe('A fan')
  })
})
