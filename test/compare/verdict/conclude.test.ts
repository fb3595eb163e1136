import { describe, expect, it } from 'vitest'
import type { Measure } from '../../../src/compare/comparator.ts'
import { conclude, type Counted } from '../../../src/compare/verdict/conclude.ts'
import type { Verdict, VerdictOptions } from '../../../src/compare/verdict/verdict.ts'
import { pick, seeded } from '../support.ts'
import { countsOf, measured, shadowOnly, TERMS } from './support.ts'

const concluded = (counted: Partial<Counted>, rejected: readonly string[] = [], options: Partial<VerdictOptions> = {}): Verdict =>
  conclude({ counts: countsOf({}), measures: [], ...counted }, rejected, { ...TERMS, ...options }, () => 77)

const distance: Measure = { name: 'distance', kind: 'distance', max: 1 }
const signed: Measure = { name: 'difference', kind: 'signed', max: Infinity }
const noisy = countsOf({ bothDiffer: 480, onlyShadow: 10, onlyBaseline: 9, neither: 1 })
const alternating = (count: number, size: number, more = 0): ReturnType<typeof measured> => measured(Array.from({ length: count }, (_, i) => [0.5 + (i % 2 === 0 ? size : 0) + more, 0.5 + (i % 2 === 0 ? 0 : size)]))

describe('a field', () => {
  it.each<[string, Verdict, Verdict]>([
    ['nothing is known of', concluded({}), { kind: 'inconclusive', reason: 'no_pairs', more: null }],
    ['only the baseline has', concluded({ counts: (() => {
      const counts = countsOf({})
      counts.add(undefined, true, 1)
      return counts
    })() }), { kind: 'inconclusive', reason: 'no_pairs', more: null }],
    ['that differs once in 300 requests', concluded({ counts: countsOf({ onlyShadow: 1, neither: 299 }) }), { kind: 'inconclusive', reason: 'too_few', more: 77 }],
    ['that never differs in 100 requests', concluded({ counts: countsOf({ neither: 100 }) }), { kind: 'inconclusive', reason: 'too_few', more: 77 }],
    ['that never differs in 3000 requests', concluded({ counts: countsOf({ neither: 3000 }) }), { kind: 'equivalent', by: 'rare' }],
    ['that never differs in 3000 requests without a baseline', concluded({ counts: shadowOnly(0, 3000) }), { kind: 'equivalent', by: 'rare' }],
    ['that differs in half of them, as noise does', concluded({ counts: countsOf({ bothDiffer: 40_000, onlyShadow: 1000, onlyBaseline: 1000, neither: 40_000 }) }), { kind: 'equivalent', by: 'rate' }],
    ['that differs, with no baseline to say how much of it is noise', concluded({ counts: shadowOnly(300, 700) }), { kind: 'inconclusive', reason: 'no_baseline', more: null }],
    ['that differs once in 100, with no baseline', concluded({ counts: shadowOnly(1, 99) }), { kind: 'inconclusive', reason: 'no_baseline', more: null }],
    ['that has not differed yet, with no baseline', concluded({ counts: shadowOnly(0, 99) }), { kind: 'inconclusive', reason: 'too_few', more: 77 }],
    ['that nearly always differs, also from itself', concluded({ counts: noisy }), { kind: 'inconclusive', reason: 'too_noisy', more: null }],
    ['that nearly always differs, but has a measure', concluded({ counts: noisy, measures: [{ measure: distance, count: alternating(50, 0.1) }] }), { kind: 'inconclusive', reason: 'too_few', more: 77 }],
    ['that nearly always differs, and as much as noise', concluded({ counts: noisy, measures: [{ measure: distance, count: alternating(2000, 0.1) }] }), { kind: 'equivalent', by: 'distance' }],
    ['that nearly always differs, and by more than noise', concluded({ counts: noisy, measures: [{ measure: distance, count: alternating(2000, 0.1, 0.2) }] }), { kind: 'inconclusive', reason: 'too_few', more: 77 }],
    ['that nearly always differs, and has a measure without bounds', concluded({ counts: noisy, measures: [{ measure: signed, count: alternating(2000, 0.1) }] }), { kind: 'inconclusive', reason: 'too_few', more: 77 }],
    ['one of whose measures is not as by noise', concluded({ counts: noisy, measures: [{ measure: distance, count: alternating(2000, 0.1) }, { measure: { ...distance, name: 'other' }, count: alternating(2000, 0.1, 0.2) }] }), { kind: 'inconclusive', reason: 'too_few', more: 77 }],
    ['all of whose measures are as by noise', concluded({ counts: noisy, measures: [{ measure: distance, count: alternating(2000, 0.1) }, { measure: { ...distance, name: 'other', max: 10 }, count: alternating(2000, 0.1) }, { measure: signed, count: alternating(2000, 0.1, 9) }] }), { kind: 'equivalent', by: 'distance, other' }]
  ])('%s has its verdict', (_what, verdict, expected) => {
    expect(verdict).toEqual(expected)
  })

  it.each<[readonly string[], Partial<Counted>, Verdict]>([
    [['rate'], { counts: countsOf({ onlyShadow: 20 }) }, { kind: 'different', by: 'rate', direction: 'further' }],
    [['rate'], { counts: countsOf({ onlyBaseline: 20 }) }, { kind: 'different', by: 'rate', direction: 'nearer' }],
    [['distance', 'rate'], { measures: [{ measure: distance, count: alternating(9, 0, 0.1) }] }, { kind: 'different', by: 'distance', direction: 'further' }],
    [['distance'], { measures: [{ measure: distance, count: alternating(9, 0, -0.1) }] }, { kind: 'different', by: 'distance', direction: 'nearer' }],
    [['difference'], { measures: [{ measure: distance, count: alternating(9, 0, -1) }, { measure: signed, count: alternating(9, 0, 0.1) }] }, { kind: 'different', by: 'difference', direction: 'higher' }],
    [['difference'], { measures: [{ measure: signed, count: alternating(9, 0, -0.1) }] }, { kind: 'different', by: 'difference', direction: 'lower' }]
  ])('of which %j is rejected is different, whatever else holds', (rejected, counted, expected) => {
    expect(concluded(counted, rejected)).toEqual(expected)
  })

  it('is worked out how much longer only where that is open', () => {
    let asked = 0
    const further = (): number => ++asked
    conclude({ counts: noisy, measures: [] }, [], TERMS, further)
    conclude({ counts: countsOf({ neither: 3000 }), measures: [] }, [], TERMS, further)
    conclude({ counts: shadowOnly(5, 5), measures: [] }, [], TERMS, further)
    expect(asked).toBe(0)
    expect(conclude({ counts: countsOf({ neither: 30 }), measures: [] }, [], TERMS, further)).toMatchObject({ more: 1 })
  })

  const SEED = 20_260_403

  it(`is equivalent by a wider margin if by a narrower one, with more confidence asked for not sooner, and not for being turned round (seed ${SEED})`, () => {
    const random = seeded(SEED)
    const kinds = new Set<string>()
    for (let round = 0; round < 1500; round++) {
      const upTo = pick(random, [3, 30, 300, 3000])
      const whole = (): number => Math.floor(random() ** 2 * upTo)
      const [bothDiffer, onlyShadow, onlyBaseline, neither] = [whole(), whole(), whole(), 10 * whole()]
      const counts = countsOf({ bothDiffer, onlyShadow, onlyBaseline, neither })
      const verdict = (options: Partial<VerdictOptions>): string => concluded({ counts }, [], options).kind
      const margin = pick(random, [0.01, 0.03, 0.1])
      const kind = verdict({ margin })
      kinds.add(kind)
      const what = [bothDiffer, onlyShadow, onlyBaseline, neither, margin]
      if (kind === 'equivalent') expect([what, verdict({ margin: 2 * margin }), verdict({ margin, confidence: 0.8 })]).toEqual([what, 'equivalent', 'equivalent'])
      else expect([what, verdict({ margin, confidence: 0.999 })]).toEqual([what, kind])
      // how seldom the shadow differs is no matter of the baseline, so only what is not rare is as it is from both sides
      const turned = concluded({ counts: countsOf({ bothDiffer, onlyShadow: onlyBaseline, onlyBaseline: onlyShadow, neither }) }, [], { margin })
      const straight = concluded({ counts }, [], { margin })
      const isRare = [turned, straight].some((one) => one.kind === 'equivalent' && one.by === 'rare')
      const isNoisy = Math.max(onlyShadow, onlyBaseline) + bothDiffer > 0.9 * (bothDiffer + onlyShadow + onlyBaseline + neither)
      if (!isRare && !isNoisy) expect([what, turned.kind]).toEqual([what, straight.kind])
    }
    expect([...kinds].toSorted()).toEqual(['equivalent', 'inconclusive'])
  })
})
