import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import type { ClassName } from './detection.ts'
import { detectionsFields, type DetectionsFields, labelsField, onEachDetection, otherClass, percentOfBoxes } from './detections.ts'
import { iouField, shifted } from './shift.ts'

/** Detections that are wrong in both as YAML says it. */
export interface BoxClassAndShiftFields extends DetectionsFields {
  readonly kind: 'box-class-and-shift'
  readonly labels: readonly ClassName[]
  readonly iou: number
  readonly percent?: number | undefined
}

/** Gives detections another class and moves their boxes as well: TIDE's error Both. */
export const boxClassAndShift: FaultKind<BoxClassAndShiftFields> = {
  summary: 'gives detections another class of `labels`, and moves their boxes to an exact `iou` with where they were',
  stage: 'payload',
  onShadow: true,
  scales: 'the percent',
  effect: 'a share of percent/100 of the detections is of another class and has that intersection over union with what it was',
  fields: z.strictObject({
    kind: z.literal('box-class-and-shift'),
    ...detectionsFields,
    labels: labelsField.describe('the classes there are; a name takes the place of a name, a number that of a number'),
    iou: iouField,
    percent: percentOfBoxes
  }),
  build: ({ labels, iou, percent = 100, ...fields }) => onEachDetection(fields, ({ strength }) => percent / 100 * strength, (detection, { draws }) => {
    const named = otherClass(detection, labels, draws)
    const moved = shifted(detection, iou, 1, draws)
    if (typeof named === 'string') return named
    return typeof moved === 'string' ? moved : [...named, ...moved]
  })
}
