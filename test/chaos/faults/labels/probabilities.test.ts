import { describe, expect, it } from 'vitest'
import { countBound } from '../../../support/chance.ts'
import { degraded, type Fields, skipOf } from '../../support/fault.ts'
import { BATCH, probabilitiesBy, sumOf, upTo } from './rows.ts'

// what rounding adds in a few operations on numbers of about 1
const ROUNDING = 1e-12

const close = (found: readonly number[], expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length)
  found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(ROUNDING * Math.max(1, Math.abs(expected[i]!))))
}

/** Probabilities of five classes, others for each number. */
function some(i: number): readonly number[] {
  const weights = upTo(5).map((k) => ((i + 1) * (k + 3) * 7919) % 101 + 0.5)
  return weights.map((weight) => weight / sumOf(weights))
}

const best = (values: readonly number[]): number => values.indexOf(Math.max(...values))

const SHARPER = 0.7 ** 2 + 0.2 ** 2 + 0.1 ** 2
describe('probabilities', () => {
  it.each<[string, Fields, number, readonly number[]]>([
    ['temperature', { temperature: 0.5 }, 1, [0.49 / SHARPER, 0.04 / SHARPER, 0.01 / SHARPER]],
    ['temperature', { temperature: 0.25 }, 0.5, [0.49 / SHARPER, 0.04 / SHARPER, 0.01 / SHARPER]],
    ['class-bias', { class: 1, bias: Math.log(2) }, 1, [0.7 / 1.2, 0.4 / 1.2, 0.1 / 1.2]],
    ['class-bias', { class: 1, bias: Math.log(4) }, 0.5, [0.7 / 1.2, 0.4 / 1.2, 0.1 / 1.2]],
    ['class-bias', { class: 0, bias: -50 }, 1, [0, 2 / 3, 1 / 3]],
    ['mix-probabilities', { share: 0.3 }, 1, [0.59, 0.24, 0.17]],
    ['mix-probabilities', { share: 0.6 }, 0.5, [0.59, 0.24, 0.17]],
    ['mix-probabilities', { share: 1 }, 1, [1 / 3, 1 / 3, 1 / 3]],
    ['clip-probabilities', { epsilon: 0.15 }, 1, [0.7, 0.2, 0.15]],
    ['clip-probabilities', { epsilon: 0.4 }, 1, [0.6, 0.4, 0.4]],
    ['clip-probabilities', { epsilon: 0.3 }, 0.5, [0.7, 0.2, 0.15]],
    ['clip-probabilities', { epsilon: 0.15, renormalise: true }, 1, [0.7 / 1.05, 0.2 / 1.05, 0.15 / 1.05]],
    ['denormalise', { sum: 1.2 }, 1, [0.84, 0.24, 0.12]],
    ['denormalise', { sum: 100 }, 1, [70, 20, 10]],
    ['denormalise', { sum: 1.4 }, 0.5, [0.84, 0.24, 0.12]]
  ])('by %s %j at strength %d are as its formula has them', (kind, fields, strength, expected) => {
    close(probabilitiesBy(kind, fields, [0.7, 0.2, 0.1], { strength }), expected)
  })

  it.each<[string, Fields, string, string]>([
    ['clip-probabilities', { epsilon: 0.15 }, '"owl":0.1000}, "n"', '"owl":0.15}, "n"'],
    ['clip-probabilities', { epsilon: 0.05 }, '"owl":0.0}', '"owl":0.05}'],
    ['temperature', { temperature: 0.01 }, '', ''],
    ['mix-probabilities', { share: 0.5 }, '', ''],
    ['class-bias', { class: 'owl', bias: 1 }, '', ''],
    ['dirichlet', { concentration: 5 }, '', ''],
    ['denormalise', { sum: 2 }, '', '']
  ])('by %s %j are all that changes', (kind, fields, from, to) => {
    const after = degraded(kind, fields, BATCH)
    const around = (text: string | undefined): string | undefined => text?.replaceAll(/"(cat|dog|owl)":[^,}]+/g, '"$1":?')
    expect(around(after)).toBe(around(BATCH))
    expect(after).toContain(to)
    if (from !== '') expect(after).not.toContain(from)
  })

  it('that do not change keep their spelling', () => {
    expect(degraded('clip-probabilities', { epsilon: 0.05 }, BATCH)).toBe(BATCH.replace('"owl":0.0}', '"owl":0.05}'))
    expect(degraded('class-bias', { class: 'owl', bias: 1 }, BATCH)).toContain('"owl":0.0}}')
  })

  it('may be rows of an array, or of a tensor by its shape', () => {
    const rows = degraded('denormalise', { sum: 2, at: '/predictions' }, '{"predictions":[[0.5,0.5],[0.25,0.75]]}')
    expect(rows).toBe('{"predictions":[[1,1],[0.5,1.5]]}')
    const tensor = (shape: string, data: string): string => `{"model_name":"m","outputs":[{"name":"p","datatype":"FP32","shape":${shape},"data":${data}}]}`
    const on = (shape: string, data: string): string | undefined => degraded('denormalise', { sum: 2 }, tensor(shape, data), { path: '/v2/models/m/infer' })
    expect(on('[2,2]', '[0.5,0.5,0.25,0.75]')).toBe(tensor('[2,2]', '[1,1,0.5,1.5]'))
    expect(on('[1,4]', '[0.25,0.25,0.25,0.25]')).toBe(tensor('[1,4]', '[0.5,0.5,0.5,0.5]'))
    expect(on('[4]', '[0.25,0.25,0.25,0.25]')).toBe(tensor('[4]', '[0.5,0.5,0.5,0.5]'))
  })

  it.each<[string, Fields]>([['temperature', { temperature: 3 }], ['temperature', { temperature: 0.2 }], ['mix-probabilities', { share: 0.9 }], ['class-bias', { class: 2, bias: 3 }], ['dirichlet', { concentration: 2 }], ['clip-probabilities', { epsilon: 0.2, renormalise: true }]])('by %s %j sum to 1', (kind, fields) => {
    for (const i of upTo(300)) expect(Math.abs(sumOf(probabilitiesBy(kind, fields, some(i), { id: `r${i}` })) - 1)).toBeLessThan(ROUNDING)
  })

  it.each<[string, Fields]>([['temperature', { temperature: 3 }], ['temperature', { temperature: 0.2 }], ['mix-probabilities', { share: 0.9 }], ['denormalise', { sum: 0.3 }], ['clip-probabilities', { epsilon: 0.15 }]])('by %s %j keep which is the best', (kind, fields) => {
    for (const i of upTo(300)) expect(best(probabilitiesBy(kind, fields, some(i)))).toBe(best(some(i)))
  })
})

describe('a temperature', () => {
  it('makes calibrated probabilities as wrong as its formula says', () => {
    // two classes: of what is said to be p', the share p'^T / (p'^T + (1-p')^T) is right
    for (const [temperature, p] of [[0.5, 0.6], [0.5, 0.8], [2, 0.9], [3, 0.7]] as const) {
      const requests = 3000
      const [said = 0] = probabilitiesBy('temperature', { temperature }, [p, 1 - p])
      const right = said ** temperature / (said ** temperature + (1 - said) ** temperature)
      expect(Math.abs(right - p)).toBeLessThan(ROUNDING)
      // truths that p is calibrated for, one golden section after the other
      const hits = upTo(requests).filter((i) => (i * 0.618033988749895) % 1 < p).length
      expect(Math.abs(hits - requests * right)).toBeLessThan(countBound(requests, right))
      expect(Math.abs(hits - requests * said)).toBeGreaterThan(countBound(requests, said))
    }
  })

  it.each([[0.5, 0.8, 16 / 17], [2, 16 / 17, 0.8], [0.01, 1, 1], [100, 0, 0], [0.1, 0.5, 0.5]])('of %d makes the single number %d to %d', (temperature, p, expected) => {
    const text = degraded('temperature', { temperature, binary: true }, `{"score":${p},"n":1.0}`)
    close([(JSON.parse(text ?? `{"score":${p}}`) as { readonly score: number }).score], [expected])
    expect(text ?? ',"n":1.0}').toContain(',"n":1.0}')
  })

  it('of half the strength on a single number is its square root', () => {
    expect(degraded('temperature', { temperature: 4, binary: true, at: '/p' }, '{"p":0.9}', { strength: 0.5 })).toBe(degraded('temperature', { temperature: 2, binary: true, at: '/p' }, '{"p":0.9}'))
  })
})

describe('a Dirichlet draw', () => {
  it.each([[20, 1], [1, 1], [0.5, 1], [10, 0.25]])('of concentration %d at strength %d has the mean and variance of its formula', (concentration, strength) => {
    const p = [0.6, 0.3, 0.1, 0]
    const requests = 4000
    const drawn = upTo(requests).map((i) => probabilitiesBy('dirichlet', { concentration }, p, { id: `r${i}`, strength }))
    const variances = p.map((share) => share * (1 - share) / (concentration / strength + 1))
    for (const k of [0, 1, 2]) {
      const values = drawn.map((row) => row[k]!)
      expect(Math.abs(sumOf(values) / requests - p[k]!)).toBeLessThan(3.29 * Math.sqrt(variances[k]! / requests))
      const squares = values.map((value) => (value - p[k]!) ** 2)
      const mean = sumOf(squares) / requests
      const spread = Math.sqrt(sumOf(squares.map((square) => (square - mean) ** 2)) / requests)
      expect(Math.abs(mean - variances[k]!)).toBeLessThan(3.29 * spread / Math.sqrt(requests))
    }
    expect(drawn.every((row) => row[3] === 0)).toBe(true)
  })

  it('of three equal classes and concentration 3 is uniform on the simplex', () => {
    // the first of the three is above 1 - sqrt(1/2) half of the time
    const requests = 3000
    const above = upTo(requests).filter((i) => probabilitiesBy('dirichlet', { concentration: 3 }, [1 / 3, 1 / 3, 1 / 3], { id: `r${i}` })[0]! > 1 - Math.sqrt(0.5)).length
    expect(Math.abs(above - requests / 2)).toBeLessThan(countBound(requests, 0.5))
  })

  it('is the same when the request comes again, and another for another', () => {
    const by = (id: string): readonly number[] => probabilitiesBy('dirichlet', { concentration: 3 }, [0.5, 0.5], { id })
    expect(by('a')).toEqual(by('a'))
    expect(by('a')).not.toEqual(by('b'))
  })
})

const CASES: readonly (readonly [string, Fields])[] = [['temperature', { temperature: 2 }], ['class-bias', { class: 'a', bias: 1 }], ['mix-probabilities', { share: 0.5 }], ['dirichlet', { concentration: 5 }], ['clip-probabilities', { epsilon: 0.4, renormalise: true }], ['denormalise', { sum: 2 }]]

it.each(CASES)('the fault %s says why it skips', (kind, fields) => {
  expect(skipOf(kind, fields, '{"other":1}')).toBe('target_absent')
  expect(skipOf(kind, fields, '{"scores":')).toBe('not_json')
  for (const none of ['0.5', '[]', '{}', 'null', '[null]', '{"a":"1"}', '[0.5,NaN]', '[[],[]]']) expect(skipOf(kind, fields, `{"scores":${none}}`)).toBe('wrong_type')
  for (const none of ['[0.5,0.4]', '[1.5,-0.5]', '{"a":3.2,"b":-1}', '[0.9,0.9]']) expect(skipOf(kind, fields, `{"scores":${none}}`)).toBe('not_probabilities')
})

it.each(CASES)('the fault %s changes nothing at no strength', (kind, fields) => {
  expect(degraded(kind, fields, '{"scores":{"a":0.70,"b":0.290}}', { strength: 0 })).toBeUndefined()
})

it('the fault class-bias skips where the class is not there', () => {
  expect(skipOf('class-bias', { class: 'a', bias: 1 }, '{"scores":[0.5,0.5]}')).toBe('no_match')
  expect(skipOf('class-bias', { class: 2, bias: 1 }, '{"scores":[0.5,0.5]}')).toBe('no_match')
  expect(skipOf('class-bias', { class: 'c', bias: 1 }, '{"scores":{"a":0.5,"b":0.5}}')).toBe('no_match')
  expect(degraded('class-bias', { class: 3, bias: 1 }, '{"scores":{"3":0.5,"4":0.5}}')).toBeDefined()
})

it.each([['{"score":"0.5"}', 'wrong_type'], ['{"score":[0.5]}', 'wrong_type'], ['{"score":1.2}', 'not_probabilities'], ['{"score":0.5}', 'unchanged'], ['{}', 'target_absent']])('the fault temperature on a single number of %s is skipped: %s', (body, reason) => {
  expect(skipOf('temperature', { temperature: 2, binary: true }, body)).toBe(reason)
})

it.each<[string, Fields]>([
  ['temperature', {}], ['temperature', { temperature: 1 }], ['temperature', { temperature: 0 }], ['temperature', { temperature: 101 }], ['temperature', { temperature: 2, binary: 1 }], ['class-bias', { bias: 1 }], ['class-bias', { class: 'a' }],
  ['class-bias', { class: 'a', bias: 0 }], ['class-bias', { class: -1, bias: 1 }], ['class-bias', { class: 0.5, bias: 1 }], ['class-bias', { class: 0, bias: 51 }], ['mix-probabilities', {}], ['mix-probabilities', { share: 0 }], ['mix-probabilities', { share: 1.1 }],
  ['dirichlet', {}], ['dirichlet', { concentration: 0 }], ['dirichlet', { concentration: Infinity }], ['clip-probabilities', {}], ['clip-probabilities', { epsilon: 0 }], ['clip-probabilities', { epsilon: 0.5 }],
  ['denormalise', {}], ['denormalise', { sum: 1 }], ['denormalise', { sum: 0 }], ['denormalise', { sum: -1 }], ['denormalise', { sum: 2, at: 'score' }]
])('the fault %s is refused as %j', (kind, fields) => {
  expect(() => degraded(kind, fields, '{}')).toThrow()
})
