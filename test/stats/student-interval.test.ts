import { describe, expect, it } from 'vitest'
import { addValue, NO_MOMENTS } from '../../src/stats/moments.ts'
import { studentInterval } from '../../src/stats/student-interval.ts'
import { apart } from './support.ts'

describe('studentInterval', () => {
  // R: t.test(x, conf.level = c)$conf.int; the second is with(sleep, extra[group == 2] - extra[group == 1])
  it.each([
    [[0.8, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2], 0.95, -0.51975819878016394, 2.0397581987801638],
    [[1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4], 0.95, 0.70011423672301754, 2.4598857632769824],
    [[0.8, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2], 0.99, -1.078512260525331, 2.5985122605253306]
  ])('of %j at %d is what R gives', (numbers, confidence, low, high) => {
    const interval = studentInterval(numbers.reduce(addValue, NO_MOMENTS), confidence)
    expect(apart(interval[0], low)).toBeLessThan(1e-11)
    expect(apart(interval[1], high)).toBeLessThan(1e-11)
  })

  it('is everything for fewer than two numbers, and for numbers past what a double holds', () => {
    for (const count of [0, 1, 1.5, Number.NaN]) expect(studentInterval({ count, mean: 3, squares: 0.5 })).toEqual([-Infinity, Infinity])
    expect(studentInterval([1e308, -1e308, 1e308].reduce(addValue, NO_MOMENTS))).toEqual([-Infinity, Infinity])
  })

  it('of equal numbers is that number', () => {
    expect(studentInterval({ count: 7, mean: 2, squares: 0 })).toEqual([2, 2])
  })

  it('takes counts that are not whole', () => {
    const [, high] = studentInterval({ count: 10.5, mean: 0, squares: 9.5 })
    expect(high).toBeGreaterThan(studentInterval({ count: 11, mean: 0, squares: 10 })[1])
    expect(high).toBeLessThan(studentInterval({ count: 10, mean: 0, squares: 9 })[1])
  })
})
