import { describe, expect, it } from 'vitest'
import { accuracyReport } from '../../../src/compare/truth/truth-report.ts'

describe('the report on accuracy', () => {
  it('is none of nothing', () => {
    expect(accuracyReport({ bothRight: 0, onlyPrimaryRight: 0, onlyShadowRight: 0, bothWrong: 0 }, 0.95)).toBeNull()
  })

  it('has shares, their difference, and McNemar\'s exact test of it', () => {
    const report = accuracyReport({ bothRight: 120, onlyPrimaryRight: 5, onlyShadowRight: 20, bothWrong: 55 }, 0.95)!
    expect([report.requests, report.primary.share, report.shadow.share, report.difference.share]).toEqual([200, 0.625, 0.7, 0.075])
    // R: binom.test(20, 25)$p.value; prop.test(125, 200, correct = FALSE)$conf.int
    expect(report.p).toBeCloseTo(0.004_077_3, 6)
    expect(report.primary.interval[0]).toBeCloseTo(0.556_1, 4)
    expect(report.primary.interval[1]).toBeCloseTo(0.689_1, 4)
    const [low, high] = report.difference.interval
    const [least, most] = report.difference.sequence
    expect(least < low && low < 0.075 && 0.075 < high && high < most).toBe(true)
    // significant at one look, and not enough for looking after each outcome
    expect([Math.exp(report.logEvidence) < 20, report.verdict]).toEqual([true, 'inconclusive'])
  })

  // evidence of 20 is enough, looking after each outcome: 2^m B(a + 1/2, b + 1/2) / B(1/2, 1/2)
  it.each([
    [0, 6, 'inconclusive'],
    [0, 7, 'shadow_better'],
    [7, 0, 'primary_better'],
    [10, 20, 'inconclusive'],
    [10, 30, 'shadow_better'],
    [500, 500, 'inconclusive']
  ])('of %i requests only the primary was right about and %i only the shadow was says: %s', (onlyPrimaryRight, onlyShadowRight, verdict) => {
    expect(accuracyReport({ bothRight: 1000, onlyPrimaryRight, onlyShadowRight, bothWrong: 10 }, 0.95)!.verdict).toBe(verdict)
  })

  it('is more careful the more confidence is asked for', () => {
    const counts = { bothRight: 0, onlyPrimaryRight: 0, onlyShadowRight: 8, bothWrong: 0 }
    expect([0.95, 0.99].map((confidence) => accuracyReport(counts, confidence)!.verdict)).toEqual(['shadow_better', 'inconclusive'])
  })
})
