import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { without } from '../../../core/json-members.ts'
import type { ClassName, Detection } from './detection.ts'
import { detectionsFields, type DetectionsFields, labelsField, onDetections, percentOfBoxes } from './detections.ts'

/** Objects that are overlooked as YAML says it. */
export interface BoxMissFields extends DetectionsFields {
  readonly kind: 'box-miss'
  readonly classes?: readonly ClassName[] | undefined
  readonly belowArea?: number | undefined
  readonly belowScore?: number | undefined
  readonly percent?: number | undefined
}

/** Takes detections out, all alike or only those that are hard: TIDE's error Miss. */
export const boxMiss: FaultKind<BoxMissFields> = {
  summary: 'takes detections out: of all, or of those alone that are of some classes, small or uncertain',
  stage: 'payload',
  onShadow: true,
  scales: 'the percent',
  effect: 'with share p of the detections missing: recall r becomes r(1-p), precision stays',
  fields: z.strictObject({
    kind: z.literal('box-miss'),
    ...detectionsFields,
    classes: labelsField.optional().describe('only detections of these classes'),
    belowArea: z.number().gt(0).optional().describe('only boxes with less area, in the square of the unit the answer uses'),
    belowScore: z.number().optional().describe('only detections with a lower score'),
    percent: percentOfBoxes
  }),
  build: ({ classes, belowArea, belowScore, percent = 100, ...fields }) => {
    const isHard = ({ class: own, box, score }: Detection): boolean =>
      (classes === undefined || (own !== undefined && classes.includes(own.name))) &&
      (belowArea === undefined || (box !== undefined && box.width * box.height < belowArea)) &&
      (belowScore === undefined || (score !== undefined && score.value < belowScore))
    return onDetections(fields, ({ answer, all }, { draws, strength }) => {
      if (all.length === 0) return 'no_boxes'
      const hard = all.filter(isHard)
      return hard.length === 0 ? 'no_match' : without(answer.text, hard.filter(() => draws.chance(percent / 100 * strength)).map(({ span }) => span))
    })
  }
}
