import type { Binned } from './bins.ts'

/** A regression tree: a value, or a question about one feature. */
export type Tree =
  | { readonly value: number }
  | { readonly feature: number, readonly bound: number, readonly below: Tree, readonly above: Tree }

export interface TreeShape {
  /** Questions from root to leaf at most. */
  readonly depth: number
  /** Rows a leaf must hold. */
  readonly minLeaf: number
}

/** Grows a tree that predicts `targets` with the least squared error it can reach one split at a time (CART, Breiman et al., 1984). */
export function growTree(columns: readonly Binned[], targets: Float64Array, shape: TreeShape): Tree {
  const rows = Int32Array.from(targets, (_, i) => i)

  const grow = (from: number, to: number, depth: number): Tree => {
    const members = rows.subarray(from, to)
    let sum = 0
    for (const row of members) sum += targets[row] ?? 0
    const split = depth === 0 ? undefined : bestSplit(columns, targets, members, sum, shape.minLeaf)
    if (split === undefined) return { value: sum / members.length }
    const middle = from + partition(members, split.column.bins, split.bin)
    return {
      feature: split.feature,
      bound: split.column.bounds[split.bin] ?? 0,
      below: grow(from, middle, depth - 1),
      above: grow(middle, to, depth - 1)
    }
  }
  return grow(0, rows.length, shape.depth)
}

/** What a tree says of one row of features. */
export function askTree(tree: Tree, features: readonly number[]): number {
  let node = tree
  while (!('value' in node)) node = (features[node.feature] ?? 0) <= node.bound ? node.below : node.above
  return node.value
}

interface Split {
  readonly feature: number
  readonly column: Binned
  /** The last bin that goes below. */
  readonly bin: number
}

function bestSplit(columns: readonly Binned[], targets: Float64Array, rows: Int32Array, sum: number, minLeaf: number): Split | undefined {
  let best: Split | undefined
  // what is gained in squared error, up to a constant: sum of (sum of targets)^2 / rows over both sides
  let bestScore = sum * sum / rows.length + 1e-9
  const own = new Float64Array(rows.length) // side by side: they are read once per column
  for (let i = 0; i < rows.length; i++) own[i] = targets[rows[i] ?? 0] ?? 0
  for (const [feature, column] of columns.entries()) {
    const { bins } = column
    const sums = new Float64Array(column.bounds.length + 1)
    const counts = new Int32Array(column.bounds.length + 1)
    for (let i = 0; i < rows.length; i++) {
      const bin = bins[rows[i] ?? 0] ?? 0
      sums[bin] = (sums[bin] ?? 0) + (own[i] ?? 0)
      counts[bin] = (counts[bin] ?? 0) + 1
    }
    let below = 0
    let sumBelow = 0
    for (let bin = 0; bin < column.bounds.length; bin++) {
      below += counts[bin] ?? 0
      sumBelow += sums[bin] ?? 0
      const above = rows.length - below
      if (below < minLeaf || above < minLeaf) continue
      const score = sumBelow * sumBelow / below + (sum - sumBelow) ** 2 / above
      if (score <= bestScore) continue
      bestScore = score
      best = { feature, column, bin }
    }
  }
  return best
}

/** Moves the rows up to `bin` to the front and says how many they are. */
function partition(rows: Int32Array, bins: Uint8Array, bin: number): number {
  let front = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0
    if ((bins[row] ?? 0) > bin) continue
    rows[i] = rows[front] ?? 0
    rows[front++] = row
  }
  return front
}
