import { describe, expect, it } from 'vitest'
import { type Example, Examples } from '../../../src/compare/tally/examples.ts'
import { memoryInUse } from '../../support/memory.ts'
import { shuffled } from '../generate.ts'
import { seeded } from '../support.ts'

const examplesOf = (size: number, path = '/a'): Examples => new Examples(path, 'value', size, (_path, value) => value)
const ids = ({ all }: Examples): readonly string[] => all.map(({ requestId }) => requestId)

describe('examples', () => {
  it('show what differed, shortened, and have no value where a side has none', () => {
    const examples = examplesOf(3)
    examples.offer('r'.repeat(500), 'x'.repeat(500), undefined)
    expect(examples.all).toEqual<readonly Example[]>([{ requestId: `${'r'.repeat(199)}…`, path: '/a', kind: 'value', primary: `"${'x'.repeat(198)}…`, other: undefined }])
  })

  it('are redacted before anything is kept', () => {
    const asked: unknown[] = []
    const examples = new Examples('/a', 'value', 1, (path, value) => {
      asked.push([path, value])
      return 'hidden'
    })
    examples.offer('r', 'secret', 'other secret')
    expect(asked).toEqual([['/a', 'secret'], ['/a', 'other secret']])
    expect(JSON.stringify(examples.all)).not.toContain('secret')
  })

  it('are no more than they may be', () => {
    const [three, none] = [examplesOf(3), examplesOf(0)]
    for (let i = 0; i < 100; i++) for (const examples of [three, none]) examples.offer(`r${i}`, i, -i)
    expect([three.all.length, none.all.length]).toEqual([3, 0])
  })

  it('are the same whatever order differences come in, also when request ids repeat (seed 12)', () => {
    const random = seeded(12)
    const offers = Array.from({ length: 300 }, (_, i) => [`r${i % 60}`, i % 7, i % 4] as const)
    const kept = [0, 1, 2, 3, 4, 5, 6, 7].map(() => {
      const examples = examplesOf(3)
      for (const [requestId, primary, other] of shuffled(random, offers)) examples.offer(requestId, primary, other)
      return examples.all
    })
    for (const one of kept) expect(one).toEqual(kept[0])
  })

  it('are a uniform sample: no place in the log is more likely than another', () => {
    const trials = 1500
    const offers = 20
    const kept = 3
    const counts = Array.from({ length: offers }, () => 0)
    for (let trial = 0; trial < trials; trial++) {
      const examples = examplesOf(kept)
      for (let i = 0; i < offers; i++) examples.offer(`trial-${trial}-${i}`, 1, 2)
      expect(examples.all).toHaveLength(kept)
      for (const requestId of ids(examples)) counts[Number(requestId.split('-')[2])]!++
    }
    const expected = trials * kept / offers
    const sum = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0)
    // drawn without putting back: places within a trial are negatively correlated, and the statistic is short by this much
    const chiSquare = sum * (offers - 1) / (offers - kept)
    expect(chiSquare).toBeLessThan(43.82) // R: qchisq(0.999, 19)
    expect(chiSquare).toBeGreaterThan(5.4) // R: qchisq(0.001, 19) = 5.407; fewer would be more even than chance
  })

  it('of two fields are not of the same requests', () => {
    const [a, b] = [examplesOf(3, '/a'), examplesOf(3, '/b')]
    for (let i = 0; i < 1000; i++) for (const examples of [a, b]) examples.offer(`r${i}`, 1, 2)
    expect(ids(a).toSorted()).not.toEqual(ids(b).toSorted())
  })

  it('keep nothing of large values alive', async () => {
    const examples = Array.from({ length: 100 }, (_, i) => examplesOf(1, `/${i}`))
    const before = await memoryInUse()
    for (const [i, one] of examples.entries()) one.offer('r', [String(i).repeat(200_000)], JSON.parse(`["${String(i).padEnd(200_000, 'x')}"]`))
    expect(await memoryInUse() - before).toBeLessThan(2_000_000) // all of them would be 60 MB
    expect(examples[7]!.all).toHaveLength(1)
  })
})
