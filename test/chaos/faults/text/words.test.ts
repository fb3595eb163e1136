import { describe, expect, it } from 'vitest'
import { faults } from '../../../../src/chaos/faults/index.ts'
import { answerOf, blowOf, degraded, degradedBy, type Fields, skipOf, strikerOf } from '../../support/fault.ts'
import { chat, said } from './answers.ts'

const REQUESTS = 3000

/** 99.9 % of the shares that n draws of probability p give are this near to p. */
const bound = (p: number, n: number): number => 3.29 * Math.sqrt(p * (1 - p) / n)

/** What each of many requests gets to read in place of the text. */
function readings(kind: string, fields: Fields, text: string, strength = 1): string[] {
  const striker = strikerOf(kind, fields)
  const answer = answerOf({ text })
  return Array.from({ length: REQUESTS }, (_, i) => {
    const changed = degradedBy(striker(blowOf(`r${i}`, { strength })), answer)
    return changed === undefined ? text : (JSON.parse(changed) as { text: string }).text
  })
}

const WORDS = Array.from({ length: 10 }, (_, i) => `word${'abcdefghij'.charAt(i)}`)
const SENTENCES = ['One is here.', 'Two, 3.5 of it!', 'Three?', 'He said "four."', 'Five']
const PARAGRAPH = `${SENTENCES.slice(0, 3).join(' ')}\n${SENTENCES.slice(3).join('  ')}\n`

describe('drop-words', () => {
  it.each([[0.3, 1], [0.8, 0.5], [0.05, 1]])('with share %d at strength %d loses as many as it says', (share, strength) => {
    const texts = readings('drop-words', { share }, WORDS.join(' '), strength)
    const left = texts.map((text) => text === '' ? [] : text.split(' '))
    const lost = 1 - left.flat().length / (WORDS.length * REQUESTS)
    expect(Math.abs(lost - share * strength)).toBeLessThan(bound(share * strength, WORDS.length * REQUESTS))
    // what is left is in its order
    expect(left.every((words) => words.join(' ') === WORDS.filter((word) => words.includes(word)).join(' '))).toBe(true)
  })

  it('with a larger share only loses more', () => {
    const few = readings('drop-words', { share: 0.2 }, WORDS.join(' '))
    const many = readings('drop-words', { share: 0.2 }, WORDS.join(' '), 0.5)
    expect(few.every((text, i) => text.split(' ').filter(Boolean).every((word) => many[i]!.includes(word)))).toBe(true)
  })

  it('loses all with share 1, and none at strength 0', () => {
    expect(degraded('drop-words', { share: 1 }, chat('a b\nc'))).toBe(chat(''))
    expect(degraded('drop-words', { share: 1 }, chat('a b\nc'), { strength: 0 })).toBeUndefined()
    expect(degraded('drop-words', { share: 1 }, { text: ' a ' })).toBe('{"text":" "}')
  })
})

describe('drop-sentences', () => {
  it.each([[0.3, 1], [0.8, 0.5]])('with share %d at strength %d loses as many as it says', (share, strength) => {
    const texts = readings('drop-sentences', { share }, PARAGRAPH, strength)
    const left = texts.reduce((sum, text) => sum + SENTENCES.filter((sentence) => text.includes(sentence)).length, 0)
    expect(Math.abs(1 - left / (SENTENCES.length * REQUESTS) - share * strength)).toBeLessThan(bound(share * strength, SENTENCES.length * REQUESTS))
  })

  it('that shuffles keeps each sentence, and brings each to the front as often', () => {
    const texts = readings('drop-sentences', { share: 0, shuffle: true }, PARAGRAPH)
    expect(texts.every((text) => SENTENCES.every((sentence) => text.includes(sentence)) && text.length === PARAGRAPH.length)).toBe(true)
    for (const sentence of SENTENCES) expect(Math.abs(texts.filter((text) => text.startsWith(sentence)).length / REQUESTS - 0.2)).toBeLessThan(bound(0.2, REQUESTS))
  })

  it.each([{ share: 1 }, { share: 0, shuffle: true }])('with %j at strength 0 leaves the text as it was', (fields) => {
    expect(degraded('drop-sentences', fields, { text: PARAGRAPH }, { strength: 0 })).toBeUndefined()
  })

  it('keeps the spacing of what is left', () => {
    const texts = readings('drop-sentences', { share: 0.2 }, PARAGRAPH)
    expect(texts).toContain(PARAGRAPH.replace('Two, 3.5 of it! ', ''))
    expect(texts).toContain(PARAGRAPH.replace('  Five', ''))
    expect(texts).toContain(PARAGRAPH.replace('One is here. ', ''))
  })
})

describe('typos', () => {
  it.each([[0.3, 1], [0.5, 0.2], [1, 1]])('with share %d at strength %d mistypes as many words as it says, by one slip each', (share, strength) => {
    const words = ['Letter', 'of', 'GREEN', 'éà', 'noon', 'zz']
    const texts = readings('typos', { share }, words.join(' '), strength).map((text) => text.split(' '))
    const wrong = texts.flatMap((typed) => typed.flatMap((word, i) => word === words[i] ? [] : [[word, words[i]!] as const]))
    const p = share * strength
    const n = words.length * REQUESTS
    expect(Math.abs(wrong.length / n - p)).toBeLessThanOrEqual(bound(p, n))
    expect(wrong.every(([word, was]) => isOneSlip(word, was))).toBe(true)
  })

  it('leaves numbers, single letters and all other signs', () => {
    expect(skipOf('typos', { share: 1 }, { text: 'a 12,5% - I & 3 "x"' })).toBe('unchanged')
    expect(said(degraded('typos', { share: 1 }, chat('12 ab.')))).toMatch(/^12 [a-z]{1,3}\.$/)
  })
})

/** One letter more, one less, another, or two swapped. */
function isOneSlip(word: string, was: string): boolean {
  const at = Math.max(0, [...was].findIndex((letter, i) => letter !== word[i]))
  const [rest, wasRest] = [word.slice(at), was.slice(at)]
  const start = word.startsWith(was) || was.startsWith(word)
  return start ? Math.abs(word.length - was.length) === 1
    : rest.slice(1) === wasRest.slice(1) || rest.slice(1) === wasRest || rest === wasRest.slice(1) || rest === wasRest[1]! + wasRest[0]! + wasRest.slice(2)
}

describe('perturb-numbers', () => {
  it.each<[string, number, readonly string[]]>([
    ['100', 0.1, ['110', '90']], ['1,234.50', 0.1, ['1,357.95', '1,111.05']], ['999', 0.01, ['1009', '989']], ['999,999.9', 0.5, ['1,499,999.9', '500,000.0']], ['3', 0.1, ['4', '2']], ['0', 0.5, ['1']],
    ['0.05', 0.2, ['0.06', '0.04']], ['$5.00', 1, ['$10.00', '$0.00']], ['-40%', 0.5, ['-60%', '-20%']], ['{"price":20}', 0.5, ['{"price":30}', '{"price":10}']], ['007', 0.5, ['011', '004']],
    ['costs 20, or 40.', 0.5, ['costs 30, or 60.', 'costs 30, or 20.', 'costs 10, or 60.', 'costs 10, or 20.']], ['1,000,000', 0.5, ['1,500,000', '500,000']], ['0.123456789012345', 0.5, ['0.123456789012345']]
  ])('of %s by %d writes one of %j, each as often', (text, delta, expected) => {
    const texts = readings('perturb-numbers', { delta }, text)
    expect(new Set(texts)).toEqual(new Set(expected))
    for (const one of expected) {
      const p = 1 / expected.length
      expect(Math.abs(texts.filter((made) => made === one).length / REQUESTS - p)).toBeLessThanOrEqual(bound(p, REQUESTS))
    }
  })

  it.each(['v2', 'gpt-4', '1.2.3', '2024-05-01', '10:30', '3/4', '5th', '12345678901234567890', 'none', 'x_1', '1e5'])('leaves %s alone', (text) => {
    expect(skipOf('perturb-numbers', { delta: 0.5 }, { text })).toBe('unchanged')
  })

  it('changes the share it says, and by no more than the strength wants', () => {
    const texts = readings('perturb-numbers', { delta: 0.5, share: 0.3 }, '1000', 0.1)
    expect(new Set(texts)).toEqual(new Set(['1000', '1050', '950']))
    expect(Math.abs(texts.filter((text) => text !== '1000').length / REQUESTS - 0.3)).toBeLessThan(bound(0.3, REQUESTS))
    expect(degraded('perturb-numbers', { delta: 0.5 }, { text: '10' }, { strength: 0 })).toBeUndefined()
  })
})

describe('negate', () => {
  it.each([
    ['It is warm.', 'It is not warm.'], ['It is not warm.', 'It is warm.'], ['It isn\'t warm.', 'It is warm.'], ['It isn’t.', 'It is.'], ['You can go.', 'You cannot go.'], ['You cannot go.', 'You can go.'],
    ['You can\'t go.', 'You can go.'], ['You won\'t.', 'You will.'], ['I do not know.', 'I do know.'], ['They haven\'t come.', 'They have come.'], ['It may be, and it is.', 'It may not be, and it is.'],
    ['It is nothing.', 'It is not nothing.'], ['A is B.\nC was D! E must be F.', 'A is not B.\nC was not D! E must not be F.'], ['We are 1.0 apart.', 'We are not 1.0 apart.']
  ])('makes of %j %j', (text, expected) => {
    expect(degraded('negate', {}, chat(text))).toBe(chat(expected))
  })

  it.each(['Is it warm?', 'I have a dog.', 'They go.', 'This island.', 'In May we go.', ''])('leaves %j', (text) => {
    expect(skipOf('negate', {}, { text })).toBe('unchanged')
  })

  it.each([[0.3, 1], [0.6, 0.25]])('with share %d at strength %d turns as many as it says', (share, strength) => {
    const texts = readings('negate', { share }, 'A is B. C is D. E is F.', strength)
    const turned = texts.reduce((sum, text) => sum + text.split(' not ').length - 1, 0)
    expect(Math.abs(turned / (3 * REQUESTS) - share * strength)).toBeLessThan(bound(share * strength, 3 * REQUESTS))
  })
})

describe('words that make no sense', () => {
  it.each<[string, Fields]>([
    ['drop-words', {}], ['drop-words', { share: 0 }], ['drop-words', { share: 1.1 }], ['drop-sentences', { share: 0 }], ['drop-sentences', { shuffle: true }], ['typos', { share: 0 }], ['typos', {}],
    ['perturb-numbers', {}], ['perturb-numbers', { delta: 0 }], ['perturb-numbers', { delta: 1.5 }], ['perturb-numbers', { delta: 0.1, share: 0 }], ['negate', { share: 0 }]
  ])('%s is refused with %j', (kind, fields) => {
    expect(faults.find(({ name }) => name === kind)!.fields.safeParse({ kind, ...fields }).success).toBe(false)
  })

  it.each(['drop-words', 'drop-sentences', 'typos', 'negate'])('%s is skipped with a reason where there is no text', (kind) => {
    const fields = { share: 0.5 }
    expect(skipOf(kind, fields, 'not json')).toBe('not_json')
    expect(skipOf(kind, fields, { a: 1 })).toBe('target_absent')
    expect(skipOf(kind, fields, { text: 1 })).toBe('wrong_type')
    expect(skipOf(kind, fields, { text: '' })).toBe('unchanged')
  })
})

it.each<[string, Fields]>([
  ['drop-words', { share: 0.5 }], ['drop-sentences', { share: 0.5 }], ['typos', { share: 0.5 }], ['perturb-numbers', { delta: 0.5 }], ['negate', {}], ['repeat-text', { times: 2 }], ['repeat-text', { times: 2, unit: 'word' }],
  ['truncate-text', { words: 1 }], ['break-format', { how: 'single-quotes' }], ['break-format', { how: 'renamed-keys' }]
])('%s with %j takes time in proportion to the text, whatever it is made of', (kind, fields) => {
  // squared, one of these would take minutes
  const n = 200_000
  for (const run of [' ', 'a', '.', '"', '1', '1,', '. ', '\n', '\\', '`', '_', 'a ', '.")', 'is ']) degraded(kind, fields, { text: `x${run.repeat(n)}` })
}, 10_000)
