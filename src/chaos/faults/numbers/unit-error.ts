import { z } from 'zod'
import { compileTarget } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { AT, editNumber, type NumberFields, numberFields } from './each-number.ts'

/** What people confuse. */
const CONVERSIONS = {
  'celsius-to-fahrenheit': (y: number): number => y * 1.8 + 32,
  'fahrenheit-to-celsius': (y: number): number => (y - 32) / 1.8,
  'miles-to-km': (y: number): number => y * 1.609344,
  'km-to-miles': (y: number): number => y / 1.609344,
  'kg-to-lb': (y: number): number => y / 0.45359237,
  'lb-to-kg': (y: number): number => y * 0.45359237
} as const

type Conversion = keyof typeof CONVERSIONS
const conversions = Object.keys(CONVERSIONS) as [Conversion, ...Conversion[]] // holds: the keys of a record of six

/** As YAML says it. */
export interface UnitErrorFields extends NumberFields {
  readonly kind: 'unit-error'
  readonly factor?: number | undefined
  readonly conversion?: Conversion | undefined
  readonly decimals?: boolean | undefined
}

/** Cents for euros, miles for kilometres: gross, and the same each time. */
export const unitError: FaultKind<UnitErrorFields> = {
  summary: 'gives numbers in another unit than was asked for: times a factor, or by a conversion',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'y becomes factor * y, or what the conversion says',
  fields: z.strictObject({
    kind: z.literal('unit-error'),
    ...numberFields,
    factor: z.number().refine((factor) => factor !== 1, 'expected another factor than 1').optional().describe('10, 100, 1000, or any other'),
    conversion: z.enum(conversions).optional().describe('or which units are taken for each other'),
    decimals: z.boolean().optional().describe('whether whole numbers may become others; they are rounded by default')
  }).refine(({ factor, conversion }) => (factor === undefined) !== (conversion === undefined), { path: ['factor'], message: 'expected one of factor and conversion' }),
  build: ({ at = AT, share = 1, factor = 1, conversion, decimals = false }) => {
    const target = compileTarget(at)
    const change = conversion === undefined ? (y: number): number => y * factor : CONVERSIONS[conversion]
    return () => ({ draws, strength }) => ({
      do: 'degrade',
      degrade: (answer) => editsOf(answer, target.find(answer), (span) => draws.chance(share * strength) ? editNumber(answer, span, change, decimals) : [])
    })
  }
}
