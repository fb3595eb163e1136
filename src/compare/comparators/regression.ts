import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { asDouble, sameNumber } from '../read/exact-number.ts'
import { sameNear } from './number.ts'

/** What a prediction is measured in, and what does not matter. */
export interface RegressionFields {
  readonly scale: number
  readonly tolerance: number
  readonly rel: number
}

const MEASURES: readonly Measure[] = [{ name: 'bias', kind: 'signed', max: Infinity }, { name: 'absolute_error', kind: 'distance', max: Infinity }]

const equal = deepEquality(sameNumber)

/**
 * A predicted number: whether the other is off, to which side on average, and how far whichever side. What is no number
 * must be equal.
 */
export const regression: Extension<RegressionFields, Comparator> = {
  summary: 'a predicted number: within a tolerance, with the bias (other less primary) apart from the size of the error',
  fields: z.strictObject({
    scale: z.number().positive().default(1).describe('what bias, error and tolerance are measured in, in the unit of the field'),
    tolerance: z.number().min(0).default(0).describe('difference allowed, in scales'),
    rel: z.number().min(0).default(0).describe('difference allowed, as a share of the larger of the two')
  }),
  build: ({ scale, tolerance, rel }) => {
    const near = sameNear({ abs: tolerance * scale, rel })
    return {
      measures: MEASURES,
      compare(primary, other, measured) {
        const a = asDouble(primary)
        const b = asDouble(other)
        if (a === undefined || b === undefined || !Number.isFinite(a) || !Number.isFinite(b)) return equal(primary, other) ? 'same' : 'different'
        measured[0] = (b - a) / scale
        measured[1] = Math.abs(measured[0])
        return near(primary, other) ? 'same' : 'different'
      }
    }
  }
}
