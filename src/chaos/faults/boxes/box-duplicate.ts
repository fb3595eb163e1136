import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { numberText } from '../../answers/scalars.ts'
import { replaceSpans } from '../../../core/json-edit.ts'
import { commaOf, detectionsFields, type DetectionsFields, onDetections, percentOfBoxes, within } from './detections.ts'

/** Detections that come twice as YAML says it. */
export interface BoxDuplicateFields extends DetectionsFields {
  readonly kind: 'box-duplicate'
  readonly factor?: number | undefined
  readonly percent?: number | undefined
}

/** Lists detections twice, as when non-maximum suppression is lost: TIDE's error Dupe. */
export const boxDuplicate: FaultKind<BoxDuplicateFields> = {
  summary: 'lists detections twice, the copy right behind and with a lower score',
  stage: 'payload',
  onShadow: true,
  scales: 'the percent',
  effect: 'with share p of the detections copied, each copy a false positive: precision q becomes q/(1+p)',
  fields: z.strictObject({
    kind: z.literal('box-duplicate'),
    ...detectionsFields,
    factor: z.number().gt(0).max(1).optional().describe('score of the copy over that of the detection, 0.9 when left out'),
    percent: percentOfBoxes
  }),
  build: ({ factor = 0.9, percent = 100, ...fields }) => onDetections(fields, (detections, { draws, strength }) => {
    const { answer, all } = detections
    if (all.length === 0) return 'no_boxes'
    const comma = commaOf(detections)
    return all.flatMap(({ span, score }) => {
      if (!draws.chance(percent / 100 * strength)) return []
      const copy = replaceSpans(answer.textOf(span), within(span, score === undefined ? [] : [{ ...score.span, text: numberText(score.value * factor) }]))
      return [{ start: span.end, end: span.end, text: comma + copy }]
    })
  })
}
