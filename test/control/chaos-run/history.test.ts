import { describe, expect, it } from 'vitest'
import { RunHistory } from '../../../src/control/chaos-run/history.ts'
import { policy } from './support/policy.ts'
import { played } from './support/records.ts'

describe('RunHistory', () => {
  it('keeps the last fifty, the newest first', () => {
    const history = new RunHistory()
    expect(history.list()).toEqual([])
    const record = played(policy())
    for (let i = 0; i < 60; i++) history.add({ ...record, id: `e-${i}` })
    expect(history.list().map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, i) => `e-${59 - i}`))
    expect(history.find('e-10')?.verdict.kind).toBe('PASS')
    expect(history.find('e-9')).toBeUndefined()
  })
})
