import { describe, expect, it } from 'vitest'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'
import { pairElements } from '../../../src/compare/walk/pair-elements.ts'
import { pick, seeded } from '../support.ts'

const paired = (primary: readonly unknown[], other: readonly unknown[], key: readonly string[] = ['id']): unknown =>
  pairElements(primary, other, key).map(({ kind, primary: one, other: two }) => kind === 'both' ? [one, two] : kind === 'missing' ? [one] : [undefined, two])
const SEED = 20_260_406

describe('elements of two arrays', () => {
  const [a, b, c] = [{ id: 'a', n: 1 }, { id: 'b', n: 2 }, { id: 'c', n: 3 }]
  const exact = (text: string): ExactNumber => new ExactNumber(Number(text), text)

  it.each<[string, readonly unknown[], readonly unknown[], unknown]>([
    ['by their keys, in the order of the primary', [a, b, c], [c, a, b], [[a, a], [b, b], [c, c]]],
    ['and some have no partner', [a, b], [c, b], [[a], [b, b], [undefined, c]]],
    ['the first of one key with the first', [{ id: 1, n: 1 }, { id: 1, n: 2 }], [{ id: 1, n: 3 }], [[{ id: 1, n: 1 }, { id: 1, n: 3 }], [{ id: 1, n: 2 }]]],
    ['and 1 is not "1"', [{ id: 1 }], [{ id: '1' }], [[{ id: 1 }], [undefined, { id: '1' }]]],
    ['and 1 is not true', [{ id: 1 }], [{ id: true }], [[{ id: 1 }], [undefined, { id: true }]]],
    ['by numbers that no double holds', [{ id: exact('9007199254740993') }], [{ id: exact('9007199254740995') }, { id: exact('9007199254740993') }], [[{ id: exact('9007199254740993') }, { id: exact('9007199254740993') }], [undefined, { id: exact('9007199254740995') }]]],
    ['those without a key in the order they have', [1, a, 'x'], ['y', 2, a], [[1, 'y'], [a, a], ['x', 2]]],
    ['and what objects inherit is no key', [{}, { id: 'toString' }], [{ id: '__proto__' }, {}], [[{}, {}], [{ id: 'toString' }], [undefined, { id: '__proto__' }]]],
    ['of nothing', [], [], []]
  ])('are paired %s', (_what, primary, other, expected) => {
    expect(paired(primary, other)).toEqual(expected)
  })

  it('have all of them one place, and from the other side the same partners or none more (seed 20260406)', () => {
    const random = seeded(SEED)
    for (let round = 0; round < 500; round++) {
      const made = (): unknown[] => Array.from({ length: Math.floor(random() * 12) }, (_, n) => ({ id: pick(random, ['a', 'b', 1, '1', null, 2]), n }))
      const [primary, other] = [made(), made()]
      const ahead = pairElements(primary, other, ['id'])
      const back = pairElements(other, primary, ['id'])
      expect(ahead.filter(({ kind }) => kind !== 'extra').map((pair) => pair.primary)).toEqual(primary)
      expect(new Set(ahead.filter(({ kind }) => kind !== 'missing').map((pair) => pair.other))).toEqual(new Set(other))
      const both = (pairs: typeof ahead, turned: boolean): readonly string[] => pairs.filter(({ kind }) => kind === 'both').map((pair) => JSON.stringify(turned ? [pair.other, pair.primary] : [pair.primary, pair.other])).toSorted()
      expect(both(back, true)).toEqual(both(ahead, false))
    }
  })

  it('take a time in proportion to their number, also where all have one key', () => {
    const same = Array.from({ length: 200_000 }, (_, n) => ({ id: 1, n }))
    const keyed = Array.from({ length: 200_000 }, (_, n) => ({ id: n }))
    expect(pairElements(same, same, ['id'])).toHaveLength(200_000)
    expect(pairElements(keyed, keyed.toReversed(), ['id'])).toHaveLength(200_000)
    expect(pairElements(same, keyed, ['id'])).toHaveLength(399_999)
  })
})
