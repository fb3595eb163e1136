import type { FieldReport, RateReport } from '../../compare/judgement.ts'
import type { Verdict } from '../../compare/verdict/verdict.ts'

/** 0..1 as percent, with as many digits as say something. */
export function percent(share: number): string {
  const value = share * 100
  const digits = value === 0 || Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 3
  return `${value.toFixed(digits)} %`
}

/** Percentage points with a sign. */
export function points(share: number): string {
  const value = share * 100
  return `${value > 0 ? '+' : ''}${value.toFixed(Math.abs(value) >= 10 ? 1 : 2)}`
}

/** A count of requests for people: 3,400 and not 3387. */
export function about(count: number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1)
  return (Math.ceil(count / unit) * unit).toLocaleString('en-US')
}

/** An e-value, given its natural logarithm. */
export const evidence = (logEvidence: number): string => logEvidence > 20 ? `1e${Math.floor(logEvidence / Math.LN10)}` : Math.exp(logEvidence).toPrecision(2)

/** The name a field is shown by. */
export const fieldName = (path: string): string => path === '' ? '(document)' : path

/** Why a verdict is what it is, in a few words. */
export function because(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'different': return verdict.by === 'rate' ? (verdict.direction === 'further' ? 'differs more often than by noise' : 'differs less often than by noise') : `${verdict.by} is ${DIRECTIONS[verdict.direction]}`
    case 'equivalent': return verdict.by === 'rare' ? 'differs more seldom than the margin' : verdict.by === 'rate' ? 'not more often than by noise' : `${verdict.by} as by noise`
    default:
      switch (verdict.reason) {
        case 'no_pairs': return 'could never be told'
        case 'no_baseline': return 'no baseline: nothing says how much of this is noise'
        case 'too_noisy': return 'the primary\'s own model differs from itself nearly always: compare it by a measure'
        default: return verdict.more === null ? 'no number of requests would tell at this margin' : `about ${about(verdict.more)} more requests would tell`
      }
  }
}

const DIRECTIONS = { further: 'larger than by noise', nearer: 'smaller than by noise', higher: 'higher', lower: 'lower' } as const

/** How often a field differs; where it never has, how often it still could. */
export function differs({ compared, different, share, interval: [, high] }: Pick<RateReport, 'compared' | 'different' | 'share' | 'interval'>): string {
  if (compared === 0) return 'never compared'
  return different === 0 ? `0 of ${compared} (up to ${percent(high)})` : `${percent(share)} of ${compared}`
}

/** How often the primary's own model differs from itself. */
export const noise = ({ baseline }: RateReport): string => baseline === null ? '-' : baseline.different === 0 ? `0 of ${baseline.compared}` : `${percent(baseline.share)} of ${baseline.compared}`

/** By how much the shadow differs more often than noise, and what that may be in the long run. */
export const excess = ({ paired }: RateReport): string => paired === null ? '-' : `${points(paired.excess)} (${points(paired.sequence[0])} .. ${points(paired.sequence[1])})`

/** Fields about which there is something to say; the rest are equal wherever they were compared. */
export const isNotable = ({ rates, verdict, slices, gaveUp }: FieldReport): boolean =>
  rates.different > 0 || verdict.kind === 'different' || gaveUp > 0 || slices.some((slice) => slice.verdict.kind === 'different') || (rates.baseline?.different ?? 0) > 0
