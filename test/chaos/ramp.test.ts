import { describe, expect, it } from 'vitest'
import { levelOf, type Ramp } from '../../src/chaos/ramp.ts'

const RAMP: Ramp = { shape: 'linear', of: 'percent', unit: 'ms', over: 100, hold: Infinity, recover: 0, from: 0, to: 1 }
const at = (ramp: Partial<Ramp>, ...times: number[]): number[] => times.map((time) => Math.round(levelOf({ ...RAMP, ...ramp }, time, 7) * 1e6) / 1e6)

describe('a ramp', () => {
  it.each<[string, Partial<Ramp>, number[], number[]]>([
    ['goes in a straight line and stays', {}, [0, 25, 50, 99, 100, 1e9], [0, 0.25, 0.5, 0.99, 1, 1]],
    ['goes between its ends', { from: 0.2, to: 0.6 }, [0, 50, 100], [0.2, 0.4, 0.6]],
    ['goes down too', { from: 1, to: 0 }, [0, 25, 100], [1, 0.75, 0]],
    ['goes in five steps', { shape: 'step' }, [0, 19, 20, 40, 99, 100], [0, 0, 0.2, 0.4, 0.8, 1]],
    ['grows by the same factor in the same time', { shape: 'exponential', from: 0.01, to: 1 }, [0, 50, 100], [0.01, 0.1, 1]],
    ['grows from nothing at all', { shape: 'exponential' }, [0, 100], [0, 1]],
    ['swings as a sine', { shape: 'sine' }, [0, 25, 50, 75, 100, 150], [0, 0.5, 1, 0.5, 0, 1]],
    ['flaps as a square', { shape: 'square' }, [0, 49, 50, 99, 100], [1, 1, 0, 0, 1]],
    ['holds and recovers', { hold: 50, recover: 20 }, [100, 149, 150, 160, 170, 1000], [1, 1, 1, 0.5, 0, 0]],
    ['recovers at once', { hold: 0, recover: 10 }, [99, 100, 105, 110], [0.99, 1, 0.5, 0]]
  ])('%s', (_name, ramp, times, levels) => {
    expect(at(ramp, ...times)).toEqual(levels)
  })

  it('that walks at random walks the same way each time, a tenth at a time, and stays within its ends', () => {
    const times = Array.from({ length: 300 }, (_, i) => i)
    const walk = at({ shape: 'random-walk' }, ...times)
    expect(at({ shape: 'random-walk' }, ...times)).toEqual(walk)
    for (const [i, level] of walk.entries()) {
      expect(level).toSatisfy((value: number) => value >= 0 && value <= 1)
      if (i > 0) expect(Math.abs(level - walk[i - 1]!)).toBeLessThan(0.1 + 1e-9)
    }
    expect(new Set(walk).size).toBeGreaterThan(3)
    expect(new Set(walk.slice(100)).size).toBe(1)
  })
})
