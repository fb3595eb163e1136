import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { onEach } from '../../parts/field-faults.ts'
import { AT, editNumber, type NumberFields, numberFields } from './each-number.ts'

/** As YAML says it. */
export interface QuantiseFields extends NumberFields {
  readonly kind: 'quantise'
  readonly step?: number | undefined
  readonly digits?: number | undefined
  readonly to?: 'float16' | 'bfloat16' | undefined
}

/** Coarser numbers, as a smaller type would give them. */
export const quantise: FaultKind<QuantiseFields> = {
  summary: 'rounds numbers: to multiples of a step, to some digits, or as half precision would',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'by a step, the mean squared error grows by about step^2 / 12',
  fields: z.strictObject({
    kind: z.literal('quantise'),
    ...numberFields,
    step: z.number().gt(0).optional().describe('to multiples of this'),
    digits: z.int().min(1).max(15).optional().describe('to so many significant digits'),
    to: z.enum(['float16', 'bfloat16']).optional().describe('to what this type can hold')
  }).refine(({ step, digits, to }) => [step, digits, to].filter((one) => one !== undefined).length === 1, { path: ['step'], message: 'expected one of step, digits and to' }),
  build: ({ at = AT, share, ...how }) => {
    const change = roundingOf(how)
    return onEach({ at, share }, (answer, span) => editNumber(answer, span, change, true))
  }
}

function roundingOf({ step, digits, to }: Pick<QuantiseFields, 'step' | 'digits' | 'to'>): (value: number) => number {
  if (step !== undefined) return (value) => multipleOf(step, value)
  if (digits !== undefined) return (value) => Number(value.toPrecision(digits))
  return to === 'bfloat16' ? bfloat16 : Math.f16round
}

/** The multiple of `step` nearest to `value`, without the last digits that 3 * 0.1 has; it keeps those it needs. */
function multipleOf(step: number, value: number): number {
  // and 0 is added to have 0 for -0
  const multiple = Math.round(value / step) * step + 0
  const short = Number(multiple.toPrecision(DIGITS))
  return Math.abs(short - multiple) < step * SLIGHT ? short : multiple
}

const DIGITS = 15
const SLIGHT = 1e-6
const FLOAT = new Float32Array(1)
const BITS = new Uint32Array(FLOAT.buffer)

/** The upper half of a float32, rounded to nearest, ties to even. */
function bfloat16(value: number): number {
  FLOAT[0] = value
  const bits = BITS[0] ?? 0
  BITS[0] = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000
  return FLOAT[0] ?? value
}
