import { binColumn } from './bins.ts'
import type { Regression } from './ridge.ts'
import { askTree, growTree, type Tree, type TreeShape } from './tree.ts'

export interface BoostingPlan extends TreeShape {
  readonly trees: number
  /** Share of each tree's answer that is taken, 0..1. */
  readonly rate: number
}

/**
 * Gradient boosting for squared error (Friedman, 2001, algorithm 2): each tree learns what the ones before it got wrong, and
 * only part of what it says is believed.
 */
export function trainBoosting(rows: readonly (readonly number[])[], targets: readonly number[], plan: BoostingPlan): Regression {
  const columns = (rows[0] ?? []).map((_, feature) => binColumn(rows.map((row) => row[feature] ?? 0)))
  const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length
  const wrong = Float64Array.from(targets, (target) => target - mean)
  const trees: Tree[] = []
  for (let i = 0; i < plan.trees; i++) {
    const tree = growTree(columns, wrong, plan)
    for (const [row, features] of rows.entries()) wrong[row] = (wrong[row] ?? 0) - plan.rate * askTree(tree, features)
    trees.push(tree)
  }
  return (features) => trees.reduce((sum, tree) => sum + plan.rate * askTree(tree, features), mean)
}
