import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { parsePointer, type Pointer, resolvePointer } from '../../core/json-pointer.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { type Box, boxOverlap } from '../distances/box-overlap.ts'
import { canonicalText } from '../distances/canonical-text.ts'
import { sameNumber } from '../read/exact-number.ts'
import { isObject } from '../read/json-type.ts'
import { numbersIn } from '../read/numbers-in.ts'

/** How boxes are written, and when two are one. */
export interface BoxesFields {
  readonly iou: number
  readonly format: Format
  readonly box?: string | undefined
  readonly label?: string | undefined
}

type Format = 'xyxy' | 'xywh' | 'cxcywh'

interface Labelled {
  readonly box: Box
  readonly label: string
}

const MEASURES: readonly Measure[] = [{ name: 'unmatched', kind: 'distance', max: 1 }, { name: 'mean_iou_distance', kind: 'distance', max: 1 }]

/** Pairs of boxes looked at. */
const MAX_PAIRS = 250_000

const equal = deepEquality(sameNumber)

const pointer = (what: string): z.ZodType<string | undefined> =>
  z.string().refine((text) => parsePointer(text) !== undefined, 'expected a JSON Pointer such as /box').optional().describe(what)

/**
 * Boxes found in an image, in no order: those that overlap most belong together, if they do so enough and have one label. The
 * same when each has a partner. Bounded: with more than 250,000 pairs to look at, it gives up.
 */
export const boxes: Extension<BoxesFields, Comparator> = {
  summary: 'boxes in an image, in no order: each has a partner of its label that it overlaps with enough (IoU)',
  fields: z.strictObject({
    iou: z.number().gt(0).max(1).default(0.5).describe('least intersection over union of partners'),
    format: z.enum(['xyxy', 'xywh', 'cxcywh']).default('xyxy').describe('what the four numbers are: two corners, a corner and the size, or the centre and the size'),
    box: pointer('JSON Pointer within an element to its four numbers; without one the element itself, or what is under box, bbox or bounding_box'),
    label: pointer('JSON Pointer within an element to its label; without one any two may be partners')
  }),
  build: ({ iou, format, box, label }) => {
    const boxAt = box === undefined ? undefined : parsePointer(box)
    const labelAt = label === undefined ? undefined : parsePointer(label)
    return {
      measures: MEASURES,
      compare(primary, other, measured) {
        const a = boxesIn(primary, format, boxAt, labelAt)
        const b = boxesIn(other, format, boxAt, labelAt)
        if (a === undefined || b === undefined) return equal(primary, other) ? 'same' : 'different'
        if (a.length * b.length > MAX_PAIRS) return equal(primary, other) ? 'same' : 'gave_up'
        const overlaps = matched(a, b, iou)
        const all = a.length + b.length
        measured[0] = all === 0 ? 0 : (all - 2 * overlaps.length) / all
        if (overlaps.length > 0) measured[1] = 1 - overlaps.reduce((sum, overlap) => sum + overlap, 0) / overlaps.length
        return 2 * overlaps.length === all ? 'same' : 'different'
      }
    }
  }
}

/** Overlaps of partners: greedily, the largest first; of equal ones by their places, the lower of the two places first, so that which list is which makes no difference. */
function matched(a: readonly Labelled[], b: readonly Labelled[], least: number): readonly number[] {
  const pairs: { readonly i: number, readonly j: number, readonly overlap: number }[] = []
  for (const [i, one] of a.entries()) {
    for (const [j, two] of b.entries()) {
      if (one.label !== two.label) continue
      const overlap = boxOverlap(one.box, two.box)
      if (overlap >= least) pairs.push({ i, j, overlap })
    }
  }
  pairs.sort((one, two) => two.overlap - one.overlap || Math.min(one.i, one.j) - Math.min(two.i, two.j) || Math.max(one.i, one.j) - Math.max(two.i, two.j))
  const taken = new Set<number>()
  const otherTaken = new Set<number>()
  const overlaps: number[] = []
  for (const { i, j, overlap } of pairs) {
    if (taken.has(i) || otherTaken.has(j)) continue
    taken.add(i)
    otherTaken.add(j)
    overlaps.push(overlap)
  }
  return overlaps
}

const USUAL_KEYS = ['box', 'bbox', 'bounding_box']

function boxesIn(value: unknown, format: Format, boxAt: Pointer | undefined, labelAt: Pointer | undefined): readonly Labelled[] | undefined {
  if (!Array.isArray(value)) return undefined
  const found: Labelled[] = []
  for (const element of value as unknown[]) {
    const box = boxOf(boxAt === undefined ? usual(element) : resolvePointer(element, boxAt), format)
    if (box === undefined) return undefined
    found.push({ box, label: labelAt === undefined ? '' : canonicalText(resolvePointer(element, labelAt)) })
  }
  return found
}

function usual(element: unknown): unknown {
  if (!isObject(element)) return element
  const key = USUAL_KEYS.find((name) => Object.hasOwn(element, name))
  return key === undefined ? undefined : element[key]
}

function boxOf(value: unknown, format: Format): Box | undefined {
  const numbers = numbersIn(value)
  if (numbers?.length !== 4) return undefined
  const [a = 0, b = 0, c = 0, d = 0] = numbers
  if (format === 'xyxy') return { left: Math.min(a, c), top: Math.min(b, d), right: Math.max(a, c), bottom: Math.max(b, d) }
  if (c < 0 || d < 0) return undefined
  return format === 'xywh' ? { left: a, top: b, right: a + c, bottom: b + d } : { left: a - c / 2, top: b - d / 2, right: a + c / 2, bottom: b + d / 2 }
}
