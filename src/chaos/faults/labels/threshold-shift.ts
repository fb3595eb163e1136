import { z } from 'zod'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { numberText } from '../../answers/scalars.ts'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import type { Edit, Span } from '../../../core/json-edit.ts'
import { MOST_LOGITS, probabilityAt, shifted } from './binary.ts'
import { type Label, labelAt as readLabel, labelField, labelText } from './label.ts'
import { inTextOrder, ROWS_DIFFER } from './pairs.ts'

/** A shifted score as YAML says it. */
export interface ThresholdShiftFields {
  readonly kind: 'threshold-shift'
  readonly at?: string | undefined
  readonly shift: number
  readonly labelAt?: string | undefined
  readonly threshold?: number | undefined
  readonly labels?: readonly Label[] | undefined
}

/** Shifts the score of a classifier of two classes, so that more or fewer pass a threshold, and if told so the class beside it. */
export const thresholdShift: FaultKind<ThresholdShiftFields> = {
  summary: 'shifts the probability of the positive class, so that more or fewer pass a threshold',
  stage: 'payload',
  onShadow: true,
  scales: 'the shift',
  effect: 'p becomes p*e^shift / (1 - p + p*e^shift): at threshold t those pass that had p >= t / (t + (1-t)*e^shift); ranks and AUC stay',
  fields: z.strictObject({
    kind: z.literal('threshold-shift'),
    at: targetField.optional().describe('where the scores are, `value` when left out: single numbers, probabilities of the positive class'),
    shift: z.number().min(-MOST_LOGITS).max(MOST_LOGITS).refine((shift) => shift !== 0, 'expected another shift than 0, which changes nothing').describe('what is added to the logit; above 0 more are positive'),
    labelAt: targetField.optional().describe('where the class of each score is, as many of them and in the same order; when left out classes stay as they are'),
    threshold: z.number().gt(0).lt(1).optional().describe('the score from which on a class is the positive one, 0.5 when left out'),
    labels: z.array(labelField).length(2).refine(([negative, positive]) => negative !== positive, 'expected two labels that differ').optional().describe('how the classes are called: the negative one, the positive one; others are left alone')
  }).refine(({ labelAt, labels }) => (labelAt === undefined) === (labels === undefined), { path: ['labelAt'], message: 'expected labelAt and labels, or neither' })
    .refine(({ labelAt, threshold }) => threshold === undefined || labelAt !== undefined, { path: ['threshold'], message: 'expected labelAt and labels beside it' }),
  build: ({ at, shift, labelAt, threshold = 0.5, labels: [negative = false, positive = true] = [] }) => {
    const scores = compileTarget(at ?? 'value')
    const classes = labelAt === undefined ? undefined : compileTarget(labelAt)
    return () => ({ strength }) => ({
      do: 'degrade',
      degrade: (answer) => {
        const found = scores.find(answer)
        const beside = found.length === 0 ? undefined : classes?.find(answer)
        if (beside !== undefined && beside.length !== found.length) return ROWS_DIFFER
        let row = 0
        return inTextOrder(editsOf(answer, found, (span) => {
          const label = beside?.[row++]
          const was = probabilityAt(answer, span)
          if (typeof was === 'string') return was
          if (strength === 0) return []
          const now = shifted(was, shift * strength)
          const edits: readonly Edit[] = now === was ? [] : [{ ...span, text: numberText(now) }]
          return label === undefined ? edits : [...edits, ...relabelled(answer, label, now >= threshold ? negative : positive, now >= threshold ? positive : negative)]
        }))
      }
    })
  }
}

/** The label `to` where the other one of the two stands; nothing else is touched. */
const relabelled = (answer: ModelAnswer, span: Span, from: Label, to: Label): readonly Edit[] => readLabel(answer, span) === from ? [{ ...span, text: labelText(to) }] : []
