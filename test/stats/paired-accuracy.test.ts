import { describe, expect, it } from 'vitest'
import { pairedAccuracy } from '../../src/stats/paired-accuracy.ts'

describe('pairedAccuracy', () => {
  it('says of two models how often each is right, and which one more', () => {
    const found = pairedAccuracy({ bothRight: 700, onlyPrimaryRight: 20, onlyOtherRight: 60, bothWrong: 220 })!
    expect(found.count).toBe(1000)
    expect(found.primary.value).toBe(0.72)
    expect(found.other.value).toBe(0.76)
    // R: prop.test(720, 1000, correct = FALSE)$conf.int and prop.test(760, 1000, correct = FALSE)$conf.int
    expect(found.primary.interval[0]).toBeCloseTo(0.69136992707894906, 10)
    expect(found.primary.interval[1]).toBeCloseTo(0.74694629918740663, 10)
    expect(found.other.interval[0]).toBeCloseTo(0.73256661077505403, 10)
    expect(found.other.interval[1]).toBeCloseTo(0.78544347481245735, 10)
    // see excess-interval.test.ts
    expect(found.difference.value).toBe(0.04)
    expect(found.difference.interval[0]).toBeCloseTo(0.023068427008742134, 12)
    expect(found.difference.interval[1]).toBeCloseTo(0.05835424584269797, 12)
    // R: binom.test(60, 80)$p.value
    expect(found.pValue).toBeCloseTo(8.5805598670495911e-6, 15)
    // mpmath: log(2 ** 80 * beta(60.5, 20.5) / pi)
    expect(found.logEvidence).toBeCloseTo(8.044339081121171, 10)
  })

  it('has a difference below 0 where the primary is better', () => {
    const { difference } = pairedAccuracy({ bothRight: 0, onlyPrimaryRight: 9, onlyOtherRight: 1, bothWrong: 0 })!
    expect(difference.value).toBe(-0.8)
    expect(difference.interval[1]).toBeLessThan(0)
  })

  it('takes the confidence that is asked for', () => {
    const outcomes = { bothRight: 70, onlyPrimaryRight: 4, onlyOtherRight: 6, bothWrong: 20 }
    const wide = pairedAccuracy(outcomes, 0.99)!
    const narrow = pairedAccuracy(outcomes, 0.9)!
    for (const part of ['primary', 'other', 'difference'] as const) expect(wide[part].interval[0]).toBeLessThan(narrow[part].interval[0])
    expect(wide.pValue).toBe(narrow.pValue)
  })

  it('is undefined without requests', () => {
    expect(pairedAccuracy({ bothRight: 0, onlyPrimaryRight: 0, onlyOtherRight: 0, bothWrong: 0 })).toBeUndefined()
  })
})
