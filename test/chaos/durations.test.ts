import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Draws } from '../../src/chaos/draws.ts'
import { durationFields, durationsOf, hasOneDuration } from '../../src/chaos/parts/durations.ts'
import { keyOf, saltOf } from '../../src/core/hash.ts'

const fields = z.strictObject(durationFields).refine(hasOneDuration)
const MANY = 20_000
const SALT = saltOf('chaos value', 'durations', '0')
const sampled = (given: object): number[] => {
  const durations = durationsOf(fields.parse(given))
  return Array.from({ length: MANY }, (_, i) => durations(new Draws(SALT, keyOf(`r${i}`)))).toSorted((a, b) => a - b)
}

/** The Kolmogorov-Smirnov distance of a sorted sample from a distribution function. */
const distance = (sample: readonly number[], below: (value: number) => number): number =>
  sample.reduce((most, value, i) => Math.max(most, Math.abs(below(value) - i / sample.length), Math.abs(below(value) - (i + 1) / sample.length)), 0)

// one sample in a thousand lies further off: sqrt(ln(2 / 0.001) / 2) / sqrt(n)
const BOUND = Math.sqrt(Math.log(2000) / 2 / MANY)

/** Abramowitz and Stegun, 7.1.26: to 1.5e-7, far below the bound. */
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x) / Math.SQRT2)
  const tail = (((((1.061405429 * t - 1.453152027) * t) + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x / 2)
  return x < 0 ? tail / 2 : 1 - tail / 2
}

describe('durations drawn from a distribution', () => {
  it.each<[string, object, (ms: number) => number]>([
    ['uniform', { uniform: { min: '100ms', max: '300ms' } }, (ms) => (ms - 100) / 200],
    ['fixed with jitter', { fixed: '200ms', jitter: '100ms' }, (ms) => (ms - 100) / 200],
    ['normal', { normal: { mean: '500ms', sd: '50ms' } }, (ms) => normalCdf((ms - 500) / 50)],
    ['log-normal', { lognormal: { median: '100ms', sigma: 0.7 } }, (ms) => normalCdf(Math.log(ms / 100) / 0.7)],
    ['log-normal, drawn again above its maximum', { lognormal: { median: '100ms', sigma: 0.7, max: '200ms' } }, (ms) => normalCdf(Math.log(ms / 100) / 0.7) / normalCdf(Math.log(2) / 0.7)]
  ])('%s is that distribution (Kolmogorov-Smirnov, one in a thousand)', (_name, given, below) => {
    expect(distance(sampled(given), below)).toBeLessThan(BOUND)
  })

  it('given as percentiles has them, each within the swing of a sample', () => {
    const wanted = { p50: 100, p95: 400, p99: 900, p999: 2500 }
    const sample = sampled({ percentiles: Object.fromEntries(Object.entries(wanted).map(([name, ms]) => [name, `${ms}ms`])) })
    for (const [ms, below] of [[100, 0.5], [400, 0.95], [900, 0.99], [2500, 0.999]] as const) {
      const share = sample.filter((value) => value < ms).length / MANY
      expect(Math.abs(share - below)).toBeLessThan(3.29 * Math.sqrt(below * (1 - below) / MANY))
    }
    expect(sample[0]!).toBeGreaterThanOrEqual(100 * 100 / 400)
    expect(sample.at(-1)!).toBeLessThanOrEqual(2500 * 2500 / 900)
  })

  it('is never below 0, and 0 where that is what was asked for', () => {
    expect(sampled({ normal: { mean: '1ms', sd: '10ms' } })[0]).toBe(0)
    expect(new Set(sampled({ fixed: '0s' }))).toEqual(new Set([0]))
    expect(new Set(sampled({ percentiles: { p50: '5ms', p95: '5ms', p99: '5ms', p999: '5ms' } }))).toEqual(new Set([5]))
  })

  it.each([
    {}, { fixed: '1s', uniform: { min: '1s', max: '2s' } }, { jitter: '1s' }, { uniform: { min: '2s', max: '1s' } }, { normal: { mean: '1s' } }, { lognormal: { median: '0s', sigma: 1 } },
    { lognormal: { median: '2s', sigma: 1, max: '1s' } }, { lognormal: { median: '1s', sigma: -1 } }, { percentiles: { p50: '2s', p95: '1s', p99: '3s', p999: '4s' } }, { percentiles: { p50: '1s' } },
    { uniform: { min: '1s', max: '2s' }, jitter: '1s' }, { fixed: '11m' }
  ])('is refused as %j', (given) => {
    expect(fields.safeParse(given).success).toBe(false)
  })
})
