import { describe, expect, it } from 'vitest'
import { checkMistakes, checkPower, checkSilence } from '../../../src/compare/selfcheck/selfcheck.ts'
import { alike, planted, watchFamily } from '../../../src/compare/selfcheck/family.ts'
import { createRng } from '../../../src/core/rng.ts'
import { countBound } from '../../support/chance.ts'

const SEED = 20_260_407
const ALLOWED = 0.05

describe(`a model beside itself (seed ${SEED})`, () => {
  // one field, few and many; short and long: a false alarm in one run of 20 at most, though it is looked at after every request
  it.each([
    [600, 1, 2000],
    [600, 5, 1000],
    [400, 40, 1000]
  ])('raises in %i runs with %i fields, watched over %i requests, no more alarms than are promised', (runs, fields, requests) => {
    const { alarms, interval, diffyEver } = checkSilence({ runs, fields, requests, seed: SEED })
    expect(alarms - runs * ALLOWED).toBeLessThan(countBound(runs, ALLOWED))
    expect(interval[0] <= alarms / runs && alarms / runs <= interval[1]).toBe(true)
    // a rule for one look, looked at again and again
    expect(diffyEver / runs).toBeGreaterThan(5 * ALLOWED)
  })

  it('raises none in most runs, but may: the test has teeth', () => {
    const { alarms } = checkSilence({ runs: 600, fields: 1, requests: 2000, seed: SEED })
    expect(alarms).toBeGreaterThan(0)
  })
})

describe(`a shift among fields that are alike (seed ${SEED})`, () => {
  it('is found, also where noise is nearly all there is, and little else is', () => {
    const runs = 60
    const power = checkPower({ runs, fields: 10, requests: 6000, seed: SEED })
    expect(power.map(({ baseline, shadow }) => [baseline, shadow])).toEqual([[0.01, 0.02], [0.4, 0.55], [0.6, 0.89], [0.9, 0.95]])
    for (const { baseline, found, wrong, median, ninth } of power) {
      expect([baseline, found > 0.85 * runs, wrong - runs * ALLOWED < countBound(runs, ALLOWED)]).toEqual([baseline, true, true])
      expect([baseline, median! < 5000, (ninth ?? Infinity) >= median!]).toEqual([baseline, true, true])
    }
    // four answers in ten differ anyway: a matter of some hundred requests
    expect(power[1]!.median).toBeLessThan(400)
    expect(power[2]!.median).toBeLessThan(100)
    // which Diffy's rule hides the better the longer it looks
    expect(power[3]!.diffyInTheEnd).toBeLessThan(runs / 4)
  })

  it('is the field that was planted, and found sooner the larger it is', () => {
    const at = [0.02, 0.1, 0.5].map((shadow) => {
      const { foundAt, found } = watchFamily(planted(5, { baseline: 0.01, shadow }), 20_000, 0.95, createRng(SEED))
      expect(found).toEqual([0])
      return foundAt!
    })
    expect(at[0]! > at[1]! && at[1]! > at[2]!).toBe(true)
  })

  it('is none in a family without noise', () => {
    expect(watchFamily(alike(1), 0, 0.95, createRng(SEED))).toEqual({ foundAt: undefined, found: [], diffyAt: undefined, diffyInTheEnd: false })
    expect(watchFamily([{ baseline: 0, shadow: 0 }], 1000, 0.95, createRng(SEED)).foundAt).toBeUndefined()
  })
})

describe('mistakes in made-up answers', () => {
  it('are found where they are and nowhere else, and none where there are none', () => {
    const found = checkMistakes({ runs: 1, fields: 1, requests: 2500, seed: 1 })
    expect(found.map(({ what, path, foundAt }) => [what, path, foundAt !== null])).toEqual([
      ['nothing', '', false],
      ['a label flipped in 5 of 100 answers', '/label', true],
      ['a score 2 % too high in 5 of 100 answers', '/score', true],
      ['probabilities mixed with 10 % of chance, always', '/scores', true],
      ['text cut short by a quarter in 10 of 100 answers', '/notes', true],
      ['an embedding turned by 8 degrees in 5 of 100 answers', '/embedding', true]
    ])
    expect(found.flatMap(({ others }) => others)).toEqual([])
  })

  it('are the same for the same seed', () => {
    const options = { runs: 1, fields: 1, requests: 300, seed: SEED }
    expect(checkMistakes(options)).toEqual(checkMistakes(options))
    expect(checkSilence({ ...options, runs: 20, fields: 3 })).toEqual(checkSilence({ ...options, runs: 20, fields: 3 }))
  })
})
