/** The difference between the two highest scores; NaN when there are fewer than two, or one is no number. */
export function marginOf(scores: readonly number[]): number {
  let first = -Infinity
  let second = -Infinity
  for (const score of scores) {
    if (Number.isNaN(score)) return Number.NaN
    if (score > first) {
      second = first
      first = score
    } else if (score > second) {
      second = score
    }
  }
  return scores.length < 2 ? Number.NaN : first - second
}
