import { describe, expect, it } from 'vitest'
import { boxes } from '../../../src/compare/comparators/boxes.ts'
import { shuffled } from '../generate.ts'
import { seeded } from '../support.ts'
import { compareWith, near } from './measured.ts'

const NOTHING = { unmatched: Number.NaN, mean_iou_distance: Number.NaN }

describe('boxes', () => {
  it.each([
    ['the same boxes in another order', {}, [[0, 0, 2, 2], [5, 5, 9, 9]], [[5, 5, 9, 9], [0, 0, 2, 2]], 'same', 0, 0],
    ['no boxes', {}, [], [], 'same', 0, Number.NaN],
    ['no boxes and one', {}, [], [[0, 0, 1, 1]], 'different', 1, Number.NaN],
    ['a box that overlaps by a third', {}, [[0, 0, 2, 2]], [[1, 0, 3, 2]], 'different', 1, Number.NaN],
    ['a box that overlaps by the third it must', { iou: 0.33 }, [[0, 0, 2, 2]], [[1, 0, 3, 2]], 'same', 0, 2 / 3],
    ['a box that overlaps by the half it must', {}, [[0, 0, 2, 2]], [[0, 0, 2, 1]], 'same', 0, 1 / 2],
    ['one box more', {}, [[0, 0, 2, 2]], [[0, 0, 2, 2], [7, 7, 8, 8]], 'different', 1 / 3, 0],
    ['a box that two would be partners of', {}, [[0, 0, 10, 10]], [[0, 0, 10, 9], [0, 0, 10, 8]], 'different', 1 / 3, 0.1],
    ['the best partner first, though another would do', { iou: 0.1 }, [[0, 0, 10, 10], [0, 0, 10, 6]], [[0, 0, 10, 10], [0, 0, 10, 6]], 'same', 0, 0],
    ['corners the other way round', {}, [[2, 2, 0, 0]], [[0, 0, 2, 2]], 'same', 0, 0],
    ['a corner and a size', { format: 'xywh' }, [[1, 1, 2, 2]], [[1, 1, 2, 1]], 'same', 0, 1 / 2],
    ['a centre and a size', { format: 'cxcywh' }, [[1, 1, 2, 2]], [[2, 1, 2, 2]], 'different', 1, Number.NaN],
    ['a centre and a size, enough for what is asked', { format: 'cxcywh', iou: 0.3 }, [[1, 1, 2, 2]], [[2, 1, 2, 2]], 'same', 0, 2 / 3],
    ['boxes under a usual key', {}, [{ bbox: [0, 0, 2, 2], score: 0.9 }], [{ bounding_box: [0, 0, 2, 2], score: 0.8 }], 'same', 0, 0],
    ['boxes at a pointer', { box: '/at/xyxy' }, [{ at: { xyxy: [0, 0, 2, 2] }, box: 'large' }], [{ at: { xyxy: [0, 0, 2, 2] } }], 'same', 0, 0],
    ['labels that are one', { label: '/label' }, [{ box: [0, 0, 2, 2], label: 'cat' }], [{ box: [0, 0, 2, 2], label: 'cat' }], 'same', 0, 0],
    ['labels that are two', { label: '/label' }, [{ box: [0, 0, 2, 2], label: 'cat' }], [{ box: [0, 0, 2, 2], label: 'dog' }], 'different', 1, Number.NaN],
    ['labels that are a number and its text', { label: '/label' }, [{ box: [0, 0, 2, 2], label: 1 }], [{ box: [0, 0, 2, 2], label: '1' }], 'different', 1, Number.NaN],
    ['labels that nobody asks for', {}, [{ box: [0, 0, 2, 2], label: 'cat' }], [{ box: [0, 0, 2, 2], label: 'dog' }], 'same', 0, 0],
    ['no label where one is asked for', { label: '/label' }, [{ box: [0, 0, 2, 2] }], [{ box: [0, 0, 2, 2], label: null }], 'different', 1, Number.NaN]
  ])('finds of %s', (_what, options, a, b, found, unmatched, distance) => {
    const expected = { found, measured: { unmatched: near(unmatched), mean_iou_distance: near(distance) } }
    expect(compareWith(boxes, options, a, b)).toEqual(expected)
    expect(compareWith(boxes, options, b, a)).toEqual(expected)
  })

  it.each([
    ['three numbers', [[0, 0, 1]], [[0, 0, 1]], 'same'],
    ['three numbers and others', [[0, 0, 1]], [[0, 0, 2]], 'different'],
    ['no number', [[0, 0, 1, '1']], [[0, 0, 1, 1]], 'different'],
    ['a number that is none', [[0, 0, 1, Number.NaN]], [[0, 0, 1, Number.NaN]], 'same'],
    ['one element that is no box', [[0, 0, 1, 1], {}], [[0, 0, 1, 1], {}], 'same'],
    ['no array', { box: [0, 0, 1, 1] }, { box: [0, 0, 1, 1] }, 'same'],
    ['an array and none', [], {}, 'different']
  ])('measures nothing of %s', (_what, a, b, found) => {
    expect(compareWith(boxes, {}, a, b)).toEqual({ found, measured: NOTHING })
    expect(compareWith(boxes, {}, b, a)).toEqual({ found, measured: NOTHING })
  })

  it('takes a size below nought for no box', () => {
    expect(compareWith(boxes, { format: 'xywh' }, [[0, 0, -1, 1]], [[0, 0, 1, 1]])).toEqual({ found: 'different', measured: NOTHING })
  })

  it('measures the same whichever list is first, also where many overlap equally', () => {
    const random = seeded(11)
    const some = (): number[][] => Array.from({ length: Math.floor(random() * 12) }, () => {
      const [x, y] = [Math.floor(random() * 3), Math.floor(random() * 3)]
      return [x, y, x + 1 + Math.floor(random() * 3), y + 1 + Math.floor(random() * 3)]
    })
    for (let i = 0; i < 500; i++) {
      const [a, b] = [some(), some()]
      expect(compareWith(boxes, { iou: 0.25 }, a, b)).toEqual(compareWith(boxes, { iou: 0.25 }, b, a))
      expect(compareWith(boxes, {}, a, shuffled(random, a)).found).toBe('same')
    }
  })

  it('looks at 250,000 pairs and gives up on more, unless nothing differs', () => {
    const row = (length: number, size: number): number[][] => Array.from({ length }, (_, i) => [2 * i, 0, 2 * i + size, 1])
    expect(compareWith(boxes, {}, row(500, 1), row(500, 0.8))).toMatchObject({ found: 'same', measured: { unmatched: 0 } })
    expect(compareWith(boxes, {}, row(501, 1), row(500, 1))).toEqual({ found: 'gave_up', measured: NOTHING })
    expect(compareWith(boxes, {}, row(501, 1), row(501, 1))).toEqual({ found: 'same', measured: NOTHING })
  })

  it.each([{ iou: 0 }, { iou: 1.1 }, { format: 'yxyx' }, { box: 'bbox' }, { label: 'label' }, { labels: '/label' }])('refuses %j', (fields) => {
    expect(boxes.fields.safeParse(fields).success).toBe(false)
  })
})
