import { describe, expect, it } from 'vitest'
import { normalQuantile } from '../../src/stats/normal-quantile.ts'

describe('normalQuantile', () => {
  // R: qnorm(p), printed with digits = 17; scipy.stats.norm.ppf gives the same
  it.each([
    [0.75, 0.6744897501960817],
    [0.9, 1.2815515655446004],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489004],
    [0.9995, 3.2905267314919255],
    [0.025, -1.9599639845400545],
    [0.001, -3.090232306167813],
    [1e-10, -6.361340902404056],
    [1e-300, -37.0470962993612]
  ])('of %d is %d', (probability, expected) => {
    expect(Math.abs(normalQuantile(probability) / expected - 1)).toBeLessThan(1e-14)
  })

  it('is 0 at one half and infinite at the ends', () => {
    expect(normalQuantile(0.5)).toBe(0)
    expect(normalQuantile(0)).toBe(-Infinity)
    expect(normalQuantile(1)).toBe(Infinity)
    expect(normalQuantile(-0.1)).toBeNaN()
    expect(normalQuantile(1.1)).toBeNaN()
  })

  it('is odd around one half and never falls', () => {
    let before = -Infinity
    for (let step = 1; step < 4096; step++) {
      const probability = step / 4096 // exact in binary, so that 1 - p is exact too
      const quantile = normalQuantile(probability)
      expect(quantile).toBeGreaterThan(before)
      expect(quantile + normalQuantile(1 - probability)).toBeCloseTo(0, 14)
      before = quantile
    }
  })
})
