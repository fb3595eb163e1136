import { describe, expect, it } from 'vitest'
import { number } from '../../../src/compare/comparators/number.ts'
import { FieldCount } from '../../../src/compare/tally/field-count.ts'
import { hypothesesOf, rateHypothesis } from '../../../src/compare/verdict/hypotheses.ts'
import { countsOf } from './support.ts'

describe('hypotheses', () => {
  // 2^m B(heads + 1/2, tails + 1/2) / B(1/2, 1/2), by Python's math.lgamma
  it.each([
    [8, 0, 50.27],
    [10, 0, 180.43],
    [30, 10, 23.36],
    [10, 10, 0.176],
    [0, 0, 1]
  ])('have with %i requests in which only the shadow differed, and %i in which only the baseline did, evidence %d', (onlyShadow, onlyBaseline, evidence) => {
    const found = rateHypothesis(countsOf({ onlyShadow, onlyBaseline, bothDiffer: 7, neither: 90 }))
    expect(found.by).toBe('rate')
    expect(Math.exp(found.logEvidence) / evidence).toBeCloseTo(1, 2)
  })

  it('are the rate and each measure of requests with both answers, and none before there are any', () => {
    const field = new FieldCount('/a', 0, (_path, value) => value)
    const comparator = number.build({})
    field.measuredBy(comparator)
    const add = (shadow: number, baseline: number | undefined): void => {
      for (const [leg, value] of [[field.shadow, shadow], [field.baseline, baseline]] as const) {
        if (value === undefined) continue
        leg.measure(comparator, new Float64Array([value, Number.NaN]), 0, value)
        if (value === 0) leg.same()
        else leg.difference('value', 0, value)
      }
      field.settle('r', [], 1)
    }
    add(1, undefined)
    expect(hypothesesOf(field)).toEqual([])
    for (let i = 0; i < 8; i++) add(1, 0)
    // the second measure could not be taken
    expect(hypothesesOf(field).map(({ by, logEvidence }) => [by, Math.round(Math.exp(logEvidence) * 10) / 10])).toEqual([['rate', 50.3], ['difference', 50.3]])
  })

  it('are the same in size from both sides', () => {
    expect(rateHypothesis(countsOf({ onlyShadow: 12, onlyBaseline: 3 })).logEvidence).toBe(rateHypothesis(countsOf({ onlyShadow: 3, onlyBaseline: 12 })).logEvidence)
  })
})
