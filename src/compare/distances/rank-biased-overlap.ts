/**
 * 1 less the rank-biased overlap of two rankings, extrapolated beyond their ends, in [0, 1]: the expected disagreement at the
 * depth where a reader stops who goes on to the next place with probability `persistence`. No item comes twice in one ranking;
 * two empty ones agree wholly, an empty one and another not at all.
 *
 * Summed as disagreement, which is the same since the weights sum to 1: so a ranking is at exactly 0 from itself.
 *
 * Source: Webber, Moffat, Zobel, A similarity measure for indefinite rankings, 2010, eq. 32 (RBO_ext for uneven lists).
 *
 * @param persistence in (0, 1)
 */
export function rankBiasedDistance(a: readonly string[], b: readonly string[], persistence: number): number {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a]
  const short = shorter.length
  const long = longer.length
  if (short === 0) return long === 0 ? 0 : 1
  const seenShort = new Set<string>()
  const seenLong = new Set<string>()
  let common = 0
  let commonAtShort = 0
  let distance = 0
  let weight = 1 - persistence
  for (let depth = 1; depth <= long; depth++) {
    const own = longer[depth - 1] ?? ''
    const other = depth <= short ? shorter[depth - 1] ?? '' : undefined
    if (own === other) {
      common++
    } else {
      if (seenShort.has(own)) common++
      if (other !== undefined && seenLong.has(other)) common++
    }
    seenLong.add(own)
    if (other !== undefined) seenShort.add(other)
    if (depth <= short) commonAtShort = common
    // past its end the shorter list is taken to agree as it has so far
    const assumed = depth <= short ? 0 : commonAtShort * (depth - short) / short
    distance += weight * (1 - (common + assumed) / depth)
    weight *= persistence
  }
  const agreement = (common - commonAtShort) / long + commonAtShort / short
  return Math.min(1, Math.max(0, distance + persistence ** long * (1 - agreement)))
}
