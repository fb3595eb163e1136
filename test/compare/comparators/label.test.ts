import { describe, expect, it } from 'vitest'
import { label } from '../../../src/compare/comparators/label.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'

const build = (fields: object): ReturnType<typeof label.build> => label.build(label.fields.parse(fields))

// of two labels with the scores they were chosen by
function flips(fields: object, a: unknown, b: unknown, parent: unknown, otherParent: unknown): readonly number[] {
  const { compare, measures } = build({ scores: 'scores', ...fields })
  const measured = new Float64Array(measures.length).fill(Number.NaN)
  compare(a, b, measured, parent, otherParent)
  return [...measured]
}

const DECISIVE = [1, 0]
const TOSS = [0, 1]
const NO_FLIP = [0, 0]
const UNKNOWN = [Number.NaN, Number.NaN]

describe('label', () => {
  it.each([
    ['cat', 'cat', 'same'],
    ['cat', 'Cat', 'different'],
    ['cat', ' cat', 'different'],
    [1, '1', 'same'],
    [1, '1.0', 'different'],
    [true, 'true', 'same'],
    [true, 1, 'different'],
    [null, null, 'same'],
    [null, 'null', 'different'],
    [null, '', 'different'],
    [new ExactNumber(2 ** 53, '9007199254740993'), '9007199254740993', 'same'],
    [new ExactNumber(2 ** 53, '9007199254740993'), '9007199254740992', 'different'],
    [['a', 1], ['a', '1'], 'same'],
    [['a', 'b'], ['b', 'a'], 'different'],
    [['a'], 'a', 'different'],
    [{ a: 1 }, { a: '1' }, 'same']
  ])('takes %j and %j for %s', (a, b, sameness) => {
    const { compare } = build({})
    expect(compare(a, b, new Float64Array())).toBe(sameness)
    expect(compare(b, a, new Float64Array())).toBe(sameness)
  })

  it.each([['cat', 'cat'], [' Cat', ' Cat'], [1, '1'], [-0, '0'], [false, 'false'], [new ExactNumber(2 ** 53, '9007199254740993'), '9007199254740993'], [null, undefined], [['a'], undefined], [{}, undefined]])('names the class of %j: %s', (value, name) => {
    expect(build({}).classOf?.(value)).toBe(name)
  })

  it('measures nothing without being told of scores', () => {
    expect(build({}).measures).toEqual([])
    expect(build({ scores: 'scores' }).measures.map(({ name }) => name)).toEqual(['decisive_flip', 'toss_flip'])
  })

  it.each([
    ['a flip of two that were decided', [0.9, 0.1], [0.2, 0.8], DECISIVE],
    ['a flip where one was not', [0.9, 0.1], [0.48, 0.52], TOSS],
    ['a flip where neither was', [0.51, 0.49], [0.49, 0.51], TOSS],
    ['scores by class', { cat: 0.7, dog: 0.2, cow: 0.1 }, { dog: 0.6, cat: 0.4 }, DECISIVE],
    ['one probability', 0.9, 0.2, DECISIVE],
    ['one probability near a half', 0.54, 0.2, TOSS],
    ['an array on one side and a probability on the other', [0.9, 0.1], 0.2, DECISIVE],
    ['logits', [5, -3], [-1, 1], DECISIVE],
    ['a tie for the highest', [1, 1, 0], [0.2, 0.8], TOSS],
    ['one number that is no probability', 5, 0.2, UNKNOWN],
    ['one score only', [1], [0.2, 0.8], UNKNOWN],
    ['no scores', [], [0.2, 0.8], UNKNOWN],
    ['text among the scores', [0.9, '0.1'], [0.2, 0.8], UNKNOWN],
    ['text for scores', 'high', [0.2, 0.8], UNKNOWN],
    ['null for scores', null, [0.2, 0.8], UNKNOWN],
    ['infinite scores', [Infinity, Infinity], [0.2, 0.8], UNKNOWN]
  ])('sorts flips by their margins: %s', (_, scores, otherScores, measured) => {
    const [parent, otherParent] = [{ label: 'cat', scores }, { label: 'dog', scores: otherScores }]
    expect(flips({}, 'cat', 'dog', parent, otherParent)).toEqual(measured)
    expect(flips({}, 'dog', 'cat', otherParent, parent)).toEqual(measured)
    if (measured !== UNKNOWN) expect(flips({}, 'cat', 'cat', parent, otherParent)).toEqual(NO_FLIP)
  })

  it('takes from `decisive` on a model to have decided', () => {
    const [parent, otherParent] = [{ scores: [0.75, 0.25] }, { scores: [0, 1] }]
    expect(flips({ decisive: 0.5 }, 'a', 'b', parent, otherParent)).toEqual(DECISIVE)
    expect(flips({ decisive: 0.51 }, 'a', 'b', parent, otherParent)).toEqual(TOSS)
  })

  it.each([[undefined], [null], [[0.9, 0.1]], ['scores'], [{}], [Object.create({ scores: [0.9, 0.1] })]])('knows no margin where the scores are not beside the label: %j', (parent) => {
    expect(flips({}, 'a', 'b', parent, { scores: [0, 1] })).toEqual(UNKNOWN)
    expect(flips({}, 'a', 'b', { scores: [0, 1] }, parent)).toEqual(UNKNOWN)
  })

  it.each([{ scores: '' }, { scores: 1 }, { decisive: -0.1 }, { decisive: 1.1 }, { decisive: '0.1' }, { margin: 1 }])('refuses %j', (fields) => {
    expect(label.fields.safeParse(fields).success).toBe(false)
  })
})
