import { describe, expect, it } from 'vitest'
import { EarlyOutcomes } from '../../../src/compare/truth/early-outcomes.ts'

describe('outcomes that come before their requests', () => {
  it('are given out once', () => {
    const early = new EarlyOutcomes()
    early.keep('a', undefined, 0)
    expect([early.take('a'), early.take('a'), early.take('b')]).toEqual([expect.objectContaining({ truth: undefined }), undefined, undefined])
  })

  it('are kept for a minute from when they were last told', () => {
    const early = new EarlyOutcomes()
    early.keep('a', 1, 0)
    early.keep('b', 1, 10)
    early.keep('a', 2, 20)
    early.expire(60_010)
    expect([early.waiting, early.unknown]).toEqual([2, 0])
    early.expire(60_011)
    expect([early.waiting, early.unknown, early.take('a')?.truth]).toEqual([1, 1, 2])
  })

  it('are no more than 10,000; the oldest give way', () => {
    const early = new EarlyOutcomes()
    for (let i = 0; i < 10_005; i++) early.keep(`r${i}`, i, 0)
    expect([early.waiting, early.unknown, early.take('r4'), early.take('r5')?.truth]).toEqual([10_000, 5, undefined, 5])
  })
})
