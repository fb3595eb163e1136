import { describe, expect, it } from 'vitest'
import { OldestFirst } from '../../../src/compare/truth/oldest-first.ts'
import { pick, seeded } from '../support.ts'

const SEED = 20_260_404

describe('a map that knows its oldest entry', () => {
  it(`does what a Map does (seed ${SEED})`, () => {
    const random = seeded(SEED)
    for (let round = 0; round < 20; round++) {
      const map = new OldestFirst<number, number>()
      const oracle = new Map<number, number>()
      const keys = pick(random, [3, 50, 5000])
      for (let step = 0; step < 5000; step++) {
        const key = Math.floor(random() * keys)
        if (random() < 0.6) {
          map.set(key, step)
          oracle.delete(key)
          oracle.set(key, step)
        } else {
          map.delete(key)
          oracle.delete(key)
        }
        if (random() < 0.3) {
          const [first] = oracle
          expect([map.size, map.oldest(), map.get(key)]).toEqual([oracle.size, first === undefined ? undefined : { key: first[0], value: first[1] }, oracle.get(key)])
        }
      }
    }
  })

  it('takes no longer for giving up its oldest the more it holds', () => {
    // with the first key of a Map, 100,000 entries took a hundred times as long as 1000, and this test minutes
    const map = new OldestFirst<number, number>()
    for (let i = 0; i < 1_000_000; i++) {
      map.set(i, i)
      const oldest = map.oldest()
      if (map.size > 200_000 && oldest !== undefined) map.delete(oldest.key)
    }
    expect([map.size, map.oldest()]).toEqual([200_000, { key: 800_000, value: 800_000 }])
  })

  it('holds no places of what is gone, though its oldest stays', () => {
    const map = new OldestFirst<number, number>()
    map.set(-1, 0)
    for (let i = 0; i < 100_000; i++) {
      map.set(i, i)
      map.delete(i)
    }
    expect([map.size, map.oldest(), (map as unknown as { line: unknown[] }).line.length < 2000]).toEqual([1, { key: -1, value: 0 }, true])
  })
})
