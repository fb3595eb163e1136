import { describe, expect, it } from 'vitest'
import { confidenceOf } from '../../../src/control/chaos-run/policy.ts'
import { policyWarnings } from '../../../src/control/chaos-run/policy-warnings.ts'
import { ERRORS, hypothesis, policy, stopRule } from './support/policy.ts'

const harm = { of: 'errors', more: 0.01, confidence: 0.95 } as const

describe('policyWarnings', () => {
  it.each([
    ['nothing', policy(), 0, []],
    ['no stages', policy({ stages: [] , watched: [hypothesis({ ...ERRORS, window: 1000 })] }), 0, [/no stages/, /no stage lasts/]],
    ['nothing to check', policy({ watched: [] }), 0, [/INCONCLUSIVE/]],
    ['a short baseline', policy({ baselineMs: 5000 }), 0, [/^a baseline of 5s is shorter than the longest window, 10s/]],
    ['a short recovery', policy({ recoveryMs: 5000 }), 0, [/^a recovery of 5s/]],
    ['a rule that is never broken', policy({ watched: [stopRule(ERRORS, { forMs: 20_000 })] }), 0, [/^few errors: no stage/]],
    ['nobody to compare with', policy({ harm: [harm] }), 0, [/control group/]],
    ['somebody to compare with', policy({ harm: [harm] }), 0.01, []],
    ['no number of requests', policy({ minRequests: 0 }), 0, [/may pass/]]
  ] as const)('of %s', (_, what, control, expected) => {
    const warnings = policyWarnings(what, control)
    expect(warnings).toHaveLength(expected.length)
    expected.forEach((pattern, i) => { expect(warnings[i]).toMatch(pattern) })
  })
})

describe('confidenceOf', () => {
  it('leaves each stage and limit its part of what may go wrong', () => {
    expect(confidenceOf(harm, policy({ harm: [harm, { ...harm, of: 'slow' }] }))).toBeCloseTo(1 - 0.05 / 4, 12)
  })
})
