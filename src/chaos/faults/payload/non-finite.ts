import { z } from 'zod'
import { numberAt } from '../../answers/scalars.ts'
import type { FaultKind } from '../../fault.ts'
import { type EachFields, eachFields, onEach } from '../../parts/field-faults.ts'

const SPELLINGS = { nan: 'NaN', infinity: 'Infinity', overflow: '1e999', quoted: '"NaN"', none: 'null' } as const
const names = ['nan', 'infinity', 'overflow', 'quoted', 'none'] as const

/** Numbers that are none, as YAML says them. */
export interface NonFiniteFields extends EachFields {
  readonly kind: 'non-finite'
  readonly as: typeof names[number]
}

/** Puts something in a number's place that is not finite. What Python writes for it, strict readers of JSON refuse. */
export const nonFinite: FaultKind<NonFiniteFields> = {
  summary: 'puts NaN, infinity or null in the place of numbers',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'a number is lost with probability share; `nan` and `infinity` leave no JSON that strict readers take',
  fields: z.strictObject({
    kind: z.literal('non-finite'),
    ...eachFields,
    as: z.enum(names).describe('how it is written: NaN (`nan`) or Infinity (`infinity`) as Python does, 1e999 (`overflow`), which is JSON and reads as infinity, "NaN" in quotes (`quoted`), or null (`none`)')
  }),
  build: ({ as, ...each }) => onEach(each, (answer, span) => numberAt(answer, span) === undefined ? 'wrong_type' : [{ ...span, text: SPELLINGS[as] }])
}
