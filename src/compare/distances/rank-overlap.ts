/**
 * Overlap@k of two rankings: the share of the first k places, or of the longer ranking's where that is shorter, whose items are
 * in both, in [0, 1]. No item comes twice in one ranking; two empty rankings overlap wholly.
 */
export function rankOverlap(a: readonly string[], b: readonly string[], k: number): number {
  const places = Math.min(k, Math.max(a.length, b.length))
  if (places === 0) return 1
  const first = new Set(a.slice(0, places))
  return b.slice(0, places).filter((item) => first.has(item)).length / places
}
