import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../src/core/answer.ts'
import { createComparison } from '../../../src/compare/compare-answers.ts'
import { createTally, type Tally, type TallyOptions } from '../../../src/compare/tally/tally.ts'
import { shuffled } from '../generate.ts'
import { answer, seeded } from '../support.ts'

const tallyOf = (options: TallyOptions = {}): Tally => createTally(createComparison({ ignore: [], fields: [] }), options)
const scores = (...values: unknown[]): Answer => answer({ p: values.map((score) => ({ score })) })
const deep = answer(`${'['.repeat(200)}${']'.repeat(200)}`)

describe('a tally', () => {
  it('counts every pair in one outcome and says which', () => {
    const tally = tallyOf()
    expect(tally.add('1', answer({ a: 1 }), answer({ a: 1 }))).toBe('match')
    expect(tally.add('2', answer({ a: 1 }), answer({ a: 2 }))).toBe('differ')
    expect(tally.add('3', answer({ a: 1 }), answer('{'))).toBe('uncomparable')
    expect(tally.add('4', answer('{'), answer({ a: 1 }))).toBe('uncomparable')
    expect(tally.add('5', deep, deep)).toBe('uncomparable')
    expect(tally.add('6', answer({ a: 1 }), answer({ a: 1 }, { status: 404 }))).toBe('differ')
    const { compared, match, differ, uncomparable } = tally.snapshot()
    expect({ compared, match, differ, uncomparable }).toEqual({ compared: 3, match: 1, differ: 2, uncomparable: { bad_json: 2, too_complex: 1 } })
  })

  it('counts a field once a pair, however many elements share its path', () => {
    const tally = tallyOf()
    tally.add('1', scores(1, 2, 3), scores(1, 2, 3))
    tally.add('2', scores(1, 2, 3), scores(1, 5, 6))
    tally.add('3', scores(1, 2, 3), scores('1', 5, 3))
    tally.add('4', scores(), scores())
    const [field] = tally.snapshot().fields
    expect(field).toMatchObject({ path: '/p/*/score', compared: 3, different: 2, share: 2 / 3, kinds: { value: 2, type: 1 }, values: { compared: 9, different: 4 } })
    // R: prop.test(2, 3, correct = FALSE)$conf.int
    expect(field!.interval[0]).toBeCloseTo(0.207655, 5)
    expect(field!.interval[1]).toBeCloseTo(0.938508, 5)
  })

  it('shows fields that differ most first, and for those that never did how often they may', () => {
    const tally = tallyOf()
    for (let i = 0; i < 100; i++) tally.add(String(i), answer({ a: 1, b: 1, c: 1, d: 1 }), answer({ a: 1, b: i < 5 ? 0 : 1, c: 0, d: i < 5 ? 0 : 1 }))
    const { fields } = tally.snapshot()
    expect(fields.map(({ path, compared, different }) => [path, compared, different])).toEqual([
      ['/c', 100, 100], ['/b', 100, 5], ['/d', 100, 5], ['', 100, 0], ['(content-type)', 100, 0], ['(status)', 100, 0], ['/a', 100, 0]
    ])
    const never = fields.at(-1)!
    expect(never.interval[0]).toBe(0)
    expect(never.interval[1]).toBeCloseTo(1 - 0.025 ** (1 / 100), 12)
    expect(fields[1]!.interval[0]).toBeGreaterThan(0)
  })

  it('has each field in its denominator, whether it is missing, of another type or the same octets', () => {
    const tally = tallyOf()
    tally.add('1', answer({ a: { b: 1 } }), answer({ a: { b: 1 } }))
    tally.add('2', answer({ a: { b: 1 } }), answer({ a: 7 }))
    tally.add('3', answer({ a: { b: 1 } }), answer({}))
    tally.add('4', answer({}), answer({ a: 1 }))
    expect(tally.snapshot().fields.filter(({ path }) => path.startsWith('/')).map(({ path, compared, different, kinds }) => [path, compared, different, kinds])).toEqual([
      ['/a', 4, 3, { type: 1, missing: 1, extra: 1 }],
      ['/a/b', 1, 0, {}]
    ])
  })

  it('counts no field of a pair that could not be compared to its end', () => {
    const tally = tallyOf()
    tally.add('1', answer(`{"first":1,"rest":${'['.repeat(200)}${']'.repeat(200)}}`), answer(`{"first":2,"rest":${'['.repeat(200)}${']'.repeat(200)}}`))
    expect(tally.snapshot().fields.map(({ path, compared }) => [path, compared])).toEqual([['(content-type)', 1], ['(status)', 1]])
    expect(tally.snapshot().examples).toEqual([])
  })

  it('keeps its places for fields of pairs that could be compared', () => {
    const tally = tallyOf({ maxFields: 5 })
    const broken = answer(`{"x":1,"y":2,"z":3,"rest":${deep.body.toString()}}`)
    tally.add('1', broken, answer(`{"x":2,"y":3,"z":4,"rest":${deep.body.toString()}}`))
    tally.add('2', answer({ a: 1, x: 1 }), answer({ a: 2, x: 1 }))
    tally.add('3', broken, answer(`{"x":2,"rest":${deep.body.toString()}}`))
    tally.add('4', answer({ a: 1, x: 1 }), answer({ a: 1, x: 1 }))
    expect(tally.snapshot().fields.map(({ path, compared, different, values }) => [path, compared, different, values.compared])).toEqual([
      ['/a', 2, 1, 2], ['', 2, 0, 2], ['(content-type)', 4, 0, 4], ['(status)', 4, 0, 4], ['/x', 2, 0, 2]
    ])
  })

  it('counts fields past its cap together', () => {
    const tally = tallyOf({ maxFields: 4 })
    for (let i = 0; i < 3; i++) tally.add(String(i), answer({ a: 1, b: 1, c: 1, d: 1 }), answer({ a: 1, b: 1, c: 1, d: i }))
    const { fields, overflowFields } = tally.snapshot()
    expect(fields.map(({ path, compared, different, values }) => [path, compared, different, values])).toEqual([
      ['(other)', 3, 2, { compared: 9, different: 2 }],
      ['', 3, 0, { compared: 3, different: 0 }],
      ['(content-type)', 3, 0, { compared: 3, different: 0 }],
      ['(status)', 3, 0, { compared: 3, different: 0 }],
      ['/a', 3, 0, { compared: 3, different: 0 }]
    ])
    expect(overflowFields).toBe(3)
  })

  it('sums up the times of both sides', () => {
    const tally = tallyOf()
    tally.add('1', answer('1', { firstByteMs: 10, durationMs: 20 }), answer('1', { firstByteMs: 20, durationMs: 80 }))
    tally.add('2', answer('1', { firstByteMs: -1, durationMs: 20 }), answer('1', { firstByteMs: 20, durationMs: 80 }))
    const { firstByte, duration } = tally.snapshot().latency
    expect(firstByte).toMatchObject({ count: 1, primaryMeanMs: 10, otherMeanMs: 20 })
    expect(duration.count).toBe(2)
    expect(duration.sumLogRatio).toBeCloseTo(2 * Math.log(4), 12)
  })

  it('reports plain data', () => {
    const tally = tallyOf()
    tally.add('1', answer('[NaN,9007199254740993]'), answer('[1,9007199254740992]'))
    const report = tally.snapshot()
    expect(JSON.parse(JSON.stringify(report))).toEqual(structuredClone(report))
  })

  it('reports nothing of nothing', () => {
    expect(tallyOf().snapshot()).toMatchObject({ compared: 0, match: 0, differ: 0, uncomparable: {}, fields: [], overflowFields: 0, examples: [] })
  })
})

describe('the examples of a tally', () => {
  it('show what differed, shortened', () => {
    const tally = tallyOf()
    tally.add('abc', answer({ a: ['x'.repeat(500), 1], b: 1 }), answer({ a: ['y', 2] }))
    expect(tally.snapshot().examples).toEqual([
      { requestId: 'abc', path: '/a/*', kind: 'value', primary: `"${'x'.repeat(198)}…`, other: '"y"' },
      { requestId: 'abc', path: '/b', kind: 'missing', primary: '1', other: undefined }
    ])
  })

  it('stay within their caps, and give each field its turn', () => {
    const tally = tallyOf({ maxExamples: 5, maxExamplesPerField: 3 })
    for (let i = 0; i < 200; i++) tally.add(`r${i}`, answer({ a: 1, b: 1 }), answer({ a: 2, b: i < 100 ? 2 : 1 }))
    expect(tally.snapshot().examples.map(({ path }) => path)).toEqual(['/a', '/b', '/a', '/b', '/a'])
    const wide = tallyOf({ maxExamples: 50, maxExamplesPerField: 3 })
    for (let i = 0; i < 200; i++) wide.add(`r${i}`, answer({ a: 1, b: 1 }), answer({ a: 2, b: i < 2 ? 2 : 1 }))
    expect(wide.snapshot().examples.map(({ path }) => path)).toEqual(['/a', '/b', '/a', '/b', '/a'])
    const none = tallyOf({ maxExamples: 0 })
    none.add('r', answer(1), answer(2))
    expect(none.snapshot().examples).toEqual([])
  })

  it('are the same whatever order the pairs come in, also when request ids repeat (seed 12)', () => {
    const random = seeded(12)
    const pairs = Array.from({ length: 300 }, (_, i) => [`r${i % 60}`, answer({ a: 0, b: 0 }), answer({ a: i % 7, b: i % 4 })] as const)
    const reports = [0, 1, 2, 3, 4, 5, 6, 7].map(() => {
      const tally = tallyOf()
      for (const [requestId, primary, other] of shuffled(random, pairs)) tally.add(requestId, primary, other)
      return tally.snapshot()
    })
    for (const { examples, fields } of reports) {
      expect(examples).toEqual(reports[0]!.examples)
      expect(fields).toEqual(reports[0]!.fields)
    }
  })

  it('are a uniform sample: no place in the log is more likely than another', () => {
    const trials = 1500
    const pairs = 20
    const kept = 3
    const counts = Array.from({ length: pairs }, () => 0)
    for (let trial = 0; trial < trials; trial++) {
      const tally = tallyOf({ maxExamplesPerField: kept })
      for (let i = 0; i < pairs; i++) tally.add(`trial-${trial}-${i}`, answer('1'), answer('2'))
      const { examples } = tally.snapshot()
      expect(examples).toHaveLength(kept)
      for (const { requestId } of examples) counts[Number(requestId.split('-')[2])]!++
    }
    const expected = trials * kept / pairs
    const sum = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0)
    // drawn without putting back: places within a trial are negatively correlated, and the statistic is short by this much
    const chiSquare = sum * (pairs - 1) / (pairs - kept)
    expect(chiSquare).toBeLessThan(43.82) // R: qchisq(0.999, 19)
    expect(chiSquare).toBeGreaterThan(5.4) // R: qchisq(0.001, 19) = 5.407; fewer would be more even than chance
  })

  it('of two fields are not of the same requests', () => {
    const tally = tallyOf({ maxExamplesPerField: 3 })
    for (let i = 0; i < 1000; i++) tally.add(`r${i}`, answer({ a: 1, b: 1 }), answer({ a: 2, b: 2 }))
    const of = (wanted: string): string[] => tally.snapshot().examples.filter(({ path }) => path === wanted).map(({ requestId }) => requestId)
    expect(of('/a').toSorted()).not.toEqual(of('/b').toSorted())
  })
})
