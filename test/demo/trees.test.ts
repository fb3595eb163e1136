import { describe, expect, it } from 'vitest'
import { binColumn } from '../../src/demo/bins.ts'
import { trainBoosting } from '../../src/demo/boosting.ts'
import { createRng } from '../../src/core/rng.ts'
import { askTree, growTree, type Tree } from '../../src/demo/tree.ts'

describe('the bins of a column', () => {
  const rng = createRng(11)
  const columns: [string, number[]][] = [
    ['distinct values', Array.from({ length: 1000 }, rng.uniform)],
    ['many repeats', Array.from({ length: 3000 }, () => rng.whole(30, 230))],
    ['few values', Array.from({ length: 500 }, () => rng.whole(0, 5))],
    ['one value', [4, 4, 4]],
    ['one row', [4]],
    ['half of the rows the same', Array.from({ length: 1000 }, (_, i) => i % 2 === 0 ? 0 : rng.uniform())]
  ]

  it.each(columns)('of %s are at most 64, in order, and say on which side of each bound a value is', (_name, values) => {
    const { bins, bounds } = binColumn(values)
    expect(bounds.length).toBeLessThan(64)
    expect(bounds).toEqual(bounds.toSorted((a, b) => a - b))
    values.forEach((value, row) => expect(bounds.filter((bound) => value > bound).length).toBe(bins[row]))
  })

  it('are as fine for values that repeat as for values that do not', () => {
    const { bins } = binColumn(columns[1]![1])
    const rows = Map.groupBy(bins, (bin) => bin)
    expect(rows.size).toBeGreaterThan(40)
    for (const members of rows.values()) expect(members.length).toBeLessThan(3000 / 63 + 40)
  })

  it('keep every value apart where there are few', () => {
    expect(binColumn(columns[2]![1]).bounds).toEqual([0.5, 1.5, 2.5, 3.5, 4.5])
  })
})

const leaves = (tree: Tree): number => 'value' in tree ? 1 : leaves(tree.below) + leaves(tree.above)

describe('a tree', () => {
  it('asks the question that a search through all of them finds best', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const rng = createRng(seed)
      const rows = Array.from({ length: 25 }, () => [rng.whole(0, 9), rng.uniform(), rng.whole(0, 1)])
      const targets = Float64Array.from(rows, ([a = 0, b = 0, c = 0]) => (a > 4 ? 2 : 0) + (b > 0.3 ? 3 : 0) + c + rng.normal())
      const errorOf = (split: (row: readonly number[]) => boolean): number => {
        const sides = Map.groupBy(targets.keys(), (row) => split(rows[row]!))
        if (sides.size < 2 || [...sides.values()].some((side) => side.length < 3)) return Infinity
        return [...sides.values()].reduce((sum, side) => {
          const mean = side.reduce((total, row) => total + targets[row]!, 0) / side.length
          return sum + side.reduce((total, row) => total + (targets[row]! - mean) ** 2, 0)
        }, 0)
      }
      const best = Math.min(...[0, 1, 2].flatMap((feature) => rows.map((row) => errorOf((other) => other[feature]! <= row[feature]!))))
      const tree = growTree([0, 1, 2].map((feature) => binColumn(rows.map((row) => row[feature]!))), targets, { depth: 1, minLeaf: 3 })
      const error = rows.reduce((sum, row, i) => sum + (targets[i]! - askTree(tree, row)) ** 2, 0)
      expect(error, `seed ${seed}`).toBeCloseTo(best, 9)
    }
  })

  it('keeps to its depth and to the size of its leaves', () => {
    const rng = createRng(4)
    const values = Array.from({ length: 300 }, rng.uniform)
    const targets = Float64Array.from(values, (value) => value * value)
    const column = binColumn(values)
    expect(leaves(growTree([column], targets, { depth: 3, minLeaf: 1 }))).toBe(8)
    const tree = growTree([column], targets, { depth: 10, minLeaf: 50 })
    const rows = Map.groupBy(values, (value) => askTree(tree, [value]))
    expect(Math.min(...[...rows.values()].map(({ length }) => length))).toBeGreaterThanOrEqual(50)
  })

  it('is one leaf when nothing is to be gained', () => {
    expect(growTree([binColumn([1, 2, 3, 4])], Float64Array.of(5, 5, 5, 5), { depth: 4, minLeaf: 1 })).toEqual({ value: 5 })
  })
})

describe('boosting', () => {
  const rng = createRng(9)
  const rows = Array.from({ length: 400 }, () => [rng.uniform(), rng.uniform()])
  const targets = rows.map(([a = 0, b = 0]) => (a > 0.5 ? 1 : -1) * b)
  const errorOf = (trees: number): number => {
    const model = trainBoosting(rows, targets, { trees, rate: 0.2, depth: 2, minLeaf: 5 })
    return rows.reduce((sum, row, i) => sum + (model(row) - targets[i]!) ** 2, 0) / rows.length
  }

  it('says the mean without a tree', () => {
    const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length
    expect(trainBoosting(rows, targets, { trees: 0, rate: 0.2, depth: 2, minLeaf: 5 })([0.1, 0.1])).toBeCloseTo(mean, 12)
  })

  it('comes closer to what it learns from with every tree, and learns what no sum of single features could say', () => {
    const errors = [0, 1, 5, 20, 60].map(errorOf)
    expect(errors).toEqual(errors.toSorted((a, b) => b - a))
    expect(errors.at(-1)).toBeLessThan(0.05 * errors[0]!) // the best sum of single features is left with 0.25
  })
})
