import { z } from 'zod'
import type { Checks } from '../../core/extension.ts'
import { duration } from '../../core/scalars.ts'
import type { Draws } from '../draws.ts'

/** How long, as YAML says it: exactly one of the five. All in ms. */
export interface DurationFields {
  readonly fixed?: number | undefined
  /** With `fixed` alone: up to how much more or less, uniform. */
  readonly jitter?: number | undefined
  readonly uniform?: { readonly min: number, readonly max: number } | undefined
  readonly normal?: { readonly mean: number, readonly sd: number } | undefined
  readonly lognormal?: { readonly median: number, readonly sigma: number, readonly max?: number | undefined } | undefined
  readonly percentiles?: { readonly p50: number, readonly p95: number, readonly p99: number, readonly p999: number } | undefined
}

const LONGEST = { max: '10m' }

/** Fields to spread into those of a fault that takes a duration. */
export const durationFields: Checks<DurationFields> = {
  fixed: duration(LONGEST).optional().describe('how long, the same for all'),
  jitter: duration(LONGEST).optional().describe('with `fixed`: up to how much more or less, each as likely'),
  uniform: z.strictObject({ min: duration(LONGEST), max: duration(LONGEST) }).refine(({ min, max }) => min <= max, { path: ['max'], message: 'expected at least min' }).optional().describe('between `min` and `max`, each as likely'),
  normal: z.strictObject({ mean: duration(LONGEST), sd: duration(LONGEST) }).optional().describe('bell-shaped about `mean` with standard deviation `sd`; below 0 is 0'),
  lognormal: z.strictObject({
    median: duration({ min: '1ms', ...LONGEST }),
    sigma: z.number().min(0).max(5).describe('standard deviation of the logarithm: 0.5 puts one in forty above 2.7 times the median'),
    max: duration(LONGEST).optional().describe('drawn again above this')
  }).refine(({ median, max = Infinity }) => median <= max, { path: ['max'], message: 'expected at least median' }).optional().describe('as response times are: half below `median`, and a long tail'),
  percentiles: z.strictObject({ p50: duration({ min: '1ms', ...LONGEST }), p95: duration(LONGEST), p99: duration(LONGEST), p999: duration(LONGEST) })
    .refine(({ p50, p95, p99, p999 }) => p50 <= p95 && p95 <= p99 && p99 <= p999, 'expected p50 <= p95 <= p99 <= p999').optional()
    .describe('as a dashboard says it: half below `p50`, one in twenty above `p95`, one in a hundred above `p99`, one in a thousand at `p999`')
}

const SHAPES = ['fixed', 'uniform', 'normal', 'lognormal', 'percentiles'] as const

/** Whether the fields say one thing, and one only. */
export const hasOneDuration = (fields: DurationFields): boolean =>
  SHAPES.filter((shape) => fields[shape] !== undefined).length === 1 && (fields.jitter === undefined || fields.fixed !== undefined)

/** What is said where they do not. */
export const ONE_DURATION = 'expected one of fixed (with or without jitter), uniform, normal, lognormal, percentiles'

// a tail cut off at the median leaves half, so that so many in a row are as good as never
const TRIES = 64

/** Durations drawn as the fields say, in ms, none below 0. */
export function durationsOf({ fixed, jitter = 0, uniform, normal, lognormal, percentiles }: DurationFields): (draws: Draws) => number {
  if (uniform !== undefined) return (draws) => uniform.min + (uniform.max - uniform.min) * draws.uniform()
  if (normal !== undefined) return (draws) => Math.max(0, normal.mean + normal.sd * draws.normal())
  if (lognormal !== undefined) return lognormalOf(lognormal)
  if (percentiles !== undefined) return percentilesOf(percentiles)
  const middle = fixed ?? 0
  return jitter === 0 ? () => middle : (draws) => Math.max(0, middle + (2 * draws.uniform() - 1) * jitter)
}

function lognormalOf({ median, sigma, max = Infinity }: NonNullable<DurationFields['lognormal']>): (draws: Draws) => number {
  return (draws) => {
    for (let i = 0; i < TRIES; i++) {
      const ms = median * Math.exp(sigma * draws.normal())
      if (ms <= max) return ms
    }
    return max
  }
}

/**
 * Straight lines between the percentiles on a scale of logarithms of the time and of the share above; below the median down
 * to as far under it as p95 is above, and above p999 as the line from p99 goes on, up to a share of one in ten thousand.
 */
function percentilesOf({ p50, p95, p99, p999 }: NonNullable<DurationFields['percentiles']>): (draws: Draws) => number {
  const knots: readonly (readonly [above: number, ms: number])[] = [[0.5, p50], [0.05, p95], [0.01, p99], [0.001, p999], [0.0001, p999 * p999 / p99]]
  return (draws) => {
    const above = draws.uniform()
    if (above >= 0.5) return p50 * (p50 / p95) ** (2 * above - 1) // the share 1 is where p95 would be, mirrored
    for (let i = 1; i < knots.length; i++) {
      const [high = 1, from = p50] = knots[i - 1] ?? []
      const [low = 0, to = p50] = knots[i] ?? []
      if (above >= low) return from * (to / from) ** (Math.log(high / above) / Math.log(high / low))
    }
    return p999 * p999 / p99
  }
}
