import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { detectionsFields, type DetectionsFields, onEachDetection, percentOfBoxes } from './detections.ts'
import { iouField, shifted } from './shift.ts'

/** Boxes that are off as YAML says it. */
export interface BoxShiftFields extends DetectionsFields {
  readonly kind: 'box-shift'
  readonly iou: number
  readonly percent?: number | undefined
}

/** Moves boxes off their objects and leaves their classes: TIDE's error Loc where the overlap is from 0.1 to below 0.5. */
export const boxShift: FaultKind<BoxShiftFields> = {
  summary: 'moves boxes so that their intersection over union with where they were is exactly `iou`',
  stage: 'payload',
  onShadow: true,
  scales: 'how far they are moved',
  effect: 'by t = (1-iou)/(1+iou) of the width or height; intersection over union with what it was = (1-t)/(1+t)',
  fields: z.strictObject({ kind: z.literal('box-shift'), ...detectionsFields, iou: iouField, percent: percentOfBoxes }),
  build: ({ iou, percent = 100, ...fields }) =>
    onEachDetection(fields, () => percent / 100, (detection, { draws, strength }) => shifted(detection, iou, strength, draws))
}
