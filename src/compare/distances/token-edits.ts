import { commonStart } from './tokens.ts'

/**
 * Levenshtein distance of two lists of tokens: insertions, deletions and replacements that make one the other. What they have
 * in common at both ends is left out first; then bit by bit, 32 rows of the table in one step, in time n * m / 32.
 *
 * Source: V. I. Levenshtein, Binary codes capable of correcting deletions, insertions and reversals, Soviet Physics Doklady 10
 * (1966) 707-710; G. Myers, A fast bit-vector algorithm for approximate string matching based on dynamic programming, JACM 46
 * (1999) 395-415, in blocks as in H. Hyyrö, A bit-vector algorithm for computing Levenshtein and Damerau edit distances, Nordic
 * Journal of Computing 10 (2003) 29-39.
 *
 * @example tokenEdits(['a', 'fat', 'cat'], ['a', 'cat', 'sat']) // 2
 */
export function tokenEdits(a: readonly string[], b: readonly string[]): number {
  const start = commonStart(a, b)
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const rows = a.slice(start, a.length - end)
  const columns = b.slice(start, b.length - end)
  if (rows.length === 0 || columns.length === 0) return rows.length + columns.length
  return blockwise(rows, columns)
}

const BITS = 32

function blockwise(rows: readonly string[], columns: readonly string[]): number {
  const blocks = Math.ceil(rows.length / BITS)
  const places = placesOf(rows, blocks)
  const nowhere = new Int32Array(blocks)
  const up = new Int32Array(blocks).fill(-1) // vertical differences of +1, and of -1
  const down = new Int32Array(blocks)
  const lastBit = 1 << ((rows.length - 1) % BITS)
  let distance = rows.length
  for (const token of columns) {
    const equal = places.get(token) ?? nowhere
    let carryUp = 1 // the first row of the table rises by one with each column
    let carryDown = 0
    for (let block = 0; block < blocks; block++) {
      const positive = up[block] ?? 0
      const negative = down[block] ?? 0
      const match = equal[block] ?? 0
      const vertical = match | negative
      const carried = match | carryDown
      const diagonal = (((carried & positive) + positive) ^ positive) | carried
      let higher = negative | ~(diagonal | positive)
      let lower = positive & diagonal
      if (block === blocks - 1) {
        if ((higher & lastBit) !== 0) distance++
        else if ((lower & lastBit) !== 0) distance--
      }
      const outUp = higher >>> (BITS - 1)
      const outDown = lower >>> (BITS - 1)
      higher = (higher << 1) | carryUp
      lower = (lower << 1) | carryDown
      up[block] = lower | ~(vertical | higher)
      down[block] = higher & vertical
      carryUp = outUp
      carryDown = outDown
    }
  }
  return distance
}

// for each token a bit for each place where it stands
function placesOf(rows: readonly string[], blocks: number): ReadonlyMap<string, Int32Array> {
  const places = new Map<string, Int32Array>()
  for (const [i, token] of rows.entries()) {
    let bits = places.get(token)
    if (bits === undefined) places.set(token, bits = new Int32Array(blocks))
    bits[i >>> 5] = (bits[i >>> 5] ?? 0) | (1 << (i & 31))
  }
  return places
}
