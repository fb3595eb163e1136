import { describe, expect, it } from 'vitest'
import type { Draws } from '../../../src/chaos/draws.ts'
import { delay } from '../../../src/chaos/faults/transport/delay.ts'
import { blowOf } from '../support/fault.ts'

const ms = (fixed: string, jitter: string | undefined, drawn: number): number => {
  const effect = delay.build(delay.fields.parse({ kind: 'delay', fixed, ...jitter !== undefined && { jitter } }))()(blowOf('r', { draws: { uniform: () => drawn } as unknown as Draws }))
  return effect.do === 'wait' ? effect.ms : Number.NaN
}

describe('a delay', () => {
  it.each([
    ['2s', undefined, 0.9, 2000],
    ['2s', '0s', 0.9, 2000],
    ['2s', '500ms', 0, 1500],
    ['2s', '500ms', 0.5, 2000],
    ['2s', '500ms', 1, 2500],
    ['100ms', '1s', 0, 0],
    ['0s', undefined, 0.5, 0],
    ['10m', '10m', 1, 1_200_000]
  ])('of %s plus or minus %s at a draw of %d holds for %d ms', (fixed, jitter, drawn, expected) => {
    expect(ms(fixed, jitter, drawn)).toBeCloseTo(expected, 9)
  })

  it.each([
    { fixed: 2 }, { fixed: '2' }, { fixed: '-1s' }, { fixed: '11m' }, { fixed: '1s', jitter: '11m' }, { fixed: '1s', jitter: 5 }, { jitter: '1s' }, { fixed: 'soon' }, { fixed: null }
  ])('is refused as %j', (fields) => {
    expect(delay.fields.safeParse({ kind: 'delay', ...fields }).success).toBe(false)
  })
})
