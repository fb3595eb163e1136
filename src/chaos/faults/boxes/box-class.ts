import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import type { ClassName } from './detection.ts'
import { detectionsFields, type DetectionsFields, labelsField, onEachDetection, otherClass, percentOfBoxes } from './detections.ts'

/** Detections of a wrong class as YAML says it. */
export interface BoxClassFields extends DetectionsFields {
  readonly kind: 'box-class'
  readonly labels: readonly ClassName[]
  readonly percent?: number | undefined
}

/**
 * Gives detections another class and leaves their boxes. Source of the kinds of error in this family: D. Bolya, S. Foley,
 * J. Hays, J. Hoffman, TIDE: A General Toolbox for Identifying Object Detection Errors, 2020, section 2.2; this one is Cls.
 */
export const boxClass: FaultKind<BoxClassFields> = {
  summary: 'gives detections another class of `labels`, and leaves their boxes',
  stage: 'payload',
  onShadow: true,
  scales: 'the percent',
  effect: 'with K labels, share p of the detections and class accuracy a: a(1-p) + (1-a)p/(K-1)',
  fields: z.strictObject({
    kind: z.literal('box-class'),
    ...detectionsFields,
    labels: labelsField.describe('the classes there are; a name takes the place of a name, a number that of a number'),
    percent: percentOfBoxes
  }),
  build: ({ labels, percent = 100, ...fields }) =>
    onEachDetection(fields, ({ strength }) => percent / 100 * strength, (detection, { draws }) => otherClass(detection, labels, draws))
}
