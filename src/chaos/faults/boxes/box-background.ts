import { z } from 'zod'
import type { Draws } from '../../draws.ts'
import type { FaultKind } from '../../fault.ts'
import { numberText } from '../../answers/scalars.ts'
import { type Edit, replaceSpans } from '../../../core/json-edit.ts'
import type { ClassName, Detection } from './detection.ts'
import { commaOf, detectionsFields, type DetectionsFields, labelsField, nameText, onDetections, within } from './detections.ts'
import { type Box, hullOf, overlap, placedBox } from './geometry.ts'

/** Objects that are not there as YAML says it. */
export interface BoxBackgroundFields extends DetectionsFields {
  readonly kind: 'box-background'
  readonly percent: number
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly labels?: readonly ClassName[] | undefined
  readonly score?: number | undefined
}

/** With less intersection over union than this, TIDE calls a detection background. */
const APART = 0.1

// each try is a box smaller by a fifth, down to a hundredth of its size, which fits nearly anywhere
const TRIES = 20
const SHRINK = 0.8

// each is held against all others, so that their number counts twice
const MOST = 100

/**
 * Adds detections where nothing is: TIDE's error Bkg. Each is modelled on one that is there, with the same members, and has a
 * place of its own, clear of all others. They come last in the list.
 */
export const boxBackground: FaultKind<BoxBackgroundFields> = {
  summary: 'adds detections where nothing is, modelled on those that are there and clear of all of them',
  stage: 'payload',
  onShadow: true,
  scales: 'the percent',
  effect: 'with p = percent/100 added for each detection, all of them false positives: precision q becomes q/(1+p)',
  fields: z.strictObject({
    kind: z.literal('box-background'),
    ...detectionsFields,
    percent: z.number().gt(0).max(1000).describe('how many are added, in percent of those that are there: 50 adds one for every second on average; 100 in a list at most'),
    width: z.number().gt(0).optional().describe('of the image, in the unit the answer uses: added boxes lie in it; when left out, within the smallest box around all that are there'),
    height: z.number().gt(0).optional().describe('of the image; with width'),
    labels: labelsField.optional().describe('the classes to draw from; when left out the class is that of the model detection'),
    score: z.number().optional().describe('their score; when left out that of the model detection')
  }).refine(({ width, height }) => (width === undefined) === (height === undefined), { path: ['height'], message: 'expected both width and height, or neither' }),
  build: ({ percent, width, height, labels, score, ...fields }) => onDetections(fields, (detections, { draws, strength }) => {
    const { answer, all } = detections
    const models = all.flatMap((detection) => {
      const { box } = detection
      return box === undefined ? [] : [{ detection, box }]
    })
    const last = all.at(-1)
    if (last === undefined) return 'no_boxes'
    if (models.length === 0) return 'no_box'
    const taken: Box[] = models.map(({ box }) => box)
    const frame = width === undefined || height === undefined ? hullOf(taken) : { left: 0, top: 0, width, height }
    const comma = commaOf(detections)
    let text = ''
    const count = howMany(all.length, percent / 100 * strength, draws)
    for (let i = 0; i < count; i++) {
      const model = models[draws.below(models.length)]
      const box = model && clearBox(model.box, frame, taken, draws)
      if (model === undefined || box === undefined) continue
      taken.push(box)
      const { detection } = model
      const edits = [...placedBox(model.box, box), ...classEdits(detection, labels, draws), ...scoreEdits(detection, score)]
      text += comma + replaceSpans(answer.textOf(detection.span), within(detection.span, edits))
    }
    if (text === '') return count === 0 ? [] : 'no_room'
    return [{ start: last.span.end, end: last.span.end, text }]
  })
}

/** For each that is there the whole part of `each`, and one more with the chance of its fraction; not too many. */
function howMany(present: number, each: number, draws: Draws): number {
  let count = 0
  for (let i = 0; i < present; i++) count += Math.floor(each) + (draws.chance(each % 1) ? 1 : 0)
  return Math.min(count, MOST)
}

/** A box of the shape of `like`, somewhere in the frame and clear of those that are taken; undefined where there is no room to be found. */
function clearBox(like: Box, frame: Box, taken: readonly Box[], draws: Draws): Box | undefined {
  let width = Math.min(like.width, frame.width)
  let height = Math.min(like.height, frame.height)
  for (let i = 0; i < TRIES; i++) {
    const box = { left: frame.left + draws.uniform() * (frame.width - width), top: frame.top + draws.uniform() * (frame.height - height), width, height }
    if (taken.every((other) => overlap(box, other) < APART)) return box
    width *= SHRINK
    height *= SHRINK
  }
  return undefined
}

function classEdits({ class: own }: Detection, labels: readonly ClassName[] | undefined, draws: Draws): readonly Edit[] {
  const drawn = draws.uniform()
  const fitting = labels?.filter((label) => typeof label === typeof own?.name) ?? []
  const label = fitting[Math.floor(drawn * fitting.length)]
  return own === undefined || label === undefined ? [] : [{ ...own.span, text: nameText(label) }]
}

const scoreEdits = ({ score: own }: Detection, score: number | undefined): readonly Edit[] => own === undefined || score === undefined ? [] : [{ ...own.span, text: numberText(score) }]
