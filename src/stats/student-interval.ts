import { type Moments, sampleVariance } from './moments.ts'
import { studentQuantile } from './student-quantile.ts'

/**
 * Student's interval for a mean. Valid for one look, at a time chosen beforehand; `meanSequence` may be looked at at any
 * time. Exact for normal numbers, and close for others once there are some tens of them, or hundreds where a few are far
 * from the rest. Fewer than two say nothing: everything. In R: `t.test(numbers, conf.level = confidence)$conf.int`.
 *
 * Source: Student, The probable error of a mean, Biometrika 6 (1908) 1-25.
 */
export function studentInterval(moments: Moments, confidence: number = 0.95): readonly [low: number, high: number] {
  const { count, mean } = moments
  if (!(count >= 2)) return [-Infinity, Infinity]
  const halfWidth = studentQuantile((1 + confidence) / 2, count - 1) * Math.sqrt(sampleVariance(moments) / count)
  return Number.isFinite(halfWidth) ? [mean - halfWidth, mean + halfWidth] : [-Infinity, Infinity]
}
