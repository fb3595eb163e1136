import { describe, expect, it } from 'vitest'
import { chiSquare, chiSquareBound, countBound } from '../../../support/chance.ts'
import { degraded, skipOf } from '../../support/fault.ts'
import { detectedBy, iouOf, row, SPELLED, sumOf } from './boxes.ts'

const KIND = 'box-shift'

/** The box of `at`, as corners, before and after. */
const corners = (text: string, cornersOf: (box: never) => readonly number[]): readonly number[] => cornersOf((JSON.parse(text) as { readonly boxes: readonly [{ readonly box: never }] }).boxes[0].box)

describe('a shifted box', () => {
  it.each([[0.5, 1], [0.1, 1], [0, 1], [0.9, 1], [0.75, 1], [0.5, 0.3], [0, 0.5]])('has with iou %d at strength %d exactly that overlap with what it was', (iou, strength) => {
    const boxes = row(40)
    const t = (1 - iou) / (1 + iou) * strength
    detectedBy(KIND, { iou }, boxes, { strength }).forEach(({ box, label, score }, i) => {
      expect(iouOf(box, boxes[i]!.box)).toBeCloseTo((1 - t) / (1 + t), 10)
      expect([box[2] - box[0], box[3] - box[1], label, score]).toEqual([expect.closeTo(10, 10), expect.closeTo(20, 10), boxes[i]!.label, 0.5])
    })
  })

  it('goes each of the four ways as often', () => {
    const ways = [0, 0, 0, 0]
    for (let i = 0; i < 100; i++) {
      detectedBy(KIND, { iou: 0.5 }, row(10), { id: `r${i}` }).forEach(({ box }, j) => { ways[box[0] < 100 * j ? 0 : box[0] > 100 * j ? 1 : box[1] < 50 ? 2 : 3]!++ })
    }
    expect(chiSquare(ways)).toBeLessThan(chiSquareBound(3))
  })

  it.each<[string, { readonly format?: string }, (box: never) => readonly number[]]>([
    ['[3, 5, 13, 25]', {}, (box: readonly number[]) => box],
    ['[3, 5, 10, 20]', { format: 'xywh' }, ([x, y, w, h]: readonly number[]) => [x!, y!, x! + w!, y! + h!]],
    ['[8, 15, 10, 20]', { format: 'cxcywh' }, ([x, y, w, h]: readonly number[]) => [x! - w! / 2, y! - h! / 2, x! + w! / 2, y! + h! / 2]],
    ['{"xmin":3,"ymin":5,"xmax":13,"ymax":25}', {}, (box: Record<string, number>) => ['xmin', 'ymin', 'xmax', 'ymax'].map((key) => box[key]!)],
    ['{"y2":25,"x2":13,"y1":5,"x1":3}', { format: 'xywh' }, (box: Record<string, number>) => ['x1', 'y1', 'x2', 'y2'].map((key) => box[key]!)],
    ['{"x":3,"y":5,"w":10,"h":20}', {}, ({ x, y, w, h }: Record<string, number>) => [x!, y!, x! + w!, y! + h!]],
    ['{"width":10,"height":20,"x":8,"y":15}', { format: 'cxcywh' }, ({ x, y, width, height }: Record<string, number>) => [x! - width! / 2, y! - height! / 2, x! + width! / 2, y! + height! / 2]]
  ])('written %s as %j has that overlap too', (box, fields, cornersOf) => {
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const moved = degraded(KIND, { iou: 0.4, ...fields }, `{"boxes":[{"box":${box}}]}`, { id })
      expect(iouOf([3, 5, 13, 25], corners(moved ?? '', cornersOf))).toBeCloseTo(0.4, 10)
    }
  })

  it('may be spread over the detection itself, as Roboflow has it', () => {
    expect(degraded(KIND, { iou: 0, at: '/predictions', format: 'cxcywh' }, '{"predictions":[{"x":10.0,"y":20.0,"width":4.0,"height":4.0,"class":"a"}]}'))
      .toMatch(/^\{"predictions":\[\{"x":(?:10\.0,"y":(?:16|24)|(?:6|14),"y":20\.0),"width":4\.0,"height":4\.0,"class":"a"\}\]\}$/)
  })

  it('changes the octets of the numbers that move alone', () => {
    const text = degraded(KIND, { iou: 0 }, SPELLED)
    expect(text).toMatch(/^\{"id":12345678901234567890, "boxes":\[ \{"label":"cat", "score":0\.9000, "bbox":\[ (?:10\.0|-10|30), (?:20\.0|0|40),(?:30\.0|10|50) , (?:40\.0|20|60)\]\},\n \{"score":5e-1,"bbox":\[(?:0|-?4), (?:0|-?8), (?:4|0|8), (?:8\.0|0|16)\],"label":"dog"\} \],"n":1\.0\}$/)
    expect(text).not.toBe(SPELLED)
  })

  it.each([30, 70])('is one of %d percent', (percent) => {
    const boxes = row(10)
    const hit = sumOf(Array.from({ length: 300 }, (_, i) => detectedBy(KIND, { iou: 0.5, percent }, boxes, { id: `r${i}` }).filter(({ box }, j) => String(box) !== String(boxes[j]!.box)).length))
    expect(Math.abs(hit - 3000 * percent / 100)).toBeLessThan(countBound(3000, percent / 100))
  })

  it.each([
    ['{"boxes":[]}', 'no_boxes'], ['{"boxes":[{"box":[1,2,3]}]}', 'no_box'], ['{"boxes":[{"box":[3,2,1,4]},{"box":[1,2,1,4]}]}', 'no_box'], ['{"boxes":[{"box":[0,0,1,"1"]}, null, 7]}', 'no_box'],
    ['{"boxes":[{"box":[0,0,1e300,1]}]}', 'no_box'], ['{"boxes":{"box":[0,0,1,1]}}', 'wrong_type'], ['{"a":1}', 'target_absent'], ['{"boxes":', 'not_json']
  ])('of %s is skipped: %s', (body, reason) => {
    expect(skipOf(KIND, { iou: 0.5 }, body)).toBe(reason)
  })

  it.each([{}, { iou: 1 }, { iou: -0.1 }, { iou: 0.5, percent: 0 }, { iou: 0.5, percent: 101 }, { iou: 0.5, format: 'yxyx' }, { iou: 0.5, boxKey: '' }])('is refused as %j', (fields) => {
    expect(() => degraded(KIND, fields, '{}')).toThrow()
  })
})
