import { expect, it } from 'vitest'
import { Draws } from '../../src/chaos/draws.ts'
import { keyOf, saltOf } from '../../src/core/hash.ts'
import { chiSquare, chiSquareBound } from '../support/chance.ts'

it('the draws of a fault are the same each time for one request, and others for another request or fault', () => {
  const take = (salt: number, key: string): number[] => {
    const draws = new Draws(salt, keyOf(key))
    return [draws.uniform(), draws.uniform(), draws.uniform()]
  }
  const [salt, other] = [saltOf('chaos value', 'slow', '0'), saltOf('chaos value', 'slow', '1')]
  expect(take(salt, 'r1')).toEqual(take(salt, 'r1'))
  const all = [...take(salt, 'r1'), ...take(salt, 'r2'), ...take(other, 'r1')]
  expect(new Set(all).size).toBe(all.length)
})

it('the draws of a fault stay what they are at the end of the range of salts', () => {
  const draws = new Draws(Number.MAX_SAFE_INTEGER - 1, keyOf('r1'))
  for (let i = 0; i < 4; i++) {
    const drawn = draws.uniform()
    expect(drawn > 0 && drawn < 1).toBe(true)
  }
})

it('the draws of a fault are independent of whether it is had', () => {
  // an experiment draws once more for each value: were they to run together, all delays of a small share would be short
  const hit = saltOf('chaos', 'slow')
  const value = saltOf('chaos value', 'slow', '0')
  const counts = Array.from({ length: 10 }, () => 0)
  for (let i = 0; i < 400_000; i++) {
    const key = keyOf(`request-${i}`)
    if (new Draws(hit, key).uniform() < 0.05) counts[Math.floor(new Draws(value, key).uniform() * 10)]!++
  }
  expect(chiSquare(counts)).toBeLessThan(chiSquareBound(9))
})
