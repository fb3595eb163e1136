/**
 * Jaccard distance of two bags: 1 less the share of common elements in all of them, in [0, 1]; an element that comes twice in
 * both is common twice. Two empty bags have distance 0. Symmetric, and linear in their sizes.
 *
 * Source: P. Jaccard, The distribution of the flora in the alpine zone, New Phytologist 11 (1912) 37-50; for bags M. Ruzicka,
 * Anwendung mathematisch-statistischer Methoden in der Geobotanik, Biologia 13 (1958) 647-661.
 *
 * @example jaccardDistance(['a', 'a'], ['a', 'b']) // 2/3
 */
export function jaccardDistance(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const element of a) counts.set(element, (counts.get(element) ?? 0) + 1)
  let common = 0
  for (const element of b) {
    const left = counts.get(element) ?? 0
    if (left === 0) continue
    counts.set(element, left - 1)
    common++
  }
  const all = a.length + b.length - common
  return all === 0 ? 0 : (all - common) / all
}
