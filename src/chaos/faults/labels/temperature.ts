import { z } from 'zod'
import { numberText } from '../../answers/scalars.ts'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { Fault, FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { probabilityAt, tempered } from './binary.ts'
import { movingEach, normalised } from './probabilities.ts'

/** Wrong confidence as YAML says it. */
export interface TemperatureFields {
  readonly kind: 'temperature'
  readonly at?: string | undefined
  readonly temperature: number
  readonly binary?: boolean | undefined
}

/**
 * Makes a model too sure of itself or not sure enough, and leaves which class it takes for the best. Source: C. Guo, G. Pleiss,
 * Y. Sun, K. Q. Weinberger, On Calibration of Modern Neural Networks, 2017, section 4.2, eq. 9, put to the opposite use.
 */
export const temperature: FaultKind<TemperatureFields> = {
  summary: 'makes probabilities surer or less sure than they were, and leaves which class is the best',
  stage: 'payload',
  onShadow: true,
  scales: 'the logarithm of the temperature',
  effect: 'p becomes p^(1/T) / sum of all p^(1/T), the order of classes and so the accuracy stay; where p was calibrated, p\' is right with p\'^T / sum of all p\'^T',
  fields: z.strictObject({
    kind: z.literal('temperature'),
    at: targetField.optional().describe('where the probabilities are, `scores` when left out: arrays, or objects by class; with `binary` single numbers, `value` when left out'),
    temperature: z.number().min(0.01).max(100).refine((value) => value !== 1, 'expected another temperature than 1, which changes nothing').describe('below 1 the model is surer than it was, above 1 less sure'),
    binary: z.boolean().optional().describe('whether each value is a single number, the probability of the positive class; false when left out')
  }),
  build: ({ at, temperature: full, binary = false }) => binary ? temperingNumbers(at, full) : movingEach(at, ({ values, sum }, { strength }) => {
    const power = full ** -strength
    return normalised(values.map((value) => Math.log(value) * power), sum)
  })
}

function temperingNumbers(at: string | undefined, full: number): Fault {
  const target = compileTarget(at ?? 'value')
  return () => ({ strength }) => ({
    do: 'degrade',
    degrade: (answer) => editsOf(answer, target.find(answer), (span) => {
      const was = probabilityAt(answer, span)
      if (typeof was === 'string') return was
      const now = strength === 0 ? was : tempered(was, full ** strength)
      return now === was ? [] : [{ ...span, text: numberText(now) }]
    })
  })
}
