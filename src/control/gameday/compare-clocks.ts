/** What Prometheus's clock is ahead of ours, and how far that may be off, ms. */
export interface ClockDifference {
  readonly aheadMs: number
  readonly errorMs: number
}

const LOOKS = 3

/**
 * The difference of two clocks, from the look that took the least time: what is read lies between when it was asked and had.
 * Source: D. L. Mills, RFC 5905, section 8, with one timestamp in place of two on their side.
 *
 * @param theirs ms since 1970, from afar
 */
export async function compareClocks(theirs: () => Promise<number>, ours: () => number): Promise<ClockDifference> {
  let best = { aheadMs: 0, errorMs: Infinity }
  for (let i = 0; i < LOOKS; i++) {
    const askedMs = ours()
    const readMs = await theirs() // oxlint-disable-line no-await-in-loop -- one look after the other
    const hadMs = ours()
    const errorMs = (hadMs - askedMs) / 2 + 1 // both are read in whole ms
    if (errorMs < best.errorMs) best = { aheadMs: readMs - (askedMs + hadMs) / 2, errorMs }
  }
  // what is within the error is no difference
  return Math.abs(best.aheadMs) <= best.errorMs ? { aheadMs: 0, errorMs: best.errorMs } : best
}
