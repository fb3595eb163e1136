/**
 * Kendall's tau-b of paired values, in [-1, 1]: how much more often two pairs are in the same order than in opposite ones, with
 * ties taken out of what is possible; NaN where one side has but one value, or there are fewer than two pairs. O(n log n): by
 * sorting, the number of swaps that would sort the second side is the number of pairs in opposite orders.
 *
 * Source: Knight, A computer method for calculating Kendall's tau with ungrouped data, 1966; scipy.stats.kendalltau.
 */
export function kendallTauB(x: readonly number[], y: readonly number[]): number {
  const count = x.length
  const order = Array.from({ length: count }, (_, i) => i).toSorted((i, j) => (x[i] ?? 0) - (x[j] ?? 0) || (y[i] ?? 0) - (y[j] ?? 0))
  const byX = order.map((i) => x[i] ?? 0)
  const byBoth = order.map((i) => y[i] ?? 0)
  const pairs = count * (count - 1) / 2
  const tiedX = tied(byX, (i) => byX[i] === byX[i - 1])
  const tiedBoth = tied(byX, (i) => byX[i] === byX[i - 1] && byBoth[i] === byBoth[i - 1])
  const { sorted, swaps } = sortCounting(byBoth)
  const tiedY = tied(sorted, (i) => sorted[i] === sorted[i - 1])
  const concordance = pairs - tiedX - tiedY + tiedBoth - 2 * swaps
  const possible = Math.sqrt((pairs - tiedX) * (pairs - tiedY))
  return possible === 0 ? Number.NaN : Math.max(-1, Math.min(1, concordance / possible))
}

// pairs within runs of places that are tied with the one before
function tied(list: readonly number[], isTied: (i: number) => boolean): number {
  let pairs = 0
  let run = 0
  for (let i = 1; i < list.length; i++) {
    run = isTied(i) ? run + 1 : 0
    pairs += run
  }
  return pairs
}

function sortCounting(list: readonly number[]): { readonly sorted: readonly number[], readonly swaps: number } {
  let from = [...list]
  let to = [...list]
  let swaps = 0
  for (let width = 1; width < list.length; width *= 2) {
    for (let start = 0; start < list.length; start += 2 * width) {
      const middle = Math.min(start + width, list.length)
      const end = Math.min(start + 2 * width, list.length)
      let left = start
      let right = middle
      for (let at = start; at < end; at++) {
        if (left < middle && (right >= end || (from[left] ?? 0) <= (from[right] ?? 0))) {
          to[at] = from[left++] ?? 0
        } else {
          to[at] = from[right++] ?? 0
          swaps += middle - left
        }
      }
    }
    const held = from
    from = to
    to = held
  }
  return { sorted: from, swaps }
}
