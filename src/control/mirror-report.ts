import type { Judgement } from '../compare/judgement.ts'
import type { Labels } from '../core/meter.ts'
import { logCoinEvidence } from '../stats/coin-evidence.ts'
import { signTest } from '../stats/sign-test.ts'
import type { Fold, FoldedSeries } from '../telemetry/fold.ts'
import { keyOf, type MirrorName, type MirrorSnapshot } from './judges.ts'

/** A mirror as `GET /api/v1/mirrors` and `windtunnel report` show it. */
export interface MirrorReport {
  readonly route: string
  /** Shadow backend. */
  readonly mirror: string
  readonly shadow: LegReport
  /** The copies that went to the primary's own backend; null where the config asks for none. */
  readonly baseline: LegReport | null
  /** What the comparison has found since its rules were last changed, or its thread was last started; null while that is down. */
  readonly judgement: Judgement | null
}

/** What became of one leg's copies since the process began. */
export interface LegReport {
  readonly backend: string
  /** Requests drawn. */
  readonly sampled: number
  /** Each sampled request is in exactly one of these, or still under way. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly underWay: number
  readonly missing: MissingReport
  readonly errors: ErrorsReport
}

/** Sampled requests that no comparison has: whatever they would have shown, the truth lies between the bounds. */
export interface MissingReport {
  readonly count: number
  readonly share: number
  /** Share of all sampled requests that have ended whose answers differ: if all that are missing were the same, and if all differed. */
  readonly differ: readonly [least: number, most: number]
}

/** Who failed, of requests where that is known of both. */
export interface ErrorsReport {
  readonly both: number
  readonly onlyPrimary: number
  readonly onlyOther: number
  readonly neither: number
  /** Exact McNemar test, for one look; and the natural logarithm of the e-value, whenever one looks. */
  readonly p: number
  readonly logEvidence: number
}

/**
 * Joins what data-plane threads have counted with what the analyst has found.
 * @param snapshots undefined when the analyst does not answer
 */
export function reportMirrors(mirrors: readonly MirrorName[], fold: Fold, snapshots: readonly MirrorSnapshot[] | undefined): readonly MirrorReport[] {
  const sums = fold.collect()
  const judgements = new Map(snapshots?.map((snapshot) => [keyOf(snapshot), snapshot.judgement]))
  return mirrors.map(({ route, mirror, baseline }) => ({
    route,
    mirror,
    shadow: legReport({ route, mirror, backend: mirror, leg: 'shadow' }, sums),
    baseline: baseline === undefined ? null : legReport({ route, mirror, backend: baseline, leg: 'baseline' }, sums),
    judgement: judgements.get(keyOf({ route, mirror })) ?? null
  }))
}

function legReport(leg: Labels, sums: ReadonlyMap<string, readonly FoldedSeries[]>): LegReport {
  const outcomes: Record<string, number> = {}
  for (const { labels, values: [count = 0] } of of(leg, sums.get('mirror_requests_total'))) if (count > 0) outcomes[labels['outcome'] ?? ''] = count
  const sampled = of(leg, sums.get('mirror_sampled_total'))[0]?.values[0] ?? 0
  const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  return { backend: leg['backend'] ?? '', sampled, outcomes, underWay: Math.max(0, sampled - ended), missing: missingReport(outcomes, ended), errors: errorsReport(leg, sums) }
}

function missingReport(outcomes: Readonly<Record<string, number>>, ended: number): MissingReport {
  const { match = 0, differ = 0 } = outcomes
  const count = ended - match - differ
  return ended === 0 ? { count, share: 0, differ: [0, 1] } : { count, share: count / ended, differ: [differ / ended, (differ + count) / ended] }
}

function errorsReport(leg: Labels, sums: ReadonlyMap<string, readonly FoldedSeries[]>): ErrorsReport {
  const count = (primary: string, other: string): number =>
    of({ ...leg, primary, other }, sums.get('mirror_answers_total')).reduce((sum, { values: [value = 0] }) => sum + value, 0)
  const onlyPrimary = count('failed', 'ok')
  const onlyOther = count('ok', 'failed')
  return { both: count('failed', 'failed'), onlyPrimary, onlyOther, neither: count('ok', 'ok'), p: signTest(onlyOther, onlyPrimary), logEvidence: logCoinEvidence(onlyOther, onlyPrimary) }
}

const of = (wanted: Labels, series: readonly FoldedSeries[] = []): readonly FoldedSeries[] =>
  series.filter(({ labels }) => Object.entries(wanted).every(([label, value]) => labels[label] === value))
