import { describe, expect, it } from 'vitest'
import { countBound } from '../../../support/chance.ts'
import type { Blow } from '../../../../src/chaos/fault.ts'
import { answerOf, blowOf, degraded, degradedBy, type Fields, skipOf, strikerOf } from '../../support/fault.ts'

const MANY = 20_000
const at = { at: '/y' }

/** What a fault makes of y in one answer after the other, each for a request of its own. */
function play(kind: string, fields: Fields, values: readonly (number | string)[], blow: Partial<Blow> = {}): readonly number[] {
  const striker = strikerOf(kind, { ...at, ...fields })
  return values.map((value, i) => {
    const body = `{"y":${value}}`
    return (JSON.parse(degradedBy(striker(blowOf(`r${i}`, blow)), answerOf(body)) ?? body) as { y: number }).y
  })
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
function variance(values: readonly number[]): number {
  const middle = mean(values)
  return mean(values.map((value) => (value - middle) ** 2))
}
const same = (value: number | string, count = MANY): readonly (number | string)[] => Array.from({ length: count }, () => value)

describe('noise', () => {
  it.each<[string, number]>([
    // by the distribution functions; lognormal is that of sigma 0.5, Student's that of 5 degrees of freedom
    ['normal', 0.6827], ['uniform', 0.5774], ['laplace', 0.7569], ['student-t', 0.7468], ['lognormal', 0.7637]
  ])('that is %s lies within a standard deviation of its mean in a share of %d', (distribution, share) => {
    const near = play('noise', { distribution, sd: 3, bias: 2 }, same('10.0')).filter((y) => Math.abs(y - 12) < 3).length
    expect(Math.abs(near - MANY * share)).toBeLessThan(countBound(MANY, share))
  })

  it.each(['normal', 'uniform', 'laplace', 'student-t', 'lognormal'])('that is %s has the mean and the spread it was asked for, so that the squared error grows by sd^2 + bias^2', (distribution) => {
    const errors = play('noise', { distribution, sd: 3, bias: 2 }, same('10.0')).map((y) => y - 10)
    // z = 3.29 standard errors of a mean; the fourth moment of the widest tail here (Student, 5) is 9, so that of a variance is sd^2 sqrt(8 / n)
    expect(Math.abs(mean(errors) - 2)).toBeLessThan(3.29 * 3 / Math.sqrt(MANY))
    expect(Math.abs(variance(errors) - 9)).toBeLessThan(3.29 * 9 * Math.sqrt(8 / MANY))
    // a squared error has variance sd^4 (kurtosis - 1) + 4 bias^2 sd^2 + 4 bias sd^3 skewness: at most 648 + 144 + 381, as no skewness here is over 1.76
    expect(Math.abs(mean(errors.map((error) => error ** 2)) - (9 + 4))).toBeLessThan(3.29 * Math.sqrt(1173 / MANY))
  })

  it('on a share adds that share of sd^2 + bias^2 to the squared error', () => {
    const squares = play('noise', { share: 0.25, sd: 3, bias: 2 }, same('10.0')).map((y) => (y - 10) ** 2)
    // of a normal: the fourth moment about 0 is 3 sd^4 + 6 sd^2 bias^2 + bias^4 = 475
    expect(Math.abs(mean(squares) - 13 / 4)).toBeLessThan(3.29 * Math.sqrt((475 / 4 - (13 / 4) ** 2) / MANY))
  })

  it('multiplied is relative to what it is had on', () => {
    const shares = play('noise', { mode: 'multiply', sd: 0.1 }, same('-200.0')).map((y) => y / -200 - 1)
    expect(Math.abs(mean(shares))).toBeLessThan(3.29 * 0.1 / Math.sqrt(MANY))
    // of a normal: a standard deviation has standard error sd / sqrt(2 n)
    expect(Math.abs(Math.sqrt(variance(shares)) - 0.1)).toBeLessThan(3.29 * 0.1 / Math.sqrt(2 * MANY))
  })

  it('in logarithms keeps the sign, and the logarithm has the mean and the spread it was asked for', () => {
    const logarithms = play('noise', { mode: 'log', sd: 0.5, bias: 0.25 }, same('-200.0')).map((y) => Math.log(y / -200))
    expect(Math.abs(mean(logarithms) - 0.25)).toBeLessThan(3.29 * 0.5 / Math.sqrt(MANY))
    // of a normal: the variance has standard error sd^2 sqrt(2 / n)
    expect(Math.abs(variance(logarithms) - 0.25)).toBeLessThan(3.29 * 0.25 * Math.sqrt(2 / MANY))
    expect(degraded('noise', { ...at, mode: 'log', sd: 1 }, '{"y":1.5}', { strength: 0 })).toBeUndefined()
  })

  it('in units of the spread of what was seen comes once that is known, and is as wide as it says', () => {
    const values = Array.from({ length: MANY }, (_, i) => (i % 2 === 0 ? '100.5' : '300.5'))
    const said = play('noise', { sd: 0.5, relativeTo: 'spread', warmUp: 100 }, values)
    expect(said.slice(0, 100)).toEqual(values.slice(0, 100).map(Number))
    const errors = said.slice(200).map((y, i) => y - Number(values[i + 200]))
    // numbers 100 from their mean, each: a standard deviation of 100, and of 100 sqrt(n / (n - 1)) of the first n, by less than 0.3 % more from 200 on
    expect(Math.abs(Math.sqrt(variance(errors)) - 50)).toBeLessThan(3.29 * 50 / Math.sqrt(2 * errors.length) + 50 * 0.003)
  })

  it.each(['1e999', '-1e300'])('in units of the spread is not put off by a single %s', (odd) => {
    const fields = { sd: 0.5, relativeTo: 'spread', warmUp: 4 }
    const values = ['100.5', '300.5', '100.5', '300.5', '100.5']
    const without = play('noise', fields, values)
    const striker = strikerOf('noise', { ...at, ...fields })
    const said = [odd, ...values].map((y, i) => degradedBy(striker(blowOf(`r${i - 1}`)), answerOf(`{"y":${y}}`)))
    expect(said.at(-1)).toBe(`{"y":${without.at(-1)}}`)
    expect(without.at(-1)).not.toBe(100.5)
  })

  it('on a share touches that share, and its strength scales it', () => {
    const touched = play('noise', { sd: 1, share: 0.25 }, same('1.5')).filter((y) => y !== 1.5).length
    expect(Math.abs(touched - MANY / 4)).toBeLessThan(3.29 * Math.sqrt(MANY * 0.25 * 0.75) + 1)
    expect(Math.sqrt(variance(play('noise', { sd: 4 }, same('1.5'), { strength: 0.5 })))).toBeCloseTo(2, 1)
    expect(degraded('noise', { ...at, sd: 4 }, '{"y":1.5}', { strength: 0 })).toBeUndefined()
  })

  it('leaves whole numbers whole, as their digits and without a sign for 0', () => {
    expect(degraded('noise', { ...at, bias: -1.3 }, '{"y":1}')).toBe('{"y":0}')
    expect(degraded('unit-error', { ...at, factor: 1000 }, '{"y":1000000000000000000}')).toBe('{"y":1000000000000000000000}')
  })

  it('leaves whole numbers whole, unless it may not', () => {
    expect(play('noise', { sd: 10 }, same('100', 50)).every(Number.isInteger)).toBe(true)
    expect(play('noise', { sd: 10, decimals: true }, same('100', 50)).some((y) => !Number.isInteger(y))).toBe(true)
  })
})

describe('a single octet that need not change', () => {
  it.each<[string, Fields, string, string]>([
    ['sign-error', {}, '{"id":12345678901234567890, "y" : 1.50,"z":0.1000}', '{"id":12345678901234567890, "y" : -1.50,"z":0.1000}'],
    ['sign-error', {}, '{"y":-2e3}', '{"y":2e3}'],
    ['unit-error', { factor: 100 }, '{"y":1.5,"z":1.0}', '{"y":150,"z":1.0}'],
    ['unit-error', { conversion: 'celsius-to-fahrenheit', decimals: true }, '{"y":21}', '{"y":69.80000000000001}'],
    ['unit-error', { conversion: 'celsius-to-fahrenheit' }, '{"y":21}', '{"y":70}'],
    ['stuck', { value: 7 }, '{"y":1.0,"z":1.0}', '{"y":7,"z":1.0}'],
    ['quantise', { step: 0.25 }, '{"y":1.3}', '{"y":1.25}'],
    ['quantise', { step: 0.1 }, '{"y":0.34,"z":1.0}', '{"y":0.3,"z":1.0}'],
    ['quantise', { step: 2.5 }, '{"y":7}', '{"y":7.5}'],
    ['quantise', { step: 5 }, '{"y":-1}', '{"y":0}'],
    ['quantise', { step: 1 }, '{"y":1234567890123456.5}', '{"y":1234567890123457}'],
    ['quantise', { digits: 2 }, '{"y":123.456}', '{"y":120}'],
    ['quantise', { to: 'float16' }, '{"y":0.1}', '{"y":0.0999755859375}'],
    ['quantise', { to: 'bfloat16' }, '{"y":0.1}', '{"y":0.10009765625}'],
    ['clip-number', { max: 1 }, '{"y":1.5,"z":9}', '{"y":1,"z":9}'],
    ['clip-number', { min: 0.5 }, '{"y":-3}', '{"y":0.5}']
  ])('is not changed by %s %j', (kind, fields, body, expected) => {
    expect(degraded(kind, { ...at, ...fields }, body)).toBe(expected)
  })

  it.each<[string, Fields, string, string]>([
    ['noise', { sd: 1 }, '{"y":"1"}', 'wrong_type'], ['noise', { sd: 1 }, '{"x":1}', 'target_absent'], ['noise', { sd: 1 }, '<html>', 'not_json'], ['noise', { sd: 1, relativeTo: 'spread' }, '{"y":1.5}', 'warming_up'],
    ['unit-error', { factor: 1e300 }, '{"y":1e300}', 'not_finite'], ['sign-error', {}, '{"y":0}', 'unchanged'], ['stuck', {}, '{"y":3}', 'unchanged'], ['stuck', {}, '{"y":null}', 'wrong_type'], ['quantise', { step: 1 }, '{"y":2.0}', 'unchanged'],
    ['clip-number', { max: 5 }, '{"y":2}', 'unchanged'], ['lag', {}, '{"y":2}', 'nothing_yet'], ['lag', {}, '{"x":2}', 'target_absent'], ['lag', {}, '{"y":"2"}', 'wrong_type'], ['lag', {}, '{', 'not_json'],
    ['quantise', { step: 1 }, '{"y":1234567890123456}', 'unchanged'], ['quantise', { to: 'float16' }, '{"y":70000}', 'not_finite'], ['quantise', { to: 'bfloat16' }, '{"y":true}', 'wrong_type'], ['clip-number', { min: 0 }, '{"y":[]}', 'wrong_type'],
    ['sign-error', {}, '{"y":"-1"}', 'wrong_type'], ['unit-error', { factor: 2 }, '{"y":{}}', 'wrong_type'], ['unit-error', { factor: 2 }, '{"y":0}', 'unchanged']
  ])('is there to change for %s %j in %s: %s', (kind, fields, body, reason) => {
    expect(skipOf(kind, { ...at, ...fields }, body)).toBe(reason)
  })
})

describe('numbers that hang', () => {
  it('are the first, as it was written', () => {
    const striker = strikerOf('stuck', at)
    expect(['{"y":1.50}', '{"y":2}', '{"y":3}'].map((body, i) => degradedBy(striker(blowOf(`r${i}`)), answerOf(body)))).toEqual([undefined, '{"y":1.50}', '{"y":1.50}'])
  })

  it('are the first of their place, and of their path', () => {
    const striker = strikerOf('stuck', { at: '/y/*' })
    const said = (body: string, path = '/a'): string | undefined => degradedBy(striker(blowOf('r')), answerOf(body, { path }))
    expect([said('{"y":[1.0, null]}'), said('{"y":[2, 3.50]}'), said('{"y":[9]}', '/b'), said('{"y":[4,5 ,6]}'), said('{"y":[8]}', '/b')])
      .toEqual([undefined, '{"y":[1.0, 3.50]}', undefined, '{"y":[1.0,3.50 ,6]}', '{"y":[9]}'])
  })

  it('are kept for so many places, and no more', () => {
    const striker = strikerOf('stuck', { at: '/y/*' })
    const row = (value: number): string => JSON.stringify({ y: Array.from({ length: 10_001 }, () => value) })
    const said = [row(1), row(2)].map((body) => degradedBy(striker(blowOf('r')), answerOf(body)))
    expect(said).toEqual([undefined, JSON.stringify({ y: [...Array.from({ length: 10_000 }, () => 1), 2] })])
    const long = `{"y":[1.${'0'.repeat(1000)}]}`
    expect(skipOf('stuck', { at: '/y/*' }, long)).toBe('too_large')
    expect(degraded('stuck', { at: '/y/*', value: 2 }, long)).toBe('{"y":[2]}')
  })

  it('have no variance any more', () => {
    expect(variance(play('stuck', {}, Array.from({ length: 100 }, (_, i) => `${i}.5`)))).toBe(0)
  })

  it('come late, to the same unit alone', () => {
    const striker = strikerOf('lag', { ...at, answers: 2 })
    const said = (y: number, key: number): string | undefined => degradedBy(striker(blowOf('r', { key })), answerOf(`{"y":${y}.0}`))
    expect([said(1, 1), said(2, 1), said(3, 1), said(9, 2), said(4, 1), said(8, 2), said(7, 2)]).toEqual([undefined, undefined, '{"y":1.0}', undefined, '{"y":2.0}', undefined, '{"y":9.0}'])
  })

  it('come late at the same places, however many, and only among answers of the same path', () => {
    const striker = strikerOf('lag', { at: '/y/*', among: 'any' })
    const said = (y: readonly (number | null)[], path = '/a'): string | undefined => degradedBy(striker(blowOf('r')), answerOf({ y }, { path }))
    const [old, young] = [0, 1000].map((start) => Array.from({ length: 100 }, (_, i) => start + i))
    expect([said(old!), said([7], '/b'), said(young!), said([null, 5]), said([1, 2, 3])]).toEqual([undefined, undefined, JSON.stringify({ y: old }), JSON.stringify({ y: [null, 1001] }), JSON.stringify({ y: [1, 5, 3] })])
  })

  it('do not come from answers that have none', () => {
    const striker = strikerOf('lag', { ...at, among: 'any' })
    expect(['{"y":1.0}', '{"error":"busy"}', '{"y":2.0}'].map((body) => degradedBy(striker(blowOf('r')), answerOf(body)))).toEqual([undefined, undefined, '{"y":1.0}'])
  })

  it('come late to anyone where that is asked for', () => {
    const striker = strikerOf('lag', { ...at, among: 'any' })
    const said = (y: number, key: number): string | undefined => degradedBy(striker(blowOf('r', { key })), answerOf(`{"y":${y}}`))
    expect([said(1, 1), said(2, 2), said(3, 3)]).toEqual([undefined, '{"y":1}', '{"y":2}'])
  })
})

it('rounding to a step adds a twelfth of its square to the squared error', () => {
  const values = Array.from({ length: MANY }, (_, i) => (i * 0.37 % 100).toFixed(6))
  const errors = play('quantise', { step: 0.5 }, values).map((y, i) => (y - Number(values[i])) ** 2)
  expect(mean(errors)).toBeCloseTo(0.25 / 12, 3)
})

describe('a number out of bounds', () => {
  it('is what a clipped normal is on average', () => {
    // from a normal to its clipping at 1 standard deviation: the mean of max(y - 1, 0) is density(1) - (1 - distribution(1)) = 0.0833, that of its square 0.0753
    const values = play('noise', { sd: 1 }, same('0.0')).map((y) => y.toFixed(12))
    const cut = play('clip-number', { max: 1 }, values).map((y, i) => Number(values[i]) - y)
    expect(Math.abs(mean(cut) - 0.0833)).toBeLessThan(3.29 * Math.sqrt((0.0753 - 0.0833 ** 2) / MANY))
  })
})

describe.each<[string, Fields, string]>([
  ['sign-error', {}, '2.50'], ['unit-error', { factor: 10 }, '2.50'], ['stuck', { value: 7 }, '2.50'], ['quantise', { step: 1 }, '2.40'], ['clip-number', { max: 1 }, '2.50']
])('the fault %s %j', (kind, fields, value) => {
  it.each([[0.3, 1], [1, 0.5], [0.4, 0.5]])('on a share of %d at strength %d changes the product of them', (share, strength) => {
    const changed = play(kind, { ...fields, share }, same(value, 4000), { strength }).filter((y) => y !== Number(value)).length
    expect(Math.abs(changed - 4000 * share * strength)).toBeLessThan(countBound(4000, share * strength))
  })

  it('changes nothing at no strength', () => {
    expect(degraded(kind, { ...at, ...fields }, `{"y":${value}}`, { strength: 0 })).toBeUndefined()
  })

  it('finds the values of predictions by itself, and leaves the octets of all else', () => {
    const body = (y: string): string => `{"predictions": [ {"value":${y}, "id":12345678901234567890} ],"z":0.1000, "n":1.0}`
    const after = degraded(kind, fields, body(value))
    expect(after).toBe(body(/"value":([^,]+),/.exec(after ?? '')?.[1] ?? ''))
    expect(after).not.toBe(body(value))
  })
})

describe('what makes no sense', () => {
  it.each<[string, Fields]>([
    ['noise', {}], ['noise', { sd: -1 }], ['noise', { sd: 1, warmUp: 5 }], ['noise', { sd: 1, mode: 'multiply', relativeTo: 'spread' }], ['noise', { sd: 1, mode: 'log', relativeTo: 'spread' }], ['noise', { sd: 1, mode: 'power' }], ['noise', { sd: 1, distribution: 'cauchy' }], ['noise', { sd: 1, share: 0 }],
    ['unit-error', {}], ['unit-error', { factor: 1 }], ['unit-error', { factor: 2, conversion: 'kg-to-lb' }], ['unit-error', { conversion: 'feet-to-hands' }],
    ['quantise', {}], ['quantise', { step: 0 }], ['quantise', { step: 1, digits: 2 }], ['quantise', { digits: 0 }], ['clip-number', {}], ['clip-number', { min: 2, max: 1 }],
    ['lag', { answers: 0 }], ['lag', { among: 'all' }], ['stuck', { value: 'x' }], ['sign-error', { at: 'nothing' }]
  ])('%s is refused with %j', (kind, fields) => {
    expect(() => strikerOf(kind, fields)).toThrow()
  })
})
