import { describe, expect, it } from 'vitest'
import { ShareLimit } from '../../src/chaos/share-limit.ts'
import { draw, keyOf, saltOf } from '../../src/core/hash.ts'
import { countBound } from '../support/chance.ts'

/** How many of `requests` are hit when every one would be, within one window. */
function allowed(share: number, requests: number): number {
  const limit = new ShareLimit(share)
  let hits = 0
  for (let i = 0; i < requests; i++) {
    limit.see(0)
    if (limit.take()) hits++
  }
  return hits
}

describe('the limit on the share of requests that are hit', () => {
  it.each([
    [0.001, 2000, 400], [0.01, 1000, 400], [0.05, 1000, 400], [0.05, 50, 2000], [0.2, 500, 400], [0.5, 500, 400], [1, 200, 20]
  ])('leaves an experiment at a limit of %d alone from the beginning of a window to its end', (share, requests, windows) => {
    const salt = saltOf('chaos', 'at the limit')
    let disturbed = 0
    let request = 0
    for (let window = 0; window < windows; window++) {
      const limit = new ShareLimit(share)
      let refused = false
      for (let i = 0; i < requests; i++) {
        limit.see(0)
        if (draw(salt, keyOf(`r${request++}`)) < share && !limit.take()) refused = true
      }
      if (refused) disturbed++
    }
    // one window in 1000 may be; more than the 99.9 % bound on that says that it is too tight
    expect(disturbed).toBeLessThanOrEqual(windows * 0.001 + countBound(windows, 0.001))
  })

  it.each([[0.001, 500_000], [0.01, 100_000], [0.05, 20_000], [0.2, 10_000]])('holds an experiment above a limit of %d to it', (share, requests) => {
    const hits = allowed(share, requests)
    expect(hits).toBeGreaterThanOrEqual(requests * share)
    expect(hits).toBeLessThan(requests * share + 3 * countBound(requests, share))
  })

  it.each([[0.01, 0.02], [0.05, 0.1], [0.05, 0.06]])('at %d stops an experiment that draws %d', (share, drawn) => {
    const salt = saltOf('chaos', 'above the limit')
    const limit = new ShareLimit(share)
    const requests = 200_000
    let hits = 0
    let refused = 0
    for (let i = 0; i < requests; i++) {
      limit.see(0)
      if (draw(salt, keyOf(`r${i}`)) >= drawn) continue
      if (limit.take()) hits++
      else refused++
    }
    expect(hits).toBeLessThan(requests * share + 3 * countBound(requests, share))
    expect(refused).toBeGreaterThan(0)
  })

  it('lets a handful be hit at the beginning, so that a small share is not refused its first hit', () => {
    for (const share of [1e-6, 0.001, 0.05]) {
      expect(allowed(share, 1)).toBe(1)
      expect(allowed(share, 20)).toBeLessThanOrEqual(8)
    }
  })

  it('of 0 lets nothing be hit, and of 1 everything', () => {
    expect(allowed(0, 10_000)).toBe(0)
    expect(allowed(1, 10_000)).toBe(10_000)
  })

  it('counts anew each minute', () => {
    const limit = new ShareLimit(0.01)
    const burst = (nowMs: number): number => {
      let hits = 0
      for (let i = 0; i < 50; i++) {
        limit.see(nowMs)
        if (limit.take()) hits++
      }
      return hits
    }
    const first = burst(1000)
    expect(first).toBeLessThan(10)
    expect(burst(60_999)).toBeLessThan(first)
    expect(burst(61_000)).toBe(first)
  })
})
