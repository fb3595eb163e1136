import { describe, expect, it } from 'vitest'
import { chiSquare, chiSquareBound, countBound } from '../../../support/chance.ts'
import { degraded, type Fields, skipOf } from '../../support/fault.ts'
import { BATCH, matrixOf, upTo } from './rows.ts'

const KIND = 'label-flip'
const ANIMALS = ['cat', 'dog', 'owl', 'eel']

/** The classes after the fault, of a batch with these before it. */
function flipped<L>(fields: Fields, labels: readonly L[], given: { readonly id?: string, readonly strength?: number } = {}): readonly L[] {
  const text = degraded(KIND, { at: '/labels/*', ...fields }, { labels }, given)
  return text === undefined ? labels : (JSON.parse(text) as { readonly labels: readonly L[] }).labels
}

/** Truths 0, 1, 2 ... K-1 in turn, and answers that are right `rightPercent` times in 100, else the next class. */
const answered = (rows: number, classes: number, rightPercent: number): readonly { readonly truth: number, readonly label: number }[] =>
  upTo(rows).map((i) => ({ truth: i % classes, label: (i + (Math.floor(i / classes) % 100 < rightPercent ? 0 : 1)) % classes }))

describe('the accuracy after labels are flipped', () => {
  it.each([
    [3, 90, { percent: 20 }, 1], [10, 80, { percent: 50 }, 1], [2, 70, { percent: 10 }, 1], [4, 30, { percent: 60 }, 1], [3, 90, { percent: 40 }, 0.25],
    [3, 90, { accuracyLoss: 10, accuracy: 90 }, 1], [10, 80, { accuracyLoss: 5, accuracy: 80 }, 1], [2, 75, { accuracyLoss: 50, accuracy: 75 }, 1], [3, 90, { accuracyLoss: 10, accuracy: 90 }, 0.5]
  ])('of %d classes, from %d percent, by %j at strength %d, is that of the formula', (classes, right, fields, strength) => {
    const rows = 100 * classes * 10
    const batches = 4
    const all = answered(rows, classes, right)
    const a = right / 100
    const labels = upTo(classes)
    let hits = 0
    for (let i = 0; i < batches; i++) flipped({ ...fields, labels }, all.map(({ label }) => label), { id: `r${i}`, strength }).forEach((label, j) => { if (label === all[j]?.truth) hits++ })
    const p = 'percent' in fields ? fields.percent / 100 * strength : 0
    const expected = 'percent' in fields ? a * (1 - p) + (1 - a) * p / (classes - 1) : a - fields.accuracyLoss / 100 * strength
    expect(Math.abs(hits - batches * rows * expected)).toBeLessThan(countBound(batches * rows, expected))
  })
})

describe('the confusion after labels are flipped by a matrix', () => {
  it.each([1, 0.5])('is C*M at strength %d, and the rest of the way to it', (strength) => {
    const shares = [[0.9, 0.1, 0], [0.2, 0.5, 0.3], [0, 0, 1]]
    const confusion = [[400, 50, 50], [20, 300, 80], [100, 0, 200]]
    const names = ['cat', 'dog', 'owl']
    // owl has no row and stays
    const matrix = { cat: { cat: 0.9, dog: 0.1 }, dog: { cat: 0.2, owl: 0.3, dog: 0.5 } }
    const rows = confusion.flatMap((row, truth) => row.flatMap((count, label) => upTo(count).map(() => ({ truth, label }))))
    const batches = 10
    const after = matrixOf(3)
    for (let i = 0; i < batches; i++) flipped({ matrix }, rows.map(({ label }) => names[label]!), { id: `r${i}`, strength }).forEach((label, j) => { after[rows[j]!.truth]![names.indexOf(label)]!++ })
    for (const truth of upTo(3)) {
      for (const label of upTo(3)) {
        const moves = upTo(3).map((from) => ({ count: batches * confusion[truth]![from]!, share: (from === label ? 1 - strength : 0) + strength * shares[from]![label]! }))
        const expected = moves.reduce((sum, { count, share }) => sum + count * share, 0)
        const variance = moves.reduce((sum, { count, share }) => sum + count * share * (1 - share), 0)
        expect(Math.abs(after[truth]![label]! - expected)).toBeLessThanOrEqual(3.29 * Math.sqrt(variance) + 0.5)
      }
    }
  })

  it('keeps the type of the label where the key reads as one', () => {
    expect(flipped<unknown>({ matrix: { 1: { 2: 1 }, true: { false: 1 }, x: { 3: 1 }, 7: { seven: 1 } } }, [1, '1', true, 'x', 7, 3])).toEqual([2, '2', false, '3', 'seven', 3])
  })
})

describe('a flipped label', () => {
  it('is any of the others, each as often', () => {
    const counts = [0, 0, 0, 0]
    for (const label of flipped({ percent: 100, labels: ANIMALS }, upTo(6000).map(() => 'dog'))) counts[ANIMALS.indexOf(label)]!++
    expect(counts[1]).toBe(0)
    expect(chiSquare(counts.filter((_, i) => i !== 1))).toBeLessThan(chiSquareBound(2))
  })

  it.each([[[true, false], [true, false, true], [false, true, false]], [['a"b', 'c'], ['a"b', 'c'], ['c', 'a"b']], [[1.5, 2], [1.5, 2, 1.5], [2, 1.5, 2]]])('of two %j is the other one', (labels, before, after) => {
    expect(flipped<unknown>({ percent: 100, labels }, before)).toEqual(after)
  })

  it('is all that changes', () => {
    expect(degraded(KIND, { matrix: { cat: { owl: 1 } } }, BATCH)).toBe(BATCH.replace('"label":"cat"', '"label":"owl"'))
    expect(degraded(KIND, { matrix: { dog: { 'ø"': 1 } } }, BATCH)).toBe(BATCH.replace(String.raw`"d\u006fg"`, String.raw`"ø\""`))
    expect(degraded(KIND, { percent: 100, labels: [1, 2] }, '{"label": 1.0, "n": 0.1000}')).toBe('{"label": 2, "n": 0.1000}')
  })

  it('is left alone where it is not in the list, a number for text too', () => {
    expect(flipped<unknown>({ percent: 100, labels: ['1', 'b'] }, [1, '1', 'c', null])).toEqual([1, 'b', 'c', null])
  })

  it('stays flipped, to the same class, when the strength grows', () => {
    const before = upTo(500).map((i) => ANIMALS[i % 4]!)
    const [some, more, most] = [0.2, 0.6, 1].map((strength) => flipped({ percent: 80, labels: ANIMALS }, before, { strength }))
    expect(some).not.toEqual(more)
    before.forEach((label, i) => {
      if (some![i] !== label) expect(more![i]).toBe(some![i])
      if (more![i] !== label) expect(most![i]).toBe(more![i])
    })
  })

  it('is drawn by the request', () => {
    const before = upTo(100).map(() => 'cat')
    expect(flipped({ percent: 50, labels: ANIMALS }, before)).toEqual(flipped({ percent: 50, labels: ANIMALS }, before))
    expect(flipped({ percent: 50, labels: ANIMALS }, before)).not.toEqual(flipped({ percent: 50, labels: ANIMALS }, before, { id: 'other' }))
  })

  it('is none at no strength', () => {
    expect(degraded(KIND, { percent: 100, labels: ['cat', 'dog'], scoresAt: 'scores' }, BATCH, { strength: 0 })).toBeUndefined()
  })
})

describe('the scores beside a flipped label', () => {
  it('change places as they are spelled, so that the best of them is the new one', () => {
    expect(degraded(KIND, { percent: 100, labels: ['cat', 'dog'], scoresAt: 'scores' }, BATCH)).toBe(BATCH
      .replace('"cat", "scores":{"cat":0.70,"dog":2e-1', '"dog", "scores":{"cat":2e-1,"dog":0.70')
      .replace(String.raw`"d\u006fg", "scores":{"cat":0.250,"dog":0.750`, '"cat", "scores":{"cat":0.750,"dog":0.250'))
  })

  it('are found in arrays by the order of the labels', () => {
    const body = '{"predictions":[{"probs":[0.10,0.20, 0.70],"class":2}]}'
    expect(degraded(KIND, { matrix: { 2: { 0: 1 } }, labels: [0, 1, 2], scoresAt: 'scores' }, body)).toBe('{"predictions":[{"probs":[0.70,0.20, 0.10],"class":0}]}')
  })

  it('may be lists of their own, of rows or of a tensor', () => {
    const ways = { at: '/labels/*', percent: 100, labels: ['a', 'b'], scoresAt: '/scores' }
    expect(degraded(KIND, ways, '{"labels":["a","b"],"scores":[[0.90,0.10],[0.2,0.8]]}')).toBe('{"labels":["b","a"],"scores":[[0.10,0.90],[0.8,0.2]]}')
    const tensors = (labels: string, data: string): string => `{"model_name":"m","outputs":[{"name":"l","datatype":"BYTES","shape":[2],"data":${labels}},{"name":"p","datatype":"FP32","shape":[2,2],"data":${data}}]}`
    expect(degraded(KIND, { ...ways, at: '/outputs/0/data/*', scoresAt: '/outputs/1/data' }, tensors('["a","b"]', '[0.90,0.10,0.2,0.8]'), { path: '/v2/models/m/infer' })).toBe(tensors('["b","a"]', '[0.10,0.90,0.8,0.2]'))
  })

  it('stay where they are told to', () => {
    expect(degraded(KIND, { matrix: { cat: { owl: 1 } }, scoresAt: 'scores', consistency: 'leave' }, BATCH)).toBe(BATCH.replace('"label":"cat"', '"label":"owl"'))
  })

  it('make the best of them agree with the label in every row', () => {
    for (let i = 0; i < 200; i++) {
      const text = degraded(KIND, { percent: 60, labels: ANIMALS, scoresAt: '/rows/*/scores', at: '/rows/*/label' }, { rows: ANIMALS.map((label, best) => ({ label, scores: ANIMALS.map((_, j) => j === best ? 0.7 : 0.1) })) }, { id: `r${i}` })
      for (const { label, scores } of (JSON.parse(text ?? '{"rows":[]}') as { readonly rows: readonly { readonly label: string, readonly scores: readonly number[] }[] }).rows) expect(ANIMALS[scores.indexOf(0.7)]).toBe(label)
    }
  })
})

it.each<[Fields, string, string]>([
  [{}, '{"other":1}', 'target_absent'], [{}, '{"label":"cat"', 'not_json'], [{}, '{"label":null}', 'wrong_type'], [{}, '{"label":["cat"]}', 'wrong_type'], [{}, '{"label":"bee"}', 'no_match'], [{ percent: 1e-9 }, '{"label":"cat"}', 'unchanged'],
  [{ scoresAt: 'scores' }, '{"label":"cat"}', 'rows_differ'], [{ scoresAt: 'scores' }, '{"label":"cat","scores":[]}', 'rows_differ'], [{ scoresAt: 'scores' }, '{"label":"cat","scores":[1]}', 'scores_differ'], [{ scoresAt: 'scores' }, '{"label":"cat","scores":{"cat":1}}', 'scores_differ'],
  [{ at: '/a/cat', scoresAt: '/a' }, '{"a":{"cat":"cat","dog":1}}', 'targets_overlap']
])('a label-flip with %j of %s is skipped: %s', (fields, body, reason) => {
  expect(skipOf(KIND, { percent: 100, labels: ['cat', 'dog'], ...fields }, body)).toBe(reason)
})

const TWO = ['a', 'b']
it.each<Fields>([
  {}, { labels: TWO }, { percent: 10 }, { percent: 0, labels: TWO }, { percent: 101, labels: TWO }, { percent: 10, labels: ['a'] }, { percent: 10, labels: ['a', 'a'] }, { percent: 10, labels: ['a', null] },
  { percent: 10, matrix: { a: { b: 1 } } }, { percent: 10, labels: TWO, accuracyLoss: 5, accuracy: 90 }, { percent: 10, labels: TWO, accuracy: 90 },
  { matrix: {} }, { matrix: { a: { a: 1 } } }, { matrix: { a: { a: 0.5, b: 0.4 } } }, { matrix: { a: { b: 1.00001 } } }, { matrix: { a: { a: -0.5, b: 1.5 } } }, { matrix: { a: {} } }, { matrix: { a: { b: 1 } }, labels: TWO },
  { accuracyLoss: 5, labels: TWO }, { accuracyLoss: 5, accuracy: 90 }, { accuracyLoss: 0, accuracy: 90, labels: TWO }, { accuracyLoss: 81, accuracy: 90, labels: TWO }, { accuracyLoss: 1, accuracy: 50, labels: TWO }, { accuracyLoss: 1, accuracy: 20, labels: TWO },
  { percent: 10, labels: TWO, consistency: 'swap' }, { percent: 10, labels: TWO, scoresAt: 'score' }, { percent: 10, labels: TWO, at: 'labels' }
])('a label-flip is refused as %j', (fields) => {
  expect(() => degraded(KIND, fields, '{}')).toThrow()
})

it.each<Fields>([{ accuracyLoss: 80, accuracy: 90, labels: TWO }, { matrix: { a: { a: 0.3333333, b: 0.6666666 } } }, { percent: 100, labels: TWO }])('a label-flip is possible as %j', (fields) => {
  expect(() => degraded(KIND, fields, '{}')).not.toThrow()
})
