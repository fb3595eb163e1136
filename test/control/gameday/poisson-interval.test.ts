import { describe, expect, it } from 'vitest'
import { poissonInterval } from '../../../src/control/gameday/poisson-interval.ts'

describe('the interval of a Poisson mean', () => {
  // scipy 1.17.1: chi2.ppf(.025, 2 * n) / 2, chi2.ppf(.975, 2 * n + 2) / 2
  it.each([
    [0, 0, 3.6888794541139354], [1, 0.025317807984289876, 5.571643390938898], [5, 1.6234863901184207, 11.66833207932267], [10, 4.7953886961324335, 18.39035604201778],
    [100, 81.36399125092314, 121.62679379242638]
  ])('of %d events is exact', (events, low, high) => {
    const [from, to] = poissonInterval(events)
    expect(from).toBeCloseTo(low, 10)
    expect(to).toBeCloseTo(high, 10)
  })
})
