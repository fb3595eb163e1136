import { describe, expect, it } from 'vitest'
import { Pace } from '../../src/core/pace.ts'

/** Lets answers come every 10 ms, for so many seconds. */
function run(pace: Pace, fromS: number, seconds: number, tookMs: (i: number) => number): void {
  for (let i = 0; i < seconds * 100; i++) pace.see(tookMs(i), fromS * 1000 + i * 10)
}

describe('a pace', () => {
  it('is what is usual until there is something to hold it against', () => {
    const pace = new Pace()
    expect(pace.slowdown).toBe(1)
    run(pace, 0, 1, () => 500)
    expect(pace.slowdown).toBe(1)
  })

  it('stays what it is while answers take as long as they did, however much they differ among themselves', () => {
    const pace = new Pace()
    run(pace, 0, 60, (i) => [2, 20, 200][i % 3] ?? 0)
    expect(pace.slowdown).toBeGreaterThan(0.9)
    expect(pace.slowdown).toBeLessThan(1.1)
  })

  it('says within two seconds how many times longer answers take, and that they no longer do', () => {
    const pace = new Pace()
    run(pace, 0, 30, () => 20)
    run(pace, 30, 2, () => 100)
    expect(pace.slowdown).toBeGreaterThan(4.5)
    expect(pace.slowdown).toBeLessThanOrEqual(5.01)
    run(pace, 32, 3, () => 20)
    expect(pace.slowdown).toBeLessThan(1.1)
  })

  it('takes what lasts for usual in the end', () => {
    const pace = new Pace()
    run(pace, 0, 120, () => 20)
    run(pace, 120, 60, () => 80)
    expect(pace.slowdown).toBeGreaterThan(3)
    run(pace, 180, 1800, () => 80)
    expect(pace.slowdown).toBeLessThan(2)
  })

  it('is not disturbed by single answers, nor by times that no client notices', () => {
    const pace = new Pace()
    run(pace, 0, 30, () => 0.1)
    run(pace, 30, 5, (i) => i % 100 === 0 ? 10_000 : 0.9)
    expect(pace.slowdown).toBeLessThan(1.2)
  })

  it('waits for enough answers', () => {
    const pace = new Pace()
    run(pace, 0, 30.3, () => 20) // windows that are whole: 101 answers each
    for (let i = 0; i < 19; i++) pace.see(2000, 31_000 + i * 1000)
    expect(pace.slowdown).toBeLessThan(1.1)
    pace.see(2000, 60_000)
    expect(pace.slowdown).toBeGreaterThan(50)
  })
})
