import { describe, expect, it } from 'vitest'
import { FieldCount } from '../../../src/compare/tally/field-count.ts'
import { countBound } from '../../support/chance.ts'
import { seeded } from '../support.ts'

const SEED = 20_260_301
const ROUNDS = 3000

describe(`the interval of a field (seed ${SEED})`, () => {
  // exact: scipy.stats.binom.pmf(k, pairs, share), summed over the counts k whose interval holds the share
  it.each([
    [100, 0.1, 0.9364],
    [100, 0.5, 0.9431],
    [200, 0.02, 0.9331],
    [300, 0.01, 0.9672],
    [50, 0.94, 0.9711]
  ])('over %i pairs holds a share of %d as often as it should, though values of one answer go together', (pairs, share, exact) => {
    const random = seeded(SEED)
    let held = 0
    for (let round = 0; round < ROUNDS; round++) {
      const field = new FieldCount('/p/*', 0)
      for (let pair = 0; pair < pairs; pair++) {
        const differs = random() < share
        for (let value = 0; value < 5; value++) {
          if (differs) field.differs('value', 1, 2)
          else field.same()
        }
        field.settle('r')
      }
      const [low, high] = field.report().interval
      if (low <= share && share <= high) held++
    }
    expect(Math.abs(held - ROUNDS * exact)).toBeLessThan(countBound(ROUNDS, exact))
  })
})

describe('a field', () => {
  it('counts a pair once, by each way it differed, and shows the first', () => {
    const field = new FieldCount('/p/*', 3)
    expect([field.same(), field.differs('value', 1, 2), field.differs('type', 1, '1'), field.differs('value', 3, 4)]).toEqual([true, false, false, false])
    field.settle('r1')
    expect(field.report()).toMatchObject({ compared: 1, different: 1, share: 1, kinds: { value: 1, type: 1 }, values: { compared: 4, different: 3 } })
    expect(field.examples.all).toEqual([{ requestId: 'r1', path: '/p/*', kind: 'value', primary: '1', other: '2' }])
  })

  it('knows nothing of a pair that it forgot', () => {
    const field = new FieldCount('/a', 3)
    field.differs('missing', 1, undefined)
    field.forget()
    expect(field.same()).toBe(true)
    field.settle('r2')
    expect(field.report()).toMatchObject({ compared: 1, different: 0, kinds: {}, values: { compared: 1, different: 0 } })
    expect(field.examples.all).toEqual([])
  })
})
