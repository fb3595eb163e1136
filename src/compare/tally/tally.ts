import type { Answer } from '../../core/answer.ts'
import type { Comparison, Result } from '../compare-answers.ts'
import type { Example } from './examples.ts'
import type { FieldReport } from './field-count.ts'
import { type FieldCaps, FieldCounts } from './field-counts.ts'
import type { Reason } from '../read/limits.ts'
import { type LatencyReport, PairedLatency } from './paired-latency.ts'

/** Bounds on what is kept and shown of a mirror. */
export interface TallyOptions extends FieldCaps {
  /** Examples shown, over all fields. */
  readonly maxExamples?: number
}

/** What a mirror's pairs have shown so far; plain data. */
export interface TallyReport {
  /** Pairs that could be compared: `match` and `differ` together. */
  readonly compared: number
  readonly match: number
  readonly differ: number
  /** Pairs that could not, by reason. */
  readonly uncomparable: Readonly<Partial<Record<Reason, number>>>
  /** Those that differ most come first. */
  readonly fields: readonly FieldReport[]
  /** Different paths counted as `(other)`; 1000 means that many or more. */
  readonly overflowFields: number
  /** The first example of each field, then the second of each ... */
  readonly examples: readonly Example[]
  readonly latency: { readonly firstByte: LatencyReport, readonly duration: LatencyReport }
}

/** The counts of one mirror. */
export interface Tally {
  /** Compares a pair, counts it, and says what came of it. */
  add(requestId: string, primary: Answer, other: Answer): Result['kind']
  snapshot(): TallyReport
}

/** Counts a mirror's pairs in bounded memory, whatever their answers hold. */
export function createTally(comparison: Comparison, options: TallyOptions = {}): Tally {
  const { maxExamples = 20 } = options
  const outcomes = { match: 0, differ: 0 }
  const uncomparable = new Map<Reason, number>()
  const firstByte = new PairedLatency()
  const duration = new PairedLatency()
  const fields = new FieldCounts(options)

  return {
    add(requestId, primary, other) {
      const result = comparison.compare(primary, other, fields)
      fields.settle(requestId)
      if (result.kind === 'uncomparable') uncomparable.set(result.reason, (uncomparable.get(result.reason) ?? 0) + 1)
      else outcomes[result.kind]++
      firstByte.add(primary.firstByteMs, other.firstByteMs)
      duration.add(primary.durationMs, other.durationMs)
      return result.kind
    },
    snapshot() {
      const counts = fields.all()
      return {
        compared: outcomes.match + outcomes.differ,
        ...outcomes,
        uncomparable: Object.fromEntries(uncomparable),
        fields: counts.map((field) => field.report()),
        overflowFields: fields.overflowed,
        examples: inTurns(counts.map((field) => field.examples.all)).slice(0, maxExamples),
        latency: { firstByte: firstByte.report(), duration: duration.report() }
      }
    }
  }
}

/** The first of each list, then the second of each ... */
function inTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const turns = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length: turns }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat()
}
