import { describe, expect, it } from 'vitest'
import { keyOf } from '../../src/core/hash.ts'
import { compileSplit } from '../../src/route/split.ts'
import { chiSquareBound, countBound } from '../support/chance.ts'

const UNITS = Array.from({ length: 200_000 }, (_, i) => keyOf(`user-${i}`))

type Weights = Readonly<Record<string, number>>

const assign = (weights: Weights, route = 'house-price', units: readonly number[] = UNITS): string[] => {
  const split = compileSplit(route, Object.entries(weights).map(([name, weight]) => ({ name, weight, target: undefined })))
  return units.map((unit) => split(unit).name)
}

const count = (arms: readonly string[], name: string): number => arms.reduce((sum, arm) => sum + (arm === name ? 1 : 0), 0)
const total = (weights: Weights): number => Object.values(weights).reduce((sum, weight) => sum + weight, 0)

describe('the shares of a split', () => {
  it.each<[string, Weights]>([
    ['even', { a: 1, b: 1 }],
    ['95 to 5', { stable: 95, canary: 5 }],
    ['0.01 %', { stable: 99.99, canary: 0.01 }],
    ['a thousandth of a percent', { stable: 99_999, canary: 1 }],
    ['one in a million', { stable: 1 - 1e-6, canary: 1e-6 }],
    ['thirds', { a: 1 / 3, b: 1 / 3, c: 1 / 3 }],
    ['fractions', { a: 0.1, b: 0.2, c: 0.7 }],
    ['tiny weights', { a: 1e-9, b: 3e-9 }],
    ['huge weights', { a: 1e12, b: 3e12 }],
    ['weights far apart', { a: 1e12, b: 1 }],
    ['ten arms', { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10 }]
  ])('are those of its weights: %s', (_, weights) => {
    const arms = assign(weights)
    for (const [name, weight] of Object.entries(weights)) {
      const share = weight / total(weights)
      expect(Math.abs(count(arms, name) - UNITS.length * share), name).toBeLessThan(countBound(UNITS.length, share))
    }
  })

  it('leave out an arm with weight 0, wherever it stands', () => {
    for (const weights of [{ off: 0, a: 1, b: 1 }, { a: 1, off: 0, b: 1 }, { a: 1e-300, off: 0 }]) expect(count(assign(weights), 'off')).toBe(0)
  })

  it('with one live arm are all of it', () => {
    expect(new Set(assign({ a: 0, b: 1e-9 }))).toEqual(new Set(['b']))
  })

  it('cannot be made of nothing', () => {
    expect(() => assign({ a: 0, b: 0 })).toThrow('no arm has a weight above 0')
    expect(() => assign({})).toThrow(RangeError)
  })
})

describe('a split', () => {
  it('gives a unit the same arm each time it is compiled, and for weights that only look different', () => {
    const before = assign({ stable: 95, canary: 5 })
    expect(assign({ stable: 95, canary: 5 })).toEqual(before)
    expect(assign({ stable: 950, canary: 50 })).toEqual(before)
    expect(assign({ stable: 0.95, canary: 0.05 })).toEqual(before)
  })

  it('gives each unit the arm it has always given it', () => {
    // frozen: when this changes, users meet another model, and logs no longer replay
    const arms = assign({ stable: 5, canary: 3, third: 2 }, 'house-price', UNITS.slice(0, 60))
    expect(arms.map(([first]) => first).join('')).toBe('tccccsctscsctsssssstssssssssssttscssstssccssccstccccsttssstc')
  })

  it('does not care for the order of its arms', () => {
    expect(assign({ c: 3, a: 1, b: 2 })).toEqual(assign({ a: 1, b: 2, c: 3 }))
  })

  it.each<[string, Weights, Weights, string]>([
    ['raising a weight', { stable: 95, canary: 5 }, { stable: 95, canary: 10 }, 'canary'],
    ['raising a tiny weight', { stable: 1, canary: 1e-4 }, { stable: 1, canary: 2e-4 }, 'canary'],
    ['lowering a weight', { a: 1, b: 1, c: 1 }, { a: 1, b: 1, c: 0.5 }, 'c'],
    ['adding an arm', { a: 2, b: 1 }, { a: 2, b: 1, c: 1 }, 'c'],
    ['taking an arm away', { a: 2, b: 1, c: 1 }, { a: 2, b: 1 }, 'c'],
    ['draining an arm', { a: 2, b: 1, c: 1 }, { a: 2, b: 1, c: 0 }, 'c'],
    ['taking all arms away but one', { a: 2, c: 1 }, { a: 2 }, 'c']
  ])('moves only the units that the changed arm gains or loses: %s', (_, from, to, changed) => {
    const before = assign(from)
    const after = assign(to)
    const shares = [from, to].map((weights) => (weights[changed] ?? 0) / total(weights))
    const gains = shares[1]! > shares[0]!
    let moved = 0
    let others = 0
    before.forEach((arm, i) => {
      if (arm === after[i]) return
      moved++
      if ((gains ? after[i] : arm) !== changed) others++
    })
    expect(others).toBe(0)
    const expected = Math.abs(shares[1]! - shares[0]!)
    expect(Math.abs(moved - UNITS.length * expected)).toBeLessThan(countBound(UNITS.length, expected))
  })

  it('that changes two weights at once moves no unit between arms that stay', () => {
    const before = assign({ a: 4, b: 3, c: 2, d: 1 })
    const after = assign({ a: 4, b: 3, c: 1, d: 2 })
    const moves = new Set(before.flatMap((arm, i) => arm === after[i] ? [] : [`${arm}->${after[i]!}`]))
    expect(moves).toEqual(new Set(['c->d', 'c->a', 'c->b', 'a->d', 'b->d']))
  })

  it('is independent of the split of another route over the same arms', () => {
    const names = ['a', 'b', 'c', 'd']
    const [one, other] = ['first', 'second'].map((route) => assign({ a: 1, b: 1, c: 1, d: 1 }, route))
    const cells = new Map<string, number>()
    one!.forEach((arm, i) => {
      const cell = `${arm}${other![i]!}`
      cells.set(cell, (cells.get(cell) ?? 0) + 1)
    })
    // the chi-square test of independence: 16 cells against the product of their margins
    const statistic = names.flatMap((a) => names.map((b) => {
      const expected = count(one!, a) * count(other!, b) / UNITS.length
      return ((cells.get(`${a}${b}`) ?? 0) - expected) ** 2 / expected
    })).reduce((sum, cell) => sum + cell, 0)
    expect(statistic).toBeLessThan(chiSquareBound(9))
  })

  it('hands out the target it was given', () => {
    const target = {}
    expect(compileSplit('r', [{ name: 'a', weight: 1, target }])(keyOf('u')).target).toBe(target)
    expect(compileSplit('r', [{ name: 'a', weight: 1, target }, { name: 'b', weight: 1, target }])(keyOf('u')).target).toBe(target)
  })
})
