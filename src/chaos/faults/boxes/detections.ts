import { z } from 'zod'
import type { Checks } from '../../../core/extension.ts'
import { elementsOf, isList } from '../../answers/lists.ts'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { numberText, stringText } from '../../answers/scalars.ts'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { Draws } from '../../draws.ts'
import { editsOf, type Edits } from '../../parts/edits.ts'
import type { Blow, Fault } from '../../fault.ts'
import type { Edit, Span } from '../../../core/json-edit.ts'
import { percent } from '../../../core/scalars.ts'
import { type ClassName, Detection, type Keys } from './detection.ts'
import { type BoxFormat, FORMATS } from './geometry.ts'

/** How detections are read, in YAML. */
export interface DetectionsFields {
  readonly at?: string | undefined
  readonly boxKey?: string | undefined
  readonly format?: BoxFormat | undefined
  readonly classKey?: string | undefined
  readonly scoreKey?: string | undefined
}

/** Fields to spread into those of every fault of this family. */
export const detectionsFields: Checks<DetectionsFields> = {
  at: targetField.optional().describe('where the detections are, `boxes` when left out: arrays of objects'),
  boxKey: z.string().min(1).optional().describe('the member that is the box; when left out the first there is of box, bbox, bounding_box, or the detection itself'),
  format: z.enum(FORMATS).optional().describe('what the four numbers of a box are: two corners (`xyxy`, when left out), corner and size, or centre and size. In a box that is an object the names of its numbers tell corners from sizes'),
  classKey: z.string().min(1).optional().describe('the member that is the class; when left out the first there is of class, label, category, class_id'),
  scoreKey: z.string().min(1).optional().describe('the member that is the score; when left out the first there is of score, confidence')
}

/** How likely each detection is to be hit. */
export const percentOfBoxes: z.ZodType<number | undefined> = percent().refine((share) => share !== 0, 'expected more than 0').optional().describe('how likely each detection is to be hit, in percent; 100 when left out')

/** Classes to choose from. */
export const labelsField: z.ZodType<(string | number)[]> = z.array(z.union([z.string(), z.number()])).min(1)

/** The detections of one list. */
export interface Detections {
  readonly answer: ModelAnswer
  readonly all: readonly Detection[]
}

/** A fault that edits each list of detections at `at`. */
export function onDetections(fields: DetectionsFields, editsFor: (detections: Detections, blow: Blow) => Edits): Fault {
  const target = compileTarget(fields.at ?? 'boxes')
  const keys = keysOf(fields)
  return () => (blow) => ({
    do: 'degrade',
    degrade: (answer) => editsOf(answer, target.find(answer), (list) => isList(answer, list)
      ? editsFor({ answer, all: elementsOf(answer, list).map((span) => new Detection(answer, span, keys)) }, blow)
      : 'wrong_type')
  })
}

/**
 * A fault that hits each detection by itself, with the chance `share`. Those that lack what is needed are left alone; where all
 * do, the reason is the first one's. Draws are made for each alike, so that more strength only adds to those that are hit.
 */
export function onEachDetection(fields: DetectionsFields, share: (blow: Blow) => number, editsFor: (detection: Detection, blow: Blow) => Edits): Fault {
  return onDetections(fields, ({ all }, blow) => {
    const edits: Edit[] = []
    let reason: string | undefined
    let fits = false
    for (const detection of all) {
      const hit = blow.draws.chance(share(blow))
      const made = editsFor(detection, blow)
      if (typeof made === 'string') reason ??= made
      else fits = true
      if (hit && typeof made !== 'string') edits.push(...made.toSorted((one, other) => one.start - other.start))
    }
    return fits ? edits : reason ?? 'no_boxes'
  })
}

const keysOf = ({ boxKey, format = 'xyxy', classKey, scoreKey }: DetectionsFields): Keys => ({
  box: boxKey === undefined ? ['box', 'bbox', 'bounding_box'] : [boxKey],
  isFlat: boxKey === undefined,
  format,
  class: classKey === undefined ? ['class', 'label', 'category', 'class_id'] : [classKey],
  score: scoreKey === undefined ? ['score', 'confidence'] : [scoreKey]
})

/** Gives a detection another class of those, each as likely; of names only, or of numbers only, as its own is. Takes one draw. */
export function otherClass({ class: own }: Detection, labels: readonly ClassName[], draws: Draws): Edits {
  const drawn = draws.uniform()
  if (own === undefined) return 'no_class'
  const others = labels.filter((label) => typeof label === typeof own.name && label !== own.name)
  const other = others[Math.floor(drawn * others.length)]
  return other === undefined ? 'no_other_class' : [{ ...own.span, text: nameText(other) }]
}

/** A class as JSON has it. */
export const nameText = (name: ClassName): string => typeof name === 'string' ? stringText(name) : numberText(name)

/** What stands between two elements of the list: a comma and its space. */
export function commaOf({ answer, all: [first, second] }: Detections): string {
  return first === undefined || second === undefined ? ',' : answer.text.slice(first.span.end, second.span.start)
}

/** Edits of an answer as those of the text of one detection in it, in its order. */
export const within = ({ start }: Span, edits: readonly Edit[]): readonly Edit[] =>
  edits.map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text })).toSorted((one, other) => one.start - other.start)
