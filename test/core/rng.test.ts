import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/rng.ts'

const draws = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw)

describe('the generator', () => {
  it('gives the same numbers for the same seed', () => {
    expect(draws(100, createRng(7).uniform)).toEqual(draws(100, createRng(7).uniform))
  })

  it('gives other numbers for another seed, also where seeds differ beyond 32 bits', () => {
    const firsts = [0, 1, -1, 2 ** 32, 2 ** 40 + 1, 2 ** 52].map((seed) => createRng(seed).uniform())
    expect(new Set(firsts).size).toBe(firsts.length)
  })

  it('is uniform: every tenth gets its share within a 99.9 % bound', () => {
    const count = 20_000
    const { uniform } = createRng(1)
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < count; i++) tenths[Math.floor(uniform() * 10)]!++
    const bound = 3.29 * Math.sqrt(count * 0.1 * 0.9)
    for (const tenth of tenths) expect(Math.abs(tenth - count / 10)).toBeLessThan(bound)
  })

  it('draws normal numbers of mean 0 and variance 1 within a 99.9 % bound', () => {
    const count = 20_000
    const values = draws(count, createRng(2).normal)
    const mean = values.reduce((sum, value) => sum + value, 0) / count
    const variance = values.reduce((sum, value) => sum + value * value, 0) / count
    expect(Math.abs(mean)).toBeLessThan(3.29 / Math.sqrt(count))
    expect(Math.abs(variance - 1)).toBeLessThan(3.29 * Math.sqrt(2 / count))
  })

  it('draws whole numbers with both ends, and picks every item', () => {
    const rng = createRng(3)
    expect(new Set(draws(200, () => rng.whole(2, 4)))).toEqual(new Set([2, 3, 4]))
    expect(new Set(draws(200, () => rng.pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']))
  })

  it('refuses to pick from nothing', () => {
    expect(() => createRng(1).pick([])).toThrow('nothing to pick from')
  })
})
