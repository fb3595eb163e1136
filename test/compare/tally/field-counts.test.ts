import { describe, expect, it } from 'vitest'
import { type FieldCaps, FieldCounts } from '../../../src/compare/tally/field-counts.ts'
import { memoryInUse } from '../../support/memory.ts'

const countsOf = (caps: FieldCaps = {}): FieldCounts => new FieldCounts(caps, (_path, value) => value)
const said = (counts: FieldCounts): unknown => counts.all().map(({ path, counts: { shadowPairs, shadowDiffers }, values }) => [path, shadowPairs, shadowDiffers, values.compared])

describe('counts of fields', () => {
  it('are those of pairs that were told to their end', () => {
    const counts = countsOf()
    counts.follow('shadow').begin()
    counts.differs('/a', 'value', 1, 2)
    counts.same('/b')
    counts.begin()
    counts.same('/a')
    counts.settle('r1', [])
    expect(said(counts)).toEqual([['/a', 1, 0, 1]])
  })

  it('keep what was told of the one pair of a request when the other begins again', () => {
    const counts = countsOf()
    counts.follow('shadow').begin()
    counts.differs('/a', 'value', 1, 2)
    counts.follow('baseline').begin()
    counts.differs('/a', 'value', 1, 3)
    counts.same('/only')
    counts.begin()
    counts.same('/a')
    counts.settle('r1', [])
    expect(said(counts)).toEqual([['/a', 1, 1, 1]])
    expect(counts.all()[0]!.counts).toMatchObject({ both: 1, onlyShadow: 1, onlyBaseline: 0 })
  })

  it('keep their places for fields of pairs that could be compared', () => {
    const counts = countsOf({ maxFields: 2 })
    for (let i = 0; i < 10; i++) {
      counts.follow('shadow').begin()
      counts.differs(`/x${i}`, 'value', 1, 2)
      counts.same(`/y${i}`)
      counts.same(`/z${i}`)
      counts.begin()
      counts.settle('r', [])
    }
    counts.begin()
    counts.same('/a')
    counts.same('/b')
    counts.same('/c')
    counts.settle('r', [])
    expect(said(counts)).toEqual([['(other)', 1, 0, 1], ['/a', 1, 0, 1], ['/b', 1, 0, 1]])
  })

  it('past the cap are taken together, once a pair', () => {
    const counts = countsOf({ maxFields: 1 })
    for (let i = 0; i < 3; i++) {
      counts.follow('shadow').begin()
      counts.same('/a')
      for (const path of ['/b', '/c', '/d']) {
        if (i > 0 && path === '/d') counts.differs(path, 'value', 1, i)
        else counts.same(path)
      }
      counts.settle(`r${i}`, [])
    }
    expect(said(counts)).toEqual([['(other)', 3, 2, 9], ['/a', 3, 0, 3]])
    expect(counts.overflowed).toBe(3)
    // a path that is not kept for its length is one of them
    counts.follow('shadow').begin()
    counts.same(`/${'x'.repeat(300)}`)
    counts.settle('r', [])
    expect([counts.overflowed, counts.all().length]).toEqual([4, 2])
  })

  it('show those first that differ most, and else are by name', () => {
    const counts = countsOf()
    for (let i = 0; i < 4; i++) {
      counts.follow('shadow').begin()
      for (const [path, times] of [['/b', 0], ['/a', 0], ['/d', 1], ['/c', 4], ['/e', 1]] as const) {
        if (i < times) counts.differs(path, 'value', 1, 2)
        else counts.same(path)
      }
      counts.settle(`r${i}`, [])
    }
    expect(counts.all().map(({ path }) => path)).toEqual(['/c', '/d', '/e', '/a', '/b'])
  })

  it('take no more memory however many paths there are', async () => {
    const counts = countsOf()
    const tell = (from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        counts.follow('shadow').begin()
        for (let k = 0; k < 20; k++) counts.differs(`/p${i}/${k}`, 'value', 'x'.repeat(100) + i, k)
        counts.settle(`r${i}`, [])
      }
    }
    tell(0, 2000)
    const before = await memoryInUse()
    tell(2000, 12_000)
    expect(await memoryInUse() - before).toBeLessThan(1_000_000) // 200,000 paths would take ten times that
    expect([counts.all().length, counts.overflowed]).toEqual([201, 1000])
  })
})
