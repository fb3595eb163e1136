import { describe, expect, it } from 'vitest'
import { label } from '../../../src/compare/comparators/label.ts'
import { number } from '../../../src/compare/comparators/number.ts'
import { fieldReports } from '../../../src/compare/field-reports.ts'
import { FieldCount } from '../../../src/compare/tally/field-count.ts'
import type { Redact } from '../../../src/compare/tally/redact.ts'
import { countBound } from '../../support/chance.ts'
import { seeded } from '../support.ts'

const SEED = 20_260_301
const ROUNDS = 3000
const TERMS = { margin: 0.01, measureMargin: 0.05, confidence: 0.95 }
const open: Redact = (_path, value) => value

describe(`the interval of a field (seed ${SEED})`, () => {
  // exact: scipy.stats.binom.pmf(k, pairs, share), summed over the counts k whose interval holds the share
  it.each([
    [100, 0.1, 0.9364],
    [100, 0.5, 0.9431],
    [200, 0.02, 0.9331],
    [300, 0.01, 0.9672],
    [50, 0.94, 0.9711]
  ])('over %i pairs holds a share of %d as often as it should, though values of one answer go together', (pairs, share, exact) => {
    const random = seeded(SEED)
    let held = 0
    for (let round = 0; round < ROUNDS; round++) {
      const field = new FieldCount('/p/*', 0, open)
      for (let pair = 0; pair < pairs; pair++) {
        const differs = random() < share
        for (let value = 0; value < 5; value++) {
          if (differs) field.shadow.difference('value', 1, 2)
          else field.shadow.same()
        }
        field.settle('r', [], 1)
      }
      const [low, high] = fieldReports([field], [], TERMS, new Map(), false).fields[0]!.rates.interval
      if (low <= share && share <= high) held++
    }
    expect(Math.abs(held - ROUNDS * exact)).toBeLessThan(countBound(ROUNDS, exact))
  })
})

describe('a field', () => {
  it('counts a pair once, by each way it differed, and shows the first', () => {
    const field = new FieldCount('/p/*', 3, open)
    field.shadow.same()
    field.shadow.difference('value', 1, 2)
    field.shadow.difference('type', 1, '1')
    field.shadow.difference('value', 3, 4)
    field.settle('r1', [], 1)
    expect(field.counts).toMatchObject({ shadowPairs: 1, shadowDiffers: 1 })
    expect([Object.fromEntries(field.kinds), field.values]).toEqual([{ value: 1, type: 1 }, { compared: 4, different: 3 }])
    expect(field.examples.flatMap(({ all }) => all)).toEqual([{ requestId: 'r1', path: '/p/*', kind: 'value', primary: '1', other: '2' }])
  })

  it('knows nothing of a pair that it forgot', () => {
    const field = new FieldCount('/a', 3, open)
    field.shadow.difference('missing', 1, undefined)
    field.forget()
    expect([field.touched, field.empty]).toEqual([false, true])
    field.shadow.same()
    field.settle('r2', [], 1)
    expect(field.counts).toMatchObject({ shadowPairs: 1, shadowDiffers: 0 })
    expect([field.kinds.size, field.values, field.examples]).toEqual([0, { compared: 1, different: 0 }, []])
  })

  it('counts pairs with the baseline beside those with the shadow, and keeps examples of the shadow only', () => {
    const field = new FieldCount('/a', 3, open)
    field.baseline.difference('value', 1, 2)
    field.settle('r1', [], 1)
    field.shadow.same()
    field.baseline.difference('value', 1, 2)
    field.settle('r2', [], 1)
    expect({ ...field.counts }).toEqual({ shadowPairs: 1, shadowDiffers: 0, baselinePairs: 2, baselineDiffers: 2, both: 1, bothDiffer: 0, onlyShadow: 0, onlyBaseline: 1, since: 1 })
    expect([field.values, field.kinds.size, field.examples]).toEqual([{ compared: 1, different: 0 }, 0, []])
  })

  it('in which nothing could be told in a pair does not count it, but that it was so', () => {
    const field = new FieldCount('/a/*', 3, open)
    field.shadow.giveUp()
    field.settle('r1', [], 1)
    expect([field.counts.shadowPairs, field.gaveUp, field.empty]).toEqual([0, 1, false])
    field.shadow.giveUp()
    field.shadow.same()
    field.settle('r2', [], 1)
    field.shadow.giveUp()
    field.shadow.difference('value', 1, 2)
    field.settle('r3', [], 1)
    expect([field.counts.shadowPairs, field.counts.shadowDiffers, field.gaveUp]).toEqual([2, 1, 3])
  })

  it('counts in the slices the request is in, and in no other', () => {
    const field = new FieldCount('/a', 0, open)
    field.shadow.difference('value', 1, 2)
    field.baseline.same()
    field.settle('r1', [0, 3], 1)
    field.shadow.same()
    field.settle('r2', [3], 1)
    expect(field.slices.map((one) => one && [one.shadowPairs, one.shadowDiffers, one.onlyShadow])).toEqual([[1, 1, 1], undefined, undefined, [2, 1, 1]])
  })

  it('is measured by the first comparator that does, and takes the mean of what one answer holds', () => {
    const field = new FieldCount('/p/*', 0, open)
    const [first, second] = [number.build({}), number.build({})]
    expect([field.measuredBy(first), field.measuredBy(second), field.measuredBy(first)]).toEqual([true, false, true])
    for (const off of [1, 3]) field.shadow.measure(first, new Float64Array([off, Number.NaN]), 0, off)
    field.shadow.difference('value', 0, 1)
    field.baseline.measure(first, new Float64Array([5, Number.NaN]), 0, 5)
    field.baseline.same()
    field.settle('r', [], 1)
    const [difference, relative] = field.measures
    expect([difference!.shadow.mean, difference!.baseline.mean, difference!.excess.mean, difference!.above, difference!.below]).toEqual([2, 5, -3, 0, 1])
    expect([relative!.shadow.count, relative!.excess.count]).toEqual([0, 0])
  })

  it('takes no sign from what is within its tolerance on both sides', () => {
    const field = new FieldCount('/p', 0, open)
    const near = number.build({ abs: 1 })
    field.measuredBy(near)
    for (let i = 0; i < 50; i++) {
      field.shadow.measure(near, new Float64Array([0.5, 0.5]), 0, 0.5)
      field.shadow.same()
      field.baseline.measure(near, new Float64Array([0.1, 0.1]), 0, 0.1)
      field.baseline.same()
      field.settle(`r${i}`, [], 1)
    }
    expect([field.measures[0]!.excess.count, field.measures[0]!.above, field.measures[0]!.below]).toEqual([50, 0, 0])
  })

  it('counts which class was taken for which, up to 64 of one answer', () => {
    const field = new FieldCount('/labels/*', 0, open)
    const classes = label.build({ decisive: 0.1 })
    field.measuredBy(classes)
    for (let i = 0; i < 1000; i++) {
      field.shadow.measure(classes, new Float64Array(classes.measures.length), 'cat', i % 2 === 0 ? 'cat' : 'dog')
      field.shadow.same()
    }
    field.settle('r', [], 1)
    expect(field.classes!.report()).toEqual({ names: ['cat', 'dog'], table: [[32, 32], [0, 0]] })
  })
})
