import { elementsOf, isList } from '../../answers/lists.ts'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { numberAt, numberText } from '../../answers/scalars.ts'
import type { Edit, Span } from '../../../core/json-edit.ts'
import type { Member } from '../../../core/json-members.ts'

/** What the four numbers of a box are: two corners, a corner and the size, or the centre and the size. */
export const FORMATS = ['xyxy', 'xywh', 'cxcywh'] as const

export type BoxFormat = typeof FORMATS[number]

/** A rectangle, in whatever unit the answer uses. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A box as it stands in an answer. */
export interface WrittenBox extends Box {
  readonly format: BoxFormat
  /** The numbers in the order of the format, and where they are. */
  readonly numbers: readonly number[]
  readonly spans: readonly Span[]
}

/** What the numbers are called in a box that is an object. Where the size is given, `cxcywh` says that x and y are the centre. */
const NAMES: readonly { readonly names: readonly string[], readonly corners: boolean }[] = [
  { names: ['xmin', 'ymin', 'xmax', 'ymax'], corners: true },
  { names: ['x1', 'y1', 'x2', 'y2'], corners: true },
  { names: ['x', 'y', 'w', 'h'], corners: false },
  { names: ['x', 'y', 'width', 'height'], corners: false }
]

/** The box that is an array of four numbers; undefined when it is none, or has no area. */
export function boxInArray(answer: ModelAnswer, span: Span, format: BoxFormat): WrittenBox | undefined {
  const spans = isList(answer, span) ? elementsOf(answer, span) : []
  return spans.length === 4 ? boxOf(answer, spans, format) : undefined
}

/** The box whose numbers are among these members; undefined when there is none, or it has no area. */
export function boxInMembers(answer: ModelAnswer, members: readonly Member[], format: BoxFormat): WrittenBox | undefined {
  for (const { names, corners } of NAMES) {
    const spans = names.flatMap((name) => members.findLast((member) => member.name === name)?.value ?? [])
    if (spans.length === 4) return boxOf(answer, spans, corners ? 'xyxy' : format === 'cxcywh' ? 'cxcywh' : 'xywh')
  }
  return undefined
}

function boxOf(answer: ModelAnswer, spans: readonly Span[], format: BoxFormat): WrittenBox | undefined {
  const numbers = spans.map((span) => numberAt(answer, span) ?? Number.NaN)
  const [x = 0, y = 0, third = 0, fourth = 0] = numbers
  const width = format === 'xyxy' ? third - x : third
  const height = format === 'xyxy' ? fourth - y : fourth
  const isCentre = format === 'cxcywh'
  const box = { left: isCentre ? x - width / 2 : x, top: isCentre ? y - height / 2 : y, width, height, format, numbers, spans }
  return numbers.every((number) => Math.abs(number) < LARGEST) && width > 0 && height > 0 ? box : undefined
}

/** The box moved by so much, in the answer's unit. */
export function movedBox({ format, numbers, spans }: WrittenBox, right: number, down: number): readonly Edit[] {
  const [x = 0, y = 0, third = 0, fourth = 0] = numbers
  return editsTo(numbers, spans, format === 'xyxy' ? [x + right, y + down, third + right, fourth + down] : [x + right, y + down, third, fourth])
}

/** Another box in its place, written in its format. */
export function placedBox({ format, numbers, spans }: WrittenBox, { left, top, width, height }: Box): readonly Edit[] {
  switch (format) {
    case 'xyxy': return editsTo(numbers, spans, [left, top, left + width, top + height])
    case 'xywh': return editsTo(numbers, spans, [left, top, width, height])
    default: return editsTo(numbers, spans, [left + width / 2, top + height / 2, width, height])
  }
}

/** Of the numbers alone that are others now. */
const editsTo = (was: readonly number[], spans: readonly Span[], now: readonly number[]): readonly Edit[] =>
  spans.flatMap((span, i) => now[i] === was[i] ? [] : [{ ...span, text: numberText(now[i] ?? 0) }])

/** Area that two boxes share, over the area that both cover together: 1 for the same box, 0 for boxes apart (P. Jaccard, 1901). */
export function overlap(one: Box, other: Box): number {
  const width = Math.min(one.left + one.width, other.left + other.width) - Math.max(one.left, other.left)
  const height = Math.min(one.top + one.height, other.top + other.height) - Math.max(one.top, other.top)
  const shared = Math.max(0, width) * Math.max(0, height)
  return shared === 0 ? 0 : shared / (one.width * one.height + other.width * other.height - shared)
}

/** The smallest box around all. */
export function hullOf(boxes: readonly Box[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const box of boxes) {
    left = Math.min(left, box.left)
    top = Math.min(top, box.top)
    right = Math.max(right, box.left + box.width)
    bottom = Math.max(bottom, box.top + box.height)
  }
  return { left, top, width: right - left, height: bottom - top }
}

// so that areas are finite
const LARGEST = 1e150
