import { describe, expect, it } from 'vitest'
import { turningPoint } from '../../src/stats/turning-point.ts'

describe('turningPoint', () => {
  it('is the first number past the last that holds, upwards and downwards', () => {
    expect(turningPoint(0, 1, (x) => x < 0.3)).toBe(0.3)
    expect(turningPoint(0, 1, (x) => x <= 0.25)).toBe(0.25 + 2 ** -54)
    expect(turningPoint(1, 0, (x) => x > 0.3)).toBe(0.3)
    expect(turningPoint(-1, 1, (x) => x < 1e-20)).toBe(1e-20)
    expect(turningPoint(5, -1e300, (x) => x > -1e299)).toBe(-1e299)
  })

  it('is the far end where all holds, and a number away from the near end where nothing does', () => {
    expect(turningPoint(0, 1, () => true)).toBe(1)
    expect(turningPoint(0.5, 1, () => false)).toBe(0.5 + 2 ** -53)
    expect(turningPoint(1, 0, () => true)).toBe(0)
  })

  it('of nowhere to go is there', () => {
    expect(turningPoint(0.3, 0.3, () => true)).toBe(0.3)
  })

  it('takes 60 calls or so, and never more than there are powers of two', () => {
    const calls = (from: number, to: number, point: number): number => {
      let count = 0
      turningPoint(from, to, (x) => {
        count++
        return Math.abs(x - from) < point
      })
      return count
    }
    expect(calls(0.5, 1, 0.123)).toBeLessThan(60)
    expect(calls(0, 1, 1e-9)).toBeLessThan(90)
    expect(calls(0, 1, 0)).toBeLessThan(1080)
  })
})
