/** The candidate most like a word, if one is like it at all. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined
  const plain = normal(word)
  let best: string | undefined
  let bestDistance = Math.max(plain.length > 1 ? 1 : 0, Math.floor(plain.length / 3)) + 1
  for (const candidate of candidates) {
    const other = normal(candidate)
    const distance = isStem(plain, other) ? 1 : editDistance(plain, other, bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

const MAX_LENGTH = 100

// first_byte and first-byte are firstByte
const normal = (word: string): string => word.replaceAll(/[-_\s]/g, '').toLowerCase()

// "percentage" for "percent", "conn" for "connect"
const isStem = (a: string, b: string): boolean => Math.min(a.length, b.length) >= 4 && (a.startsWith(b) || b.startsWith(a))

/**
 * Insertions, deletions, replacements and swaps of neighbours between two words; anything from `limit` on is as good as
 * `limit`. Source: the optimal string alignment distance, L. Boytsov, Indexing Methods for Approximate Dictionary Searching,
 * 2011, section 2.2.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      current.push(cost)
    }
    before = previous
    previous = current
  }
  return previous[b.length] ?? limit
}
