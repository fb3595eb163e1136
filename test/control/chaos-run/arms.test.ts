import { describe, expect, it } from 'vitest'
import { harmOf, isHarmful } from '../../../src/control/chaos-run/arm-difference.ts'
import { ArmMeter, type Arms, armsSince } from '../../../src/control/chaos-run/arms.ts'
import type { HarmLimit } from '../../../src/control/chaos-run/policy.ts'
import { createRng } from '../../../src/core/rng.ts'
import { countBound } from '../../support/chance.ts'
import { Counters } from './support/folds.ts'
import { arm } from './support/play.ts'

const LIMIT: HarmLimit = { of: 'errors', more: 0.01, confidence: 0.95 }

describe('ArmMeter', () => {
  it('counts requests, errors and slow ones of both groups since it was begun', () => {
    const counters = new Counters()
    const finish = (group: string, result: string, seconds: number, experiment = 'e'): void => {
      counters.meter().counter('chaos_group_requests_total', { experiment, group, result }).add()
      counters.meter().histogram('chaos_group_duration_seconds', { experiment, group }).observe(seconds)
    }
    const meter = new ArmMeter('e', 900)
    finish('experiment', 'error', 9)
    expect(meter.take(counters.collect())).toEqual({ experiment: arm(0), control: arm(0) })
    finish('experiment', 'ok', 0.95) // below the end of the bucket that 900 ms are in
    finish('experiment', 'ok', 1.5)
    finish('experiment', 'error', 400)
    finish('experiment', 'client_gone', 0.1)
    finish('control', 'ok', 0.1)
    finish('control', 'ok', 9, 'another')
    const arms = meter.take(counters.collect())
    expect(arms).toEqual({ experiment: { requests: 4, errors: 2, slow: 2 }, control: { requests: 1, errors: 0, slow: 0 } })
    expect(armsSince(arms, meter.take(counters.collect()))).toEqual({ experiment: arm(0), control: arm(0) })
  })

  it.each([[1000, 1], [300_000, 1], [400_000, 1], [Infinity, 1], [0.5, 2]])('takes what is slower than %d ms for slow', (slowerThanMs, expected) => {
    const counters = new Counters()
    const meter = new ArmMeter('e', slowerThanMs)
    meter.take(counters.collect())
    for (const seconds of [0.0005, 0.7, 1000].slice(slowerThanMs < 1 ? 1 : 0)) counters.meter().histogram('chaos_group_duration_seconds', { experiment: 'e', group: 'control' }).observe(seconds)
    expect(meter.take(counters.collect()).control.slow).toBe(expected)
  })
})

describe('isHarmful', () => {
  it('wants both groups, and more than the limit', () => {
    expect(isHarmful({ experiment: arm(1000, 1000), control: arm(0) }, LIMIT, 0.95)).toBe(false)
    expect(isHarmful({ experiment: arm(1000, 60), control: arm(1000, 10) }, LIMIT, 0.95)).toBe(true)
    expect(isHarmful({ experiment: arm(1000, 60), control: arm(1000, 10) }, { ...LIMIT, more: 0.05 }, 0.95)).toBe(false)
    expect(isHarmful({ experiment: arm(1000, 10), control: arm(1000, 60) }, LIMIT, 0.95)).toBe(false)
    expect(isHarmful({ experiment: arm(1000, 0, 60), control: arm(1000, 0, 10) }, { ...LIMIT, of: 'slow' }, 0.95)).toBe(true)
    expect(isHarmful({ experiment: arm(3, 0, 5), control: arm(3) }, { ...LIMIT, of: 'slow' }, 0.95)).toBe(true) // read a little later
  })

  it('is where the lower bound is past the limit', () => {
    for (const errors of [10, 20, 25, 30, 35, 40, 60]) {
      const arms: Arms = { experiment: arm(1000, errors), control: arm(900, 9) }
      const { low, high, experiment, control } = harmOf(arms, LIMIT, 0.95)
      expect(isHarmful(arms, LIMIT, 0.95)).toBe(low > LIMIT.more)
      expect([experiment, control]).toEqual([errors / 1000, 0.01])
      expect(high).toBeGreaterThan(errors / 1000 - 0.01)
    }
  })

  const SEED = 4_201

  /** Seconds until harm is found, looked at each second; undefined when it is not within 300. */
  function secondsToHarm(seed: number, perSecond: { readonly experiment: number, readonly control: number }, shares: { readonly experiment: number, readonly control: number }, more: number): number | undefined {
    const rng = createRng(SEED + seed)
    const errors = { experiment: 0, control: 0 }
    for (let second = 1; second <= 300; second++) {
      for (const group of ['experiment', 'control'] as const) for (let i = 0; i < perSecond[group]; i++) if (rng.uniform() < shares[group]) errors[group]++
      if (isHarmful({ experiment: arm(perSecond.experiment * second, errors.experiment), control: arm(perSecond.control * second, errors.control) }, { ...LIMIT, more }, 0.95)) return second
    }
    return undefined
  }

  it.each([[10, 10, 0.01], [1, 20, 0.01], [20, 1, 0.01], [10, 10, 0.2]])('with %d and %d requests a second and errors alike, %d of them, is ever so in one run of twenty at most', (experiment, control, share) => {
    const runs = 100
    let alarms = 0
    for (let run = 0; run < runs; run++) if (secondsToHarm(run, { experiment, control }, { experiment: share, control: share }, 0) !== undefined) alarms++
    expect(alarms).toBeLessThanOrEqual(runs * 0.05 + countBound(runs, 0.05))
  })

  it('finds 5 % beside 1 % within a minute and a half at ten requests a second, nine times in ten', () => {
    const found = Array.from({ length: 200 }, (_, run) => secondsToHarm(run, { experiment: 10, control: 10 }, { experiment: 0.05, control: 0.01 }, 0) ?? Infinity).toSorted((a, b) => a - b)
    expect(found[180]).toBeLessThan(100)
  })
})
