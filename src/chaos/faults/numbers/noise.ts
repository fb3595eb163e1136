import { z } from 'zod'
import { numberAt } from '../../answers/scalars.ts'
import { compileTarget } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { AT, editNumber, type NumberFields, numberFields } from './each-number.ts'
import { RunningSpread } from './running-spread.ts'
import { noiseOf, shapes } from './shapes.ts'

/** Noise as YAML says it. */
export interface NoiseFields extends NumberFields {
  readonly kind: 'noise'
  readonly distribution?: typeof shapes[number] | undefined
  readonly mode?: 'add' | 'multiply' | 'log' | undefined
  readonly sd?: number | undefined
  readonly bias?: number | undefined
  readonly relativeTo?: 'spread' | undefined
  readonly warmUp?: number | undefined
  readonly decimals?: boolean | undefined
}

const WARM_UP = 100

/** What y becomes: y + e, y (1 + e) or y exp(e), with e of mean `bias` and standard deviation `sd`. */
export const noise: FaultKind<NoiseFields> = {
  summary: 'adds noise to numbers, or multiplies them by it: absolute, or in units of how far the numbers seen so far spread',
  stage: 'payload',
  onShadow: true,
  scales: 'sd and bias',
  effect: 'added: the mean squared error grows by sd^2 + bias^2, where the errors are unbiased; with a share, by that share of it',
  fields: z.strictObject({
    kind: z.literal('noise'),
    ...numberFields,
    distribution: z.enum(shapes).optional().describe('what it is like, `normal` when left out; all have the same mean and spread'),
    mode: z.enum(['add', 'multiply', 'log']).optional().describe('whether y becomes y + e (`add`, the default), y (1 + e) (`multiply`), or y exp(e) (`log`), which keeps its sign'),
    sd: z.number().min(0).max(1e12).optional().describe('standard deviation of e, 0 when left out'),
    bias: z.number().min(-1e12).max(1e12).optional().describe('mean of e, 0 when left out'),
    relativeTo: z.literal('spread').optional().describe('sd and bias are multiples of the standard deviation of the numbers seen in this run'),
    warmUp: z.int().min(2).max(1_000_000).optional().describe(`with relativeTo: numbers that are seen before any is changed, ${WARM_UP} when left out`),
    decimals: z.boolean().optional().describe('whether whole numbers may become others; they are rounded by default')
  }).refine(({ sd = 0, bias = 0 }) => sd !== 0 || bias !== 0, { path: ['sd'], message: 'expected sd or bias' })
    .refine(({ warmUp, relativeTo }) => warmUp === undefined || relativeTo !== undefined, { path: ['warmUp'], message: 'expected relativeTo beside it' })
    .refine(({ mode = 'add', relativeTo }) => mode === 'add' || relativeTo === undefined, { path: ['relativeTo'], message: 'expected mode: add; what is multiplied is relative as it is' }),
  build: ({ at = AT, share = 1, distribution = 'normal', mode = 'add', sd = 0, bias = 0, relativeTo, warmUp = WARM_UP, decimals = false }) => {
    const target = compileTarget(at)
    const draw = noiseOf(distribution)
    return () => {
      const spread = new RunningSpread()
      return ({ draws, strength }) => ({
        do: 'degrade',
        degrade: (answer) => editsOf(answer, target.find(answer), (span) => {
          const unit = relativeTo === undefined ? 1 : spread.deviation
          const isWarm = relativeTo === undefined || spread.count >= warmUp
          const value = numberAt(answer, span)
          // the numbers as the model says them: noise is not to widen what it is measured by
          if (value !== undefined && relativeTo !== undefined) spread.see(value)
          const isHit = share === 1 || draws.chance(share)
          const e = (bias + sd * draw(draws)) * strength * unit
          if (value === undefined) return 'wrong_type'
          if (!isWarm) return 'warming_up'
          return isHit ? editNumber(answer, span, (y) => noisy(y, e, mode), decimals) : []
        })
      })
    }
  }
}

function noisy(y: number, e: number, mode: 'add' | 'multiply' | 'log'): number {
  switch (mode) {
    case 'add': return y + e
    case 'multiply': return y * (1 + e)
    default: return y * Math.exp(e)
  }
}
