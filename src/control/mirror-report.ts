import type { TallyReport } from '../compare/tally/tally.ts'
import type { Labels } from '../core/meter.ts'
import type { Fold, FoldedSeries } from '../telemetry/fold.ts'
import { keyOf, type MirrorName, type MirrorSnapshot } from './mirror-tallies.ts'

/** A mirror as `GET /api/v1/mirrors` and `windtunnel report` show it. */
export interface MirrorReport {
  readonly route: string
  readonly mirror: string
  readonly backend: string
  readonly leg: string
  /** Requests drawn since the process began. */
  readonly sampled: number
  /** Each sampled request is in exactly one of these, or still under way. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly underWay: number
  /** What the comparison has found since its rules were last changed, or its thread was last started; null while that is down. */
  readonly comparison: TallyReport | null
}

/**
 * Joins what data-plane threads have counted with what the analyst has found.
 * @param snapshots undefined when the analyst does not answer
 */
export function reportMirrors(mirrors: readonly MirrorName[], fold: Fold, snapshots: readonly MirrorSnapshot[] | undefined): readonly MirrorReport[] {
  const sums = fold.collect()
  const reports = new Map(snapshots?.map((snapshot) => [keyOf(snapshot), snapshot.report]))
  return mirrors.map(({ route, mirror, backend, leg }) => {
    const name = { route, mirror, backend, leg }
    const outcomes: Record<string, number> = {}
    for (const { labels, values: [count = 0] } of of(name, sums.get('mirror_requests_total'))) if (count > 0) outcomes[labels['outcome'] ?? ''] = count
    const sampled = of(name, sums.get('mirror_sampled_total'))[0]?.values[0] ?? 0
    const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
    return { ...name, sampled, outcomes, underWay: Math.max(0, sampled - ended), comparison: reports.get(keyOf(name)) ?? null }
  })
}

const of = ({ route, mirror, backend, leg }: MirrorName, series: readonly FoldedSeries[] = []): readonly FoldedSeries[] =>
  series.filter(({ labels }) => isOf(labels, 'route', route) && isOf(labels, 'mirror', mirror) && isOf(labels, 'backend', backend) && isOf(labels, 'leg', leg))

const isOf = (labels: Labels, label: string, value: string): boolean => labels[label] === value
