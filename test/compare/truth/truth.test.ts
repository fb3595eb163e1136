import { describe, expect, it } from 'vitest'
import { exact } from '../../../src/compare/comparators/exact.ts'
import { label } from '../../../src/compare/comparators/label.ts'
import { number } from '../../../src/compare/comparators/number.ts'
import { Truth, type TruthOptions } from '../../../src/compare/truth/truth.ts'
import { memoryInUse } from '../../support/memory.ts'

const HOUR = 3_600_000
const truthOf = (options: Partial<TruthOptions> = {}): Truth => new Truth({ comparator: label.build({ decisive: 0.1 }), horizonMs: HOUR, maxPending: 100, ...options })

describe('an outcome', () => {
  it('is joined with the answers it is about, whichever comes first', () => {
    const truth = truthOf()
    truth.remember('a', 'cat', 'dog', 0)
    expect(truth.tell('b', 'cat', 1)).toBe('waiting')
    truth.remember('b', 'dog', 'cat', 2)
    expect(truth.tell('a', 'cat', 3)).toBe('joined')
    expect(truth.report(0.95)).toMatchObject({
      outcomes: { joined: 2, again: 0, late: 0, unknown: 0, waiting: 0 },
      predictions: { pending: 0, forgotten: 0, unread: 0 },
      accuracy: { requests: 2, bothRight: 0, onlyPrimaryRight: 1, onlyShadowRight: 1, bothWrong: 0 }
    })
  })

  it('counts once', () => {
    const truth = truthOf()
    truth.remember('a', 'cat', 'cat', 0)
    expect([truth.tell('a', 'cat', 1), truth.tell('a', 'dog', 2), truth.tell('a', 'cat', 3)]).toEqual(['joined', 'again', 'again'])
    expect(truth.report(0.95)).toMatchObject({ outcomes: { joined: 1, again: 2 }, accuracy: { requests: 1, bothRight: 1 } })
  })

  it('that comes after the horizon is late, and not counted', () => {
    const truth = truthOf()
    truth.remember('a', 'cat', 'cat', 0)
    truth.remember('b', 'cat', 'cat', HOUR / 2)
    expect([truth.tell('a', 'cat', HOUR + 1), truth.tell('b', 'cat', HOUR + 1)]).toEqual(['late', 'joined'])
    expect(truth.report(0.95)).toMatchObject({ outcomes: { joined: 1, late: 1 }, predictions: { pending: 0, forgotten: 1 } })
  })

  it('at the horizon is in time', () => {
    const truth = truthOf()
    truth.remember('a', 'cat', 'cat', 0)
    expect(truth.tell('a', 'cat', HOUR)).toBe('joined')
  })

  it('about a request that was given up for newer ones is late', () => {
    const truth = truthOf({ maxPending: 3 })
    for (let i = 0; i < 10; i++) truth.remember(`r${i}`, 'cat', 'cat', i)
    expect(truth.report(0.95).predictions).toEqual({ pending: 3, forgotten: 7, unread: 0 })
    expect([truth.tell('r6', 'cat', 20), truth.tell('r7', 'cat', 20)]).toEqual(['late', 'joined'])
  })

  it('about nothing is waited with for a minute, and then known to be that', () => {
    const truth = truthOf()
    expect(truth.tell('a', 'cat', 0)).toBe('waiting')
    expect(truth.report(0.95).outcomes).toMatchObject({ waiting: 1, unknown: 0 })
    truth.remember('other', 'cat', 'cat', 60_001)
    expect(truth.report(0.95).outcomes).toMatchObject({ waiting: 0, unknown: 1 })
    truth.remember('a', 'cat', 'cat', 60_002)
    expect(truth.report(0.95).predictions.pending).toBe(2)
  })

  it('told twice before its request counts as told last', () => {
    const truth = truthOf()
    truth.tell('a', 'dog', 0)
    truth.tell('a', 'cat', 1)
    truth.remember('a', 'cat', 'dog', 2)
    expect(truth.report(0.95)).toMatchObject({ outcomes: { joined: 1, waiting: 0 }, accuracy: { onlyPrimaryRight: 1 } })
  })

  it('is held against the newest of several requests of one id', () => {
    const truth = truthOf()
    truth.remember('a', 'dog', 'dog', 0)
    truth.remember('a', 'cat', 'dog', 1)
    truth.tell('a', 'cat', 2)
    expect(truth.report(0.95)).toMatchObject({ predictions: { pending: 0 }, accuracy: { requests: 1, onlyPrimaryRight: 1 } })
  })

  it('makes a prediction that is not there a wrong one', () => {
    const truth = truthOf()
    truth.remember('a', 'cat', undefined, 0)
    truth.remember('b', undefined, undefined, 0)
    truth.tell('a', 'cat', 1)
    truth.tell('b', 'cat', 1)
    expect(truth.report(0.95).accuracy).toMatchObject({ onlyPrimaryRight: 1, bothWrong: 1 })
  })
})

describe('what is remembered', () => {
  it('is no prediction past 4096 characters', () => {
    const truth = truthOf({ comparator: exact.build({}) })
    truth.remember('a', 'x'.repeat(4097), 'cat', 0)
    truth.remember('b', 'cat', Array.from({ length: 3000 }, () => 1), 0)
    truth.remember('c', 'x'.repeat(4096), 'cat', 0)
    expect(truth.report(0.95).predictions).toEqual({ pending: 1, forgotten: 0, unread: 2 })
  })

  it('is no outcome of that length before its request: nothing short is the same', () => {
    const truth = truthOf()
    expect(truth.tell('a', 'x'.repeat(1_000_000), 0)).toBe('waiting')
    expect(truth.report(0.95).outcomes).toMatchObject({ waiting: 0, unknown: 1 })
  })

  it('is bounded, whatever is told', async () => {
    const truth = truthOf({ maxPending: 1000 })
    const go = (from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        truth.remember(`request ${i}`, JSON.parse(`"${String(i).padEnd(500, 'x')}"`), 'cat', i)
        truth.tell(`early ${i}`, String(i).padEnd(500, 'y'), i)
      }
    }
    // as many as are told late or again are remembered too
    go(0, 110_000)
    const before = await memoryInUse()
    go(110_000, 150_000)
    expect(await memoryInUse() - before).toBeLessThan(8_000_000) // what went through was 40 MB
    const { outcomes, predictions } = truth.report(0.95)
    expect([predictions.pending, predictions.forgotten, outcomes.waiting, outcomes.unknown]).toEqual([1000, 149_000, 10_000, 140_000])
  })
})

describe('the report on the truth', () => {
  it('has nothing to say before the first outcome', () => {
    expect(truthOf().report(0.95)).toEqual({
      outcomes: { joined: 0, again: 0, late: 0, unknown: 0, waiting: 0 },
      predictions: { pending: 0, forgotten: 0, unread: 0 },
      accuracy: null,
      error: null
    })
  })

  it('says how wrong the two were, where that is measured', () => {
    const truth = truthOf({ comparator: number.build({ rel: 0.01 }) })
    for (const [id, primary, shadow, outcome] of [['a', 100, 110, 100], ['b', 101, 130, 100], ['c', 200, 90, 100], ['d', 50, 'none', 100]] as const) {
      truth.remember(id, primary, shadow, 0)
      truth.tell(id, outcome, 1)
    }
    const { error, accuracy } = truth.report(0.95)
    expect(accuracy).toMatchObject({ onlyPrimaryRight: 2, onlyShadowRight: 0, bothRight: 0, bothWrong: 2 })
    expect(error).toMatchObject({ measure: 'relative_difference', requests: 3, shadowWorse: 2, shadowBetter: 1 })
  })
})
