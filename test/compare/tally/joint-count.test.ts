import { describe, expect, it } from 'vitest'
import { JointCount } from '../../../src/compare/tally/joint-count.ts'

const NONE = { shadowPairs: 0, shadowDiffers: 0, baselinePairs: 0, baselineDiffers: 0, both: 0, bothDiffer: 0, onlyShadow: 0, onlyBaseline: 0 }

describe('a joint count', () => {
  it.each<[boolean | undefined, boolean | undefined, Partial<typeof NONE>]>([
    [undefined, undefined, {}],
    [false, undefined, { shadowPairs: 1 }],
    [true, undefined, { shadowPairs: 1, shadowDiffers: 1 }],
    [undefined, false, { baselinePairs: 1 }],
    [undefined, true, { baselinePairs: 1, baselineDiffers: 1 }],
    [false, false, { shadowPairs: 1, baselinePairs: 1, both: 1 }],
    [true, false, { shadowPairs: 1, shadowDiffers: 1, baselinePairs: 1, both: 1, onlyShadow: 1 }],
    [false, true, { shadowPairs: 1, baselinePairs: 1, baselineDiffers: 1, both: 1, onlyBaseline: 1 }],
    [true, true, { shadowPairs: 1, shadowDiffers: 1, baselinePairs: 1, baselineDiffers: 1, both: 1, bothDiffer: 1 }]
  ])('of a shadow that differs (%s) and a baseline that does (%s) is as expected', (shadow, baseline, expected) => {
    const count = new JointCount()
    count.add(shadow, baseline, 7)
    expect({ ...count }).toEqual({ ...NONE, since: shadow === undefined || baseline === undefined ? 0 : 7, ...expected })
  })
})
