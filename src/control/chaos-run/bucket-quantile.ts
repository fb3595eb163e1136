/**
 * The value that a share `quantile` of what a histogram counted stays below, as if values were spread evenly within each
 * bucket. What lies in the last bucket, which has no end, is taken to be where that begins. Undefined when nothing was counted.
 *
 * Source: Prometheus, `histogram_quantile` on classic histograms, for buckets that begin at 0.
 * @param counts of each bucket by itself, and of the one without an end
 * @param bounds upper ends, rising; one fewer than counts
 */
export function bucketQuantile(quantile: number, counts: readonly number[], bounds: readonly number[]): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total <= 0) return undefined
  const rank = quantile * total
  let below = 0
  for (const [bucket, end] of bounds.entries()) {
    const count = counts[bucket] ?? 0
    if (below + count >= rank && count > 0) {
      const start = bounds[bucket - 1] ?? 0
      return start + (end - start) * (rank - below) / count
    }
    below += count
  }
  return bounds.at(-1)
}
