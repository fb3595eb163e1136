import type { Degraded } from '../../fault.ts'

/*
 * Two targets that say something of the same rows, as labels and their scores do, are paired by their order: the first with
 * the first. Their values may stand beside one another in each row, or in lists of their own.
 */

/** What is said where there are not as many of the one as of the other. */
export const ROWS_DIFFER: Degraded = { do: 'skip', reason: 'rows_differ' }

/** Edits of two targets in the order of the text; skipped where the targets are in one another. */
export function inTextOrder(degraded: Degraded): Degraded {
  if (degraded.do !== 'edit') return degraded
  const edits = degraded.edits.toSorted((one, other) => one.start - other.start)
  const overlap = edits.some(({ start }, i) => start < (edits[i - 1]?.end ?? 0))
  return overlap ? { do: 'skip', reason: 'targets_overlap' } : { do: 'edit', edits }
}
