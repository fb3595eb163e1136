import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { onEach } from '../../parts/field-faults.ts'
import { AT, editNumber, type NumberFields, numberFields } from './each-number.ts'

/** As YAML says it. */
export interface ClipNumberFields extends NumberFields {
  readonly kind: 'clip-number'
  readonly min?: number | undefined
  readonly max?: number | undefined
}

/** A model that has never seen what lies outside its training. */
export const clipNumber: FaultKind<ClipNumberFields> = {
  summary: 'keeps numbers within bounds, as a model does that knows nothing beyond them',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'y becomes min(max(y, min), max)',
  fields: z.strictObject({
    kind: z.literal('clip-number'),
    ...numberFields,
    min: z.number().optional().describe('the least there is'),
    max: z.number().optional().describe('the most there is')
  }).refine(({ min, max }) => min !== undefined || max !== undefined, { path: ['min'], message: 'expected min, max or both' })
    .refine(({ min = -Infinity, max = Infinity }) => min < max, { path: ['max'], message: 'expected more than min' }),
  build: ({ at = AT, share, min = -Infinity, max = Infinity }) => onEach({ at, share }, (answer, span) => editNumber(answer, span, (y) => Math.min(Math.max(y, min), max), true))
}
