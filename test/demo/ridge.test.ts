import { describe, expect, it } from 'vitest'
import { trainRidge } from '../../src/demo/ridge.ts'
import { createRng } from '../../src/core/rng.ts'

const rng = createRng(5)
const rows = Array.from({ length: 200 }, () => [100 * rng.normal(), rng.uniform(), rng.whole(0, 1)])
const truth = ([a = 0, b = 0, c = 0]: readonly number[]): number => 7 + 3 * a - 20 * b + 0.5 * c
const targets = rows.map(truth)

describe('ridge regression', () => {
  it('finds a linear relation again, whatever the scales of the features', () => {
    const model = trainRidge(rows, targets, 1e-12)
    for (const row of [[0, 0, 0], [250, 0.5, 1], [-1000, 1, 0]]) expect(model(row)).toBeCloseTo(truth(row), 5)
  })

  it('predicts the mean when the penalty is overwhelming', () => {
    const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length
    expect(trainRidge(rows, targets, 1e12)([250, 0.5, 1])).toBeCloseTo(mean, 5)
  })

  it('survives features that never change and features that say the same', () => {
    const model = trainRidge(rows.map(([a = 0]) => [a, a, 1]), rows.map(([a = 0]) => 2 * a), 1e-9)
    expect(model([10, 10, 1])).toBeCloseTo(20, 5)
  })
})
