import { describe, expect, it } from 'vitest'
import { RateLimit } from '../../src/shadow/rate-limit.ts'

const passed = (limit: RateLimit, times: Iterable<number>): number => [...times].filter((ms) => limit.take(ms)).length
function* every(stepMs: number, untilMs: number, fromMs = 0): Generator<number> {
  for (let ms = fromMs; ms < untilMs; ms += stepMs) yield ms
}

describe('a rate limit', () => {
  it.each([[0.5, 2], [1, 0.5], [7, 13], [100, 0.1], [5000, 0.01]])('lets %d a second pass when one comes every %d ms', (perS, stepMs) => {
    const seconds = 20
    const offered = Math.ceil(seconds * 1000 / stepMs)
    const count = passed(new RateLimit(perS), every(stepMs, seconds * 1000))
    // the burst at the beginning is a tenth of a second's, and one at least
    expect(count).toBeLessThanOrEqual(perS * seconds + Math.max(1, perS / 10))
    expect(count).toBeGreaterThanOrEqual(Math.min(offered, Math.floor(perS * seconds)) - 1)
  })

  it('gives no more at once after a long pause than a tenth of a second\'s', () => {
    const limit = new RateLimit(100)
    passed(limit, every(1, 1000))
    expect(passed(limit, Array.from({ length: 50 }, () => 1e9))).toBe(10)
  })

  it('spreads what passes evenly', () => {
    const limit = new RateLimit(50)
    const seconds = [1, 2, 3, 4].map((second) => passed(limit, every(1, (second + 1) * 1000, second * 1000)))
    for (const count of seconds.slice(1)) expect(Math.abs(count - 50)).toBeLessThanOrEqual(1)
  })
})
