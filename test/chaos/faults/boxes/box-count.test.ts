import { describe, expect, it } from 'vitest'
import { countBound } from '../../../support/chance.ts'
import { degraded, skipOf } from '../../support/fault.ts'
import { detectedBy, type Detection, iouOf, row, SPELLED, sumOf } from './boxes.ts'

describe('a detection that comes twice', () => {
  it('has its copy right behind, with a lower score and else the same octets', () => {
    expect(degraded('box-duplicate', {}, SPELLED)).toBe('{"id":12345678901234567890, "boxes":[ {"label":"cat", "score":0.9000, "bbox":[ 10.0, 20.0,30.0 , 40.0]},\n {"label":"cat", "score":0.81, "bbox":[ 10.0, 20.0,30.0 , 40.0]},' +
      '\n {"score":5e-1,"bbox":[0, 0, 4, 8.0],"label":"dog"},\n {"score":0.45,"bbox":[0, 0, 4, 8.0],"label":"dog"} ],"n":1.0}')
  })

  it.each([
    [{ factor: 1 }, '{"boxes":[{"score":0.50}]}', '{"boxes":[{"score":0.50},{"score":0.5}]}'],
    [{ factor: 0.5, scoreKey: 'p' }, '{"boxes":[ {"score":0.50,"p":1.0} ]}', '{"boxes":[ {"score":0.50,"p":1.0},{"score":0.50,"p":0.5} ]}'],
    [{}, '{"boxes":[[1.0], "a"]}', '{"boxes":[[1.0], [1.0], "a", "a"]}']
  ])('as %j in %s makes %s', (fields, body, expected) => {
    expect(degraded('box-duplicate', fields, body)).toBe(expected)
  })

  it.each([[60, 1], [60, 0.5]])('is one of %d percent, times the strength %d', (percent, strength) => {
    const added = sumOf(Array.from({ length: 300 }, (_, i) => detectedBy('box-duplicate', { percent }, row(10), { id: `r${i}`, strength }).length - 10))
    expect(Math.abs(added - 3000 * percent / 100 * strength)).toBeLessThan(countBound(3000, percent / 100 * strength))
  })

  it.each([{ factor: 0 }, { factor: 1.1 }, { percent: 0 }])('is refused as %j', (fields) => {
    expect(() => degraded('box-duplicate', fields, '{}')).toThrow()
  })
})

describe('a missed detection', () => {
  it.each([
    [{ classes: ['cat'] }, '{"id":12345678901234567890, "boxes":[ {"score":5e-1,"bbox":[0, 0, 4, 8.0],"label":"dog"} ],"n":1.0}'],
    [{ belowArea: 33 }, '{"id":12345678901234567890, "boxes":[ {"label":"cat", "score":0.9000, "bbox":[ 10.0, 20.0,30.0 , 40.0]} ],"n":1.0}'],
    [{ belowScore: 0.6 }, '{"id":12345678901234567890, "boxes":[ {"label":"cat", "score":0.9000, "bbox":[ 10.0, 20.0,30.0 , 40.0]} ],"n":1.0}'],
    [{ classes: ['dog'], belowScore: 0.51, belowArea: 32.1 }, '{"id":12345678901234567890, "boxes":[ {"label":"cat", "score":0.9000, "bbox":[ 10.0, 20.0,30.0 , 40.0]} ],"n":1.0}'],
    [{}, '{"id":12345678901234567890, "boxes":[  ],"n":1.0}']
  ])('as %j leaves the octets of the others', (fields, expected) => {
    expect(degraded('box-miss', fields, SPELLED)).toBe(expected)
  })

  it.each([[25, 1], [80, 0.5]])('is one of %d percent, times the strength %d', (percent, strength) => {
    const left = Array.from({ length: 300 }, (_, i) => detectedBy('box-miss', { percent }, row(10), { id: `r${i}`, strength }))
    const share = percent / 100 * strength
    expect(Math.abs(sumOf(left.map(({ length }) => 10 - length)) - 3000 * share)).toBeLessThan(countBound(3000, share))
    const positions = new Set(row(10).map(({ box }) => String(box)))
    expect(left.every((boxes) => boxes.every(({ box }) => positions.has(String(box))))).toBe(true)
  })

  it.each([
    [{ classes: ['bird'] }, SPELLED, 'no_match'], [{ belowArea: 32 }, SPELLED, 'no_match'], [{ belowScore: 0.5 }, SPELLED, 'no_match'], [{ classes: ['dog'], belowScore: 0.5 }, SPELLED, 'no_match'],
    [{ belowArea: 9 }, '{"boxes":[null,{"box":7}]}', 'no_match']
  ])('as %j in %s is skipped: %s', (fields, body, reason) => {
    expect(skipOf('box-miss', fields, body)).toBe(reason)
  })

  it.each([{ percent: 0 }, { classes: [] }, { belowArea: 0 }, { belowScore: '1' }])('is refused as %j', (fields) => {
    expect(() => degraded('box-miss', fields, '{}')).toThrow()
  })
})

describe('a detection where nothing is', () => {
  const crowded: readonly Detection[] = Array.from({ length: 25 }, (_, i) => ({ box: [40 * (i % 5), 40 * Math.floor(i / 5), 40 * (i % 5) + 38, 40 * Math.floor(i / 5) + 38], label: 'a', score: 0.9 }))

  it.each<[string, readonly Detection[], Readonly<Record<string, unknown>>, readonly number[]]>([
    ['a row', row(10), { percent: 100 }, [0, 50, 910, 70]],
    ['one alone', row(1), { percent: 300, width: 640, height: 480 }, [0, 0, 640, 480]],
    ['one alone, in no frame but its own', row(1), { percent: 100 }, [0, 50, 10, 70]],
    ['a crowd', crowded, { percent: 100 }, [0, 0, 198, 198]],
    ['a frame smaller than the boxes', row(3), { percent: 100, width: 5, height: 5 }, [0, 0, 5, 5]]
  ])('among %s overlaps none of the others, and lies in the frame', (_, boxes, fields, [left, top, right, bottom]) => {
    for (let i = 0; i < 50; i++) {
      const made = detectedBy('box-background', fields, boxes, { id: `r${i}` })
      expect(made.length).toBe(boxes.length * (1 + Number(fields['percent']) / 100))
      expect(made.slice(0, boxes.length)).toEqual(boxes)
      made.slice(boxes.length).forEach(({ box }, j) => {
        for (const other of made.slice(0, boxes.length + j)) expect(iouOf(box, other.box)).toBeLessThan(0.1)
        const rounding = 1e-9
        expect(box[0] >= left! - rounding && box[1] >= top! - rounding && box[2] <= right! + rounding && box[3] <= bottom! + rounding && box[2] > box[0] && box[3] > box[1]).toBe(true)
      })
    }
  })

  it.each([[40, 1], [250, 0.5], [20, 0.5]])('is added for %d percent of the others, times the strength %d', (percent, strength) => {
    const added = sumOf(Array.from({ length: 300 }, (_, i) => detectedBy('box-background', { percent, width: 1e4, height: 1e4 }, row(10), { id: `r${i}`, strength }).length - 10))
    const each = percent / 100 * strength
    expect(Math.abs(added - 3000 * each)).toBeLessThan(countBound(3000, each % 1))
  })

  it('comes last, with the members of one that is there, a class of the labels and the score that is given', () => {
    const text = degraded('box-background', { percent: 100, labels: ['ant'], score: 0.25, format: 'xywh', width: 100, height: 100 }, '{"boxes":[ {"label":"cat", "score":0.9000, "mask":1.0, "bbox":[ 10.0, 20.0,30.0 , 40.0]} ],"n":1.0}')
    expect(text).toMatch(/^\{"boxes":\[ \{"label":"cat", "score":0\.9000, "mask":1\.0, "bbox":\[ 10\.0, 20\.0,30\.0 , 40\.0\]\},\{"label":"ant", "score":0\.25, "mask":1\.0, "bbox":\[ [\d.e-]+, [\d.e-]+,[\d.e-]+ , [\d.e-]+\]\} \],"n":1\.0\}$/)
  })

  it('are a hundred at most', () => {
    expect(detectedBy('box-background', { percent: 1000, width: 1e4, height: 1e4 }, row(30))).toHaveLength(130)
  })

  it.each([['{"boxes":[{"label":"a"}]}', 'no_box'], ['{"boxes":[null]}', 'no_box']])('modelled on %s is skipped: %s', (body, reason) => {
    expect(skipOf('box-background', { percent: 100 }, body)).toBe(reason)
  })

  it.each([{}, { percent: 0 }, { percent: 1001 }, { percent: 50, width: 100 }, { percent: 50, height: 100 }, { percent: 50, width: 0, height: 1 }, { percent: 50, labels: [] }])('is refused as %j', (fields) => {
    expect(() => degraded('box-background', fields, '{}')).toThrow()
  })
})

const CASES: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['box-duplicate', {}], ['box-miss', {}], ['box-background', { percent: 100 }], ['box-class', { labels: ['x'] }], ['box-class-and-shift', { labels: ['x'], iou: 0.5 }], ['box-shift', { iou: 0.5 }]
]

it.each(CASES)('the fault %s says why it skips', (kind, fields) => {
  expect(skipOf(kind, fields, '{"boxes":[]}')).toBe('no_boxes')
  expect(skipOf(kind, fields, '{"boxes":"a"}')).toBe('wrong_type')
  expect(skipOf(kind, fields, '{"box":[]}')).toBe('target_absent')
  expect(skipOf(kind, fields, '{"boxes":[}')).toBe('not_json')
})

it.each(CASES)('the fault %s changes nothing at no strength, and the same when the request comes again', (kind, fields) => {
  expect(degraded(kind, fields, { boxes: row(20) }, { strength: 0 })).toBeUndefined()
  expect(degraded(kind, fields, { boxes: row(20) }, { id: 'again' })).toBe(degraded(kind, fields, { boxes: row(20) }, { id: 'again' }))
})

it.each([['box-class', { labels: ['x'] }], ['box-class-and-shift', { labels: ['x'], iou: 0.5 }], ['box-miss', {}]])('the fault %s hits those at more strength that it hits at less', (kind, fields) => {
  const boxes = row(50)
  const hit = (strength: number): readonly string[] => {
    const kept = new Set(detectedBy(kind, fields, boxes, { strength }).map((box) => JSON.stringify(box)))
    return boxes.map((box) => JSON.stringify(box)).filter((box) => !kept.has(box))
  }
  expect(hit(0.6)).toEqual(expect.arrayContaining([...hit(0.3)]))
  expect(hit(0.6).length).toBeGreaterThan(hit(0.3).length)
})
