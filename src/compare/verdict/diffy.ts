import type { JointCount } from '../tally/joint-count.ts'

/** What Diffy would say of a field. */
export interface DiffyReport {
  /** Whether it would report a regression. */
  readonly reported: boolean
  /** Percent: difference of the two counts over their sum, and over all requests; null where neither ever differed, or there are none. */
  readonly relative: number | null
  readonly absolute: number | null
}

const RELATIVE_THRESHOLD = 20
const ABSOLUTE_THRESHOLD = 0.03

/**
 * The rule of Diffy (twitter-archive/diffy, JoinedDifferences), for those who know it: with r and n requests in which the
 * candidate and the noise instance differ, of N, a field is reported when r > n, |r - n| / (r + n) is above 20 % and
 * |r - n| / N above 0.03 %. It knows no chance: it alarms after one request, hides what is noisy two times of three, and is
 * right at one look only, if at all. Requests with both answers count.
 */
export function diffy({ both, bothDiffer, onlyShadow, onlyBaseline }: JointCount): DiffyReport {
  const raw = onlyShadow + bothDiffer
  const noise = onlyBaseline + bothDiffer
  if (both === 0 || raw + noise === 0) return { reported: false, relative: null, absolute: null }
  const relative = Math.abs(raw - noise) / (raw + noise) * 100
  const absolute = Math.abs(raw - noise) / both * 100
  return { reported: raw > noise && relative > RELATIVE_THRESHOLD && absolute > ABSOLUTE_THRESHOLD, relative, absolute }
}
