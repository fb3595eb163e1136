import { JointCount } from '../../../src/compare/tally/joint-count.ts'
import { MeasureCount } from '../../../src/compare/tally/measure-count.ts'
import type { VerdictOptions } from '../../../src/compare/verdict/verdict.ts'

/** The terms that a config has by default. */
export const TERMS: VerdictOptions = { margin: 0.01, measureMargin: 0.05, confidence: 0.95 }

/** Requests with both answers, by who differed. */
export function countsOf({ bothDiffer = 0, onlyShadow = 0, onlyBaseline = 0, neither = 0 }: { readonly bothDiffer?: number, readonly onlyShadow?: number, readonly onlyBaseline?: number, readonly neither?: number }): JointCount {
  const counts = new JointCount()
  for (const [shadow, baseline, times] of [[true, true, bothDiffer], [true, false, onlyShadow], [false, true, onlyBaseline], [false, false, neither]] as const) for (let i = 0; i < times; i++) counts.add(shadow, baseline, 1)
  return counts
}

/** Requests that have only the shadow's answer. */
export function shadowOnly(differing: number, same: number): JointCount {
  const counts = new JointCount()
  for (let i = 0; i < differing + same; i++) counts.add(i < differing, undefined, 1)
  return counts
}

/** A measure of requests with both answers. */
export function measured(pairs: readonly (readonly [shadow: number, baseline: number])[]): MeasureCount {
  const count = new MeasureCount()
  for (const [shadow, baseline] of pairs) count.add(shadow, baseline, true, 1)
  return count
}
