import type { TallyReport } from '../compare/tally.ts'
import type { Fold } from '../telemetry/fold.ts'
import type { MirrorSnapshot } from './mirror-tallies.ts'

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
  /** What the comparison has found since its rules were last changed, or its thread was last started. */
  readonly comparison: TallyReport
}

/** Joins what data-plane threads have counted with what the analyst has found. */
export function reportMirrors(fold: Fold, snapshots: readonly MirrorSnapshot[]): readonly MirrorReport[] {
  const sums = fold.collect()
  return snapshots.map(({ route, mirror, backend, leg, report }) => {
    const isThis = (labels: Readonly<Record<string, string>>): boolean =>
      labels['route'] === route && labels['backend'] === backend && labels['leg'] === leg
    const outcomes: Record<string, number> = {}
    for (const { labels, values: [count = 0] } of sums.get('mirror_requests_total') ?? []) {
      const { outcome } = labels
      if (isThis(labels) && outcome !== undefined && count > 0) outcomes[outcome] = count
    }
    const sampled = sums.get('mirror_sampled_total')?.find(({ labels }) => isThis(labels))?.values[0] ?? 0
    const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
    return { route, mirror, backend, leg, sampled, outcomes, underWay: Math.max(0, sampled - ended), comparison: report }
  })
}
