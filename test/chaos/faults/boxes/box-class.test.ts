import { describe, expect, it } from 'vitest'
import { chiSquare, chiSquareBound, countBound } from '../../../support/chance.ts'
import { degraded, skipOf } from '../../support/fault.ts'
import { detectedBy, iouOf, row, SPELLED, sumOf } from './boxes.ts'

const LABELS = ['a', 'b', 'c', 'd']

describe('a detection of a wrong class', () => {
  it('changes the octets of its class alone', () => {
    expect(degraded('box-class', { labels: ['cat', 'dog'] }, SPELLED)).toBe(SPELLED.replace('cat', '?').replace('dog', 'cat').replace('?', 'dog'))
  })

  it.each([[100, 1], [40, 1], [40, 0.5]])('is one of %d percent, times the strength %d', (percent, strength) => {
    const boxes = row(10)
    const hit = sumOf(Array.from({ length: 300 }, (_, i) => detectedBy('box-class', { labels: LABELS, percent }, boxes, { id: `r${i}`, strength }).filter(({ label }, j) => label !== boxes[j]!.label).length))
    const share = percent / 100 * strength
    expect(Math.abs(hit - 3000 * share)).toBeLessThan(countBound(3000, share))
  })

  it('has each other class as often', () => {
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 300; i++) for (const { label } of detectedBy('box-class', { labels: LABELS }, row(30).filter((box) => box.label === 'b'), { id: `r${i}` })) counts[LABELS.indexOf(label)]!++
    expect(counts[1]).toBe(0)
    expect(chiSquare(counts.toSpliced(1, 1))).toBeLessThan(chiSquareBound(2))
  })

  it('has lost accuracy as the formula says', () => {
    const [accuracy, share, requests] = [0.8, 0.3, 400]
    // of each ten, eight are a as they should be, and two are b
    const boxes = row(10).map((box, i) => ({ ...box, label: i < 8 ? 'a' : 'b' }))
    const right = sumOf(Array.from({ length: requests }, (_, i) => detectedBy('box-class', { labels: LABELS, percent: share * 100 }, boxes, { id: `r${i}` }).filter(({ label }) => label === 'a').length))
    const expected = accuracy * (1 - share) + (1 - accuracy) * share / (LABELS.length - 1)
    // a sum of two binomials, less spread than one of their mean
    expect(Math.abs(right - requests * 10 * expected)).toBeLessThan(countBound(requests * 10, expected))
  })

  it('keeps to numbers where the class is one, and finds it by the first name there is, or by the one that is given', () => {
    expect(degraded('box-class', { labels: ['cat', 7] }, '{"boxes":[{"category":3.0,"class_id":1}]}')).toBe('{"boxes":[{"category":7,"class_id":1}]}')
    expect(degraded('box-class', { labels: [1, 2], classKey: 'class_id' }, '{"boxes":[{"category":3.0,"class_id":1}]}')).toBe('{"boxes":[{"category":3.0,"class_id":2}]}')
  })

  it.each([
    ['{"boxes":[{"label":"a"}]}', { labels: ['a'] }, 'no_other_class'], ['{"boxes":[{"label":1}]}', { labels: ['a'] }, 'no_other_class'], ['{"boxes":[{"label":null},[],"a"]}', { labels: ['a'] }, 'no_class'],
    ['{"boxes":[]}', { labels: ['a'] }, 'no_boxes'], ['{"boxes":7}', { labels: ['a'] }, 'wrong_type'], ['{}', { labels: ['a'] }, 'target_absent'], ['}', { labels: ['a'] }, 'not_json']
  ])('in %s with %j is skipped: %s', (body, fields, reason) => {
    expect(skipOf('box-class', fields, body)).toBe(reason)
  })

  it.each([{}, { labels: [] }, { labels: 'cat' }, { labels: [true] }, { labels: ['a'], percent: 0 }, { labels: ['a'], percent: -1 }])('is refused as %j', (fields) => {
    expect(() => degraded('box-class', fields, '{}')).toThrow()
  })
})

describe('a detection of a wrong class and place', () => {
  it('is of another class, and has exactly that overlap with where it was', () => {
    const boxes = row(30)
    detectedBy('box-class-and-shift', { labels: LABELS, iou: 0.3 }, boxes).forEach(({ box, label, score }, i) => {
      expect(iouOf(box, boxes[i]!.box)).toBeCloseTo(0.3, 10)
      expect(LABELS).toContain(label)
      expect(label).not.toBe(boxes[i]!.label)
      expect(score).toBe(0.5)
    })
  })

  it.each([[50, 1], [50, 0.4]])('is one of %d percent, times the strength %d, in both or in neither', (percent, strength) => {
    const boxes = row(10)
    let hit = 0
    for (let i = 0; i < 300; i++) {
      detectedBy('box-class-and-shift', { labels: LABELS, iou: 0.3, percent }, boxes, { id: `r${i}`, strength }).forEach(({ box, label }, j) => {
        const moved = String(box) !== String(boxes[j]!.box)
        expect(moved).toBe(label !== boxes[j]!.label)
        if (moved) hit++
      })
    }
    expect(Math.abs(hit - 3000 * percent / 100 * strength)).toBeLessThan(countBound(3000, percent / 100 * strength))
  })

  it('keeps all other octets, whatever comes first', () => {
    expect(degraded('box-class-and-shift', { labels: ['cat', 'dog'], iou: 0 }, SPELLED)?.replaceAll(/\[[-\d., ]+\]/g, '?'))
      .toBe(SPELLED.replace('cat', '!').replace('dog', 'cat').replace('!', 'dog').replaceAll(/\[[-\d., ]+\]/g, '?'))
  })

  it.each([
    ['{"boxes":[{"label":"a"}]}', 'no_box'], ['{"boxes":[{"box":[0,0,1,1]}]}', 'no_class'], ['{"boxes":[{"box":[0,0,1,1],"label":"b"}]}', 'no_other_class'], ['{"boxes":[]}', 'no_boxes'], ['{}', 'target_absent']
  ])('in %s is skipped: %s', (body, reason) => {
    expect(skipOf('box-class-and-shift', { labels: ['b'], iou: 0.5 }, body)).toBe(reason)
  })

  it.each([{}, { labels: ['a'] }, { iou: 0.5 }, { labels: ['a'], iou: 1 }])('is refused as %j', (fields) => {
    expect(() => degraded('box-class-and-shift', fields, '{}')).toThrow()
  })
})
